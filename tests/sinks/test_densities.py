"""The density tables: what they hold, what they refuse, and that every number can be recomputed."""

import csv
import math
from pathlib import Path

import pytest

from data_catalog.errors import ParameterMissing, Problems, ProjectError, UnknownNameError
from data_catalog.parameters import COLUMNS, LOCAL, Parameters, Row, bundled
from sinks.densities import density_table
from sinks.pools import POOLS

CASES = Path(__file__).parent / "cases"
ZHEJIANG = "zhejiang-2016"


def published() -> list[dict[str, str]]:
    with (CASES / "zhejiang_2016.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def row(pool: str, key: str, value: float, se: float = math.nan, **changed: str) -> Row:
    text = dict.fromkeys((c for c in COLUMNS if c not in {"value", "se", "low", "high"}), "")
    text |= {"parameter": f"carbon_density_{pool}", "set": "hand", "key": key, "units": "t_C/ha"}
    text |= {"source": "hand", "where": f"{pool} {key}", "grade": "local"} | changed
    return Row(**text, value=value, se=se, low=math.nan, high=math.nan)


def test_pools_are_in_the_order_of_every_table():
    assert list(POOLS) == [
        "above_ground", "below_ground", "dead_wood", "litter", "soil", "harvested_wood"
    ]  # fmt: skip
    assert all(title.zh and title.en for title in POOLS.values())


def test_every_row_has_a_source_a_place_and_a_known_reference():
    folder = Path(__file__).parents[2] / "data_catalog"
    with (folder / "references" / "carbon.csv").open(encoding="utf-8") as file:
        known = {r["key"] for r in csv.DictReader(file)}
    with (folder / "parameters" / "forest_carbon.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({(r["parameter"], r["set"], r["key"]) for r in rows}) == len(rows)
    for r in rows:
        assert r["source"] in known
        assert r["where"]
        assert r["note"]
        assert float(r["value"]) >= 0
        assert r["grade"] != "estimate" or "greed 2026-" in r["note"], r


@pytest.mark.parametrize("case", published(), ids=lambda c: c["key"])
def test_a_published_type_is_what_the_paper_prints(case: dict[str, str]):
    table = density_table(bundled(), ZHEJIANG)
    tree, shrub, ratio = (float(case[c]) for c in ("tree", "shrub_herb", "root_shoot"))
    above, below, litter, soil = (table.of(pool, case["key"]) for pool in table.pools)
    # the split by the root:shoot ratio moves carbon between pools and loses none
    assert above.value == pytest.approx(tree / (1 + ratio) + shrub, abs=6e-5)
    assert above.value + below.value == pytest.approx(tree + shrub, abs=1e-9)
    assert (litter.value, soil.value) == (float(case["litter"]), float(case["soil"]))
    # the tree layer is printed without +-
    assert math.isnan(above.se)
    assert math.isnan(below.se)
    if case["key"] == "cypress":  # no plots: the mean of the other needleleaf types
        assert math.isnan(litter.se)
        assert math.isnan(soil.se)
        return
    expected = float(case["litter_sd"]) / math.sqrt(int(case["plots"]))
    assert litter.se == pytest.approx(expected, rel=1e-5)
    assert soil.se == pytest.approx(
        float(case["soil_sd"]) / math.sqrt(int(case["profiles"])), rel=1e-5
    )


def test_cypress_is_the_plain_mean_of_the_measured_needleleaf_types():
    cases = {c["key"]: c for c in published()}
    others = [c for c in cases.values() if c["level2"] == "12" and c["key"] != "cypress"]
    assert len(others) == int(cases["cypress"]["plots"]) == 5
    for layer in ("shrub_herb", "litter", "soil"):
        mean = sum(float(c[layer]) for c in others) / len(others)
        assert float(cases["cypress"][layer]) == pytest.approx(mean, abs=0.005)


@pytest.mark.parametrize("code", ["11", "12", "13"])
@pytest.mark.parametrize("pool", ["above_ground", "below_ground", "litter", "soil"])
def test_a_level_ii_row_is_the_area_weighted_mean_of_its_types(pool: str, code: str):
    table = density_table(bundled(), ZHEJIANG)
    area = {c["key"]: float(c["area_100hm2"]) for c in published() if c["level2"] == code}
    whole = sum(area.values())
    found = table.of(pool, code)
    mean = sum(a * table.of(pool, key).value for key, a in area.items()) / whole
    assert found.value == pytest.approx(mean, abs=6e-5)
    if pool in {"above_ground", "below_ground"}:
        assert math.isnan(found.se)
        return
    borrowed = area.pop("cypress", 0) / 5
    spread = [(a + borrowed) * table.of(pool, key).se for key, a in area.items()]
    assert found.se == pytest.approx(math.hypot(*spread) / whole, rel=1e-4)


def test_a_set_has_only_the_pools_it_was_published_with():
    assert density_table(bundled(), ZHEJIANG).pools == (
        "above_ground", "below_ground", "litter", "soil"
    )  # fmt: skip
    assert density_table(bundled(), "zhejiang-2017").pools == ("dead_wood", "litter", "soil")
    assert "soil" not in density_table(bundled(), "ipcc2006-subtropical-mountain").pools


def test_ipcc_above_ground_carbon_by_hand():
    # subtropical humid, natural: 220 t d.m./ha x 0.47 = 103.4 t C/ha; roots x 0.24 = 24.816
    table = density_table(bundled(), "ipcc2006-subtropical-humid")
    assert table.of("above_ground", "11").value == pytest.approx(103.4)
    assert table.of("below_ground", "12").value == pytest.approx(24.816)
    assert table.of("soil", "13").value == 63
    assert table.of("above_ground", "11").row.grade == "recalled"
    assert table.of("soil", "11").row.grade == "standard"


def test_no_set_has_a_density_for_sparse_forest_and_says_so():
    sets = {r.set for r in bundled() if r.parameter.startswith("carbon_density_")}
    for chosen in sets:
        with pytest.raises(ParameterMissing, match=f"{chosen}.* of class 14"):
            density_table(bundled(), chosen).require(["14"])


def test_level_ii_comes_before_level_i():
    table = density_table(Parameters([row("soil", "1", 50), row("soil", "12", 60)]), "hand")
    assert (table.of("soil", "12").value, table.of("soil", "13").value) == (60, 50)
    assert table.counts("14")
    assert not table.counts("99")
    assert not table.counts("51")
    assert not table.counts("00")


def test_a_class_counts_where_the_set_has_a_row_for_it():
    table = density_table(Parameters([row("soil", "1", 50), row("soil", "2", 40)]), "hand")
    assert table.counts("21")
    assert not table.counts("31")


def test_the_projects_own_rows_come_first():
    own = row("soil", "11", 77, set=LOCAL)
    table = density_table(bundled().with_rows([own]), ZHEJIANG)
    assert table.of("soil", "11").value == 77


def test_other_units_are_converted_with_their_error():
    table = density_table(Parameters([row("soil", "11", 9, 1, units="kg_C/m2")]), "hand")
    assert table.of("soil", "11").value == pytest.approx(90)
    assert table.of("soil", "11").se == pytest.approx(10)


def test_dry_matter_is_not_taken_for_carbon():
    with pytest.raises(ProjectError, match="t_C/ha is needed"):
        density_table(Parameters([row("soil", "11", 9, units="t_dm/ha")]), "hand")


def test_an_unknown_set_or_class_is_named():
    with pytest.raises(UnknownNameError, match="zhejiang-2016"):
        density_table(bundled(), "zhejiang-2061")
    with pytest.raises(UnknownNameError, match="bamboo"):
        density_table(bundled(), ZHEJIANG).counts("bambo")


def test_all_missing_classes_are_told_at_once():
    rows = [row("soil", "11", 50), row("litter", "11", 2), row("litter", "12", 2)]
    with pytest.raises(Problems) as caught:
        density_table(Parameters(rows), "hand").require(["11", "12", "13", "51", "99"])
    first, second = (e.say("en") for e in caught.value.errors)
    assert "'carbon_density_soil' of class 12" in first
    assert "'carbon_density_litter, carbon_density_soil' of class 13" in second
