"""Wood products of a run: what each parcel's wood was made into, and what is left of it."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_catalog.errors import GepError
from sinks.account import CarbonAccount
from sinks.figures import carbon_figures
from tests.county import changed, make_county
from tiles.compute import compute
from tiles.lineage import Lineage
from tiles.project import read_project
from tiles.run import How

PRODUCTS = """\
parcel_id,year,product,volume,mass,source
00000,2008,sawnwood,100,,felling record 7
00000,2015,sawnwood,40,,felling record 8
00001,2019,paper,,10,mill
"""
TABLE = '[tables]\nwood_products = "products.csv"\n[output]'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    county = make_county(tmp_path_factory.mktemp("products"), (96, 112), 4)
    county.with_name("products.csv").write_text(PRODUCTS, encoding="utf-8")
    return changed(county, "products.toml", {"[output]": TABLE})


@pytest.fixture(scope="module")
def run(project: Path) -> Path:
    out = project.parent / "run"
    compute(read_project(project), (CarbonAccount(),), out, How(tile=64, workers=1))
    return out


def left(years: float, half_life: float) -> float:
    """Return what is left of an inflow of 1 so many years after its own: IPCC 2006, eq. 12.1."""
    k = np.log(2) / half_life
    return float((1 - np.exp(-k)) / k * np.exp(-k * years))


def test_what_is_left_of_two_fellings_by_hand(run: Path):
    rows = pd.read_parquet(run / "carbon.parquet")
    wood = rows[rows["pool"] == "harvested_wood"].set_index("parcel_id")
    # sawnwood: 0.225 t C/m3, half of it gone in 35 years
    before, now = 100 * 0.225 * left(2, 35), 0.225 * (100 * left(11, 35) + 40 * left(4, 35))
    first = wood.loc["00000"]
    assert first[first["year"] == 2010]["stock_tC"].item() == pytest.approx(before)
    assert first[first["year"] == 2019]["stock_tC"].item() == pytest.approx(now)
    assert first[first["year_to"] == 2019]["change_tC"].item() == pytest.approx(now - before)
    # paper of the account year: 10 t x 0.45 t C/t, and none before
    paper = wood.loc["00001"]
    assert paper[paper["year_to"] == 2019]["change_tC"].item() == pytest.approx(
        10 * 0.45 * left(0, 2)
    )
    # the others have none, which is known
    assert (wood.loc[["00002", "00003"], "stock_tC"].dropna() == 0).all()
    assert wood.loc["00002", "stock_tC"].notna().sum() == 2


def test_the_products_are_a_pool_of_the_total_and_can_be_traced(run: Path):
    rows = pd.read_csv(run / "carbon.csv")
    total = pd.read_csv(run / "carbon_total.csv").set_index("year")["stock_tC"]
    assert rows[rows["year"] == 2019]["stock_tC"].sum() == pytest.approx(total[2019])
    figures = {f.code: f for f in carbon_figures(Lineage.read(run))}
    stock = figures["carbon/harvested_wood/2019/stock_tC"]
    assert "hwp_half_life[ipcc-hwp, sawnwood]" in stock.rests.rows
    (used,) = stock.rests.tables
    assert (used.lines, used.sources) == ("2-4", ("felling record 7", "felling record 8", "mill"))
    said = json.loads((run / "manifest.json").read_text("utf-8"))["carbon"]["wood_products"]
    assert said["set"] == "ipcc-hwp"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"sawnwood,40": "lath,40"}, "no row for parameter 'hwp_carbon_factor' of lath"),
        ({"paper,,10": "paper,10,"}, "products.csv:4: the carbon factor of paper is in t_C/t"),
        ({"00001,2019": "X7,2019"}, "has 1 parcels that are not in the parcels' file: X7"),
    ],
)  # fmt: skip
def test_a_product_without_numbers_is_refused_before_anything_runs(
    project: Path, tmp_path: Path, wrong: dict[str, str], said: str
):
    text = PRODUCTS
    for old, new in wrong.items():
        text = text.replace(old, new)
    project.with_name("wrong.csv").write_text(text, encoding="utf-8")
    named = changed(project, "wrong.toml", {"products.csv": "wrong.csv"})
    with pytest.raises(GepError) as refused:
        compute(read_project(named), (CarbonAccount(),), tmp_path / "run", How(tile=64, workers=1))
    assert said in refused.value.say("en").replace("wrong.csv", "products.csv")
    assert not (tmp_path / "run").exists()
