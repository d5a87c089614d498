"""Every well-formed tree equation of the collection is declared, and gives what is printed."""

import csv
import math
import re

import numpy as np
import pandas as pd
import pytest

from data_catalog.parameters import Parameters, bundled
from data_catalog.spec import Factor
from sinks.routes import Choices, stocks
from sinks.routes.tree_list import PART, part_biomass
from tests.sinks.routes.test_published_cases import REFERENCE, trees

SETS = {
    "浙江省 立木": "zhejiang-2017", "浙江 AGB": "zhang-2007", "安徽": "anhui-2016",
    "LY/T 2264": "lyt2264-2014", "广西": "guangxi-2017", "LY/T 2263": "lyt2263-2014",
    "Zeng": "zeng-tang", "甘肃": "gansu-2016", "Chave": "chave-2014",
}  # fmt: skip
MODELS = REFERENCE / "china_tree_models.csv"
D, H, L, RHO = 20.0, 15.0, 6.0, 0.55


def printed(text: str, dbh: float = D) -> float:
    """Return what a printed equation gives for the tree, kg."""
    code = re.sub(r"\s*\[.*", "", text).replace("^", "**")
    return float(eval(code, {"exp": math.exp}, {"D": dbh, "H": H, "L": L, "rho": RHO}))  # noqa: S307


def declared(chosen: str, key: str, dbh: float = D) -> float:
    """Return what the rows of an equation give for the tree, kg."""
    known: Parameters = bundled()
    names = [name for name, i in PART.inputs.items() if isinstance(i, Factor) and "tree" in name]
    found = [known.find(name, chosen, key) or known.find(name, chosen) for name in names]
    numbers = [row.in_units(PART.factors()[name].units)  # type: ignore[union-attr]
               for name, row in zip(names, found, strict=True)]  # fmt: skip
    return 1000 * float(part_biomass(*map(np.float64, (dbh, H, L, RHO, *numbers))))


@pytest.mark.shared
def test_every_equation_gives_what_is_printed() -> None:
    # each printed equation must be the sum of the declared parts of some species of its set
    known = bundled()
    left = []
    for row in csv.DictReader(MODELS.read_text(encoding="utf-8").splitlines()):
        chosen = next(s for start, s in SETS.items() if row["set"].startswith(start))
        if row["component"].startswith(("BCF", "RSR")) or "OCR" in row["equation"]:
            left.append((row["species_or_group"], row["component"]))
            continue
        if (row["set"].startswith("安徽"), row["species_or_group"]) == (True, "针叶混交"):
            continue  # its stem is damaged: the other parts alone are no tree
        dbh = 4.0 if "D<5" in row["notes"] else D
        keys = known.of_set("tree_coefficient", chosen)
        parts = {key: declared(chosen, key, dbh) for key in keys}
        sums = {
            group: sum(v for k, v in parts.items() if k.split("/")[0] == group and "above_" in k)
            for group in {key.split("/")[0] for key in keys}
        }
        # of a wrong exponent of H in the data file: .49425 makes the curve continuous
        want = printed(row["equation"], dbh)
        near = [v for v in (*parts.values(), *sums.values()) if v == pytest.approx(want, rel=1e-9)]
        assert near, (row["set"], row["species_or_group"], row["component"], want)
    assert sorted(set(left)) == [("杉木", "BCF t/m3"), ("杉木", "RSR"), ("针叶混交", "stem")]


@pytest.mark.shared
def test_of_the_damaged_species_no_part_is_declared() -> None:
    keys = bundled().of_set("tree_coefficient", "anhui-2016")
    assert not [key for key in keys if key.startswith("mixed_needleleaf")]
    assert len({key.split("/")[0] for key in keys}) == 11


def test_a_tree_takes_the_first_set_that_knows_it_and_that_it_was_measured_for() -> None:
    stand = pd.DataFrame({"parcel_id": ["a"], "year": [2008], "area_ha": [1.0]})
    forest = trees(
        ("1", "杉木", 12, 10, 400),  # the standard of fir
        ("1", "马尾松", 18, 14, 300),  # Zhejiang's needs the crown: Zhang's for any tree
        ("1", "青冈", 16, 12, 200),  # with its crown measured: Zhejiang's
    )
    forest["crown_length"] = [np.nan, np.nan, 5.0]
    (found,) = stocks(stand, bundled(), Choices(routes=("tree_list",)), trees=forest)
    used = {(r.set, r.key) for r in found.rows if r.parameter == "tree_coefficient"}
    assert used == {
        ("lyt2264-2014", "chinese_fir/above_1"), ("lyt2264-2014", "chinese_fir/root"),
        ("zhang-2007", "any/above_1"), ("zhejiang-2017", "ring_cupped_oak/root"),
        ("zhejiang-2017", "ring_cupped_oak/crown"), ("zhejiang-2017", "ring_cupped_oak/stem"),
    }  # fmt: skip


def test_roots_may_come_from_a_set_of_their_own() -> None:
    # Guangxi: .010 x 12^2.469 = 4.6216 kg of roots, 400 trees a hectare, .47 of it carbon
    stand = pd.DataFrame({"parcel_id": ["a"], "year": [2008], "area_ha": [1.0]})
    choices = Choices(routes=("tree_list",), sets={"tree_list.roots": "guangxi-2017"})
    forest = trees(("1", "杉木", 12, 10, 400))
    (found,) = stocks(stand, bundled(), choices, trees=forest)
    below = found.pools.value[(found.pools.keys["pool"] == "below_ground").to_numpy()]
    assert below[0] == pytest.approx(0.4 * 0.010 * 12**2.469 * 0.47)
