"""Inventories of parcels in a run: routes, what is by the rest, change, and what is said of it."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from sinks.account import CarbonAccount
from sinks.figures import carbon_figures
from sinks.run_estimates import changes_of_run, of_groups, stocks_of_run
from tests.county import changed
from tests.sinks.inventories import ALONE, MIXED, OLD, make_inventories
from tiles.compute import compute, problems
from tiles.inputs import resolve
from tiles.lineage import Lineage
from tiles.project import read_project
from tiles.run import How

FILES = ("carbon_routes.csv", "carbon_routes.parquet", "carbon.parquet", "carbon_errors.parquet",
         "carbon_change_effects.parquet")  # fmt: skip
ERRORS = """\
parameter,key,value,se,units,source
stem_wood_density,chinese_fir,0.307,0.02,t_dm/m3,a test
biomass_expansion_factor,chinese_fir,1.634,0.1,t_dm/t_dm,a test
root_shoot_ratio,chinese_fir,0.246,0.02,t_dm/t_dm,a test
carbon_fraction,chinese_fir,0.52,0.01,t_C/t_dm,a test
"""


def carbon(project: Path, out: Path, tile: int = 64) -> Path:
    compute(read_project(project), (CarbonAccount(),), out, How(tile=tile, workers=1))
    return out


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_inventories(tmp_path_factory.mktemp("inventories"))


@pytest.fixture(scope="module")
def run(mixed: Path) -> Path:
    return carbon(mixed, mixed.parent / "run")


@pytest.fixture(scope="module")
def alone(mixed: Path) -> Path:
    """Return the run of inventories alone, with errors of the fixed factors."""
    (mixed.parent / "errors.csv").write_text(ERRORS, encoding="utf-8")
    tables = '[tables]\nparameters = "errors.csv"\n[output]'
    project = changed(mixed, "alone.toml", {MIXED: ALONE, "[output]": tables})
    return carbon(project, mixed.parent / "alone")


def about(run: Path) -> dict[str, Any]:
    return json.loads((run / "manifest.json").read_text("utf-8"))["carbon"]


def table_of(run: Path) -> pd.DataFrame:
    return pd.read_parquet(run / "carbon.parquet").set_index("parcel_id")


def area_of(project: Path, parcel: str) -> float:
    frame = gpd.read_parquet(project.parent / "parcels.parquet").set_index("parcel_id")
    return frame.geometry[parcel].area / 1e4


def test_a_parcel_by_its_volume_is_the_paper_calculation(run: Path, mixed: Path):
    rows = table_of(run).loc["00000"]
    now = rows[rows["year"] == 2019].set_index("pool")["stock_tC"]
    # Chinese fir, 120 m3/ha x 0.307 x 1.634 x 0.52 = 31.302 t C/ha; roots x 0.246
    shoots = 120 * 0.307 * 1.634 * 0.52 * area_of(mixed, "00000")
    assert now["above_ground"] == pytest.approx(shoots, rel=1e-3)
    assert now["below_ground"] == pytest.approx(shoots * 0.246, rel=1e-3)


def test_the_change_is_the_volumes_by_the_same_route(run: Path):
    rows = table_of(run).loc["00000"]
    stock = rows[rows["pool"] == "above_ground"].set_index("year")["stock_tC"]
    change = rows[(rows["pool"] == "above_ground") & rows["year_to"].notna()]["change_tC"]
    assert change.iloc[0] == pytest.approx(stock[2019] - stock[2010])
    # 80 to 120 m3/ha: a third of what is there now
    assert change.iloc[0] == pytest.approx(stock[2019] / 3)
    effects = pd.read_parquet(run / "carbon_change_effects.parquet").set_index(
        ["parcel_id", "pool"]
    )
    fir = effects.loc[("00000", "above_ground")]
    assert fir["area_effect_tC"] == 0
    assert fir["density_effect_tC"] == change.iloc[0]
    assert fir["forest_from_ha"] == fir["forest_to_ha"]


def test_a_parcel_with_one_inventory_has_the_change_of_the_maps(run: Path, mixed: Path):
    classes = changed(mixed, "classes.toml", {MIXED: 'densities = "zhejiang-2016"'})
    by_class = table_of(carbon(classes, mixed.parent / "classes"))
    found = table_of(run)
    for parcel in ("00002", "00005"):
        changes = [
            t.loc[parcel][t.loc[parcel]["year_to"].notna()].set_index("pool")["change_tC"]
            for t in (found, by_class)
        ]
        np.testing.assert_array_equal(*changes)


def test_what_has_no_inventory_is_by_the_rest_and_said_so(run: Path):
    routes = pd.read_parquet(run / "carbon_routes.parquet")
    best = routes[routes["chosen"]].set_index(["parcel_id", "year", "pool"])["route"]
    assert best["00000", 2019, "above_ground"] == "volume_fixed"
    assert best["00000", 2019, "soil"] == "class_density"
    assert best["00002", 2010, "above_ground"] == "class_density"
    assert best["00002", 2019, "above_ground"] == "volume_fixed"
    assert best["00005", 2019, "above_ground"] == "class_density"
    assert not best.index.duplicated().any()
    assert about(run)["parcels_without_inventory"] == 4


def test_the_chosen_routes_are_the_stocks_of_the_run(run: Path):
    routes = pd.read_csv(run / "carbon_routes.csv", dtype={"parcel_id": str})
    keys = ["parcel_id", "year", "pool"]
    best = routes[routes["chosen"]].set_index(keys)["stock_tC"].sort_index()
    stocks = pd.read_parquet(run / "carbon.parquet").dropna(subset="stock_tC")
    found = stocks.assign(year=stocks["year"].astype(int)).set_index(keys)["stock_tC"].sort_index()
    pd.testing.assert_series_equal(found, best, rtol=1e-12)
    total = pd.read_csv(run / "carbon_total.csv").set_index("year")["stock_tC"]
    assert best.groupby("year").sum()[2019] == pytest.approx(total[2019])


def test_recalled_factors_are_said_to_be_provisional_and_far_routes_warned_of(run: Path):
    routes = pd.read_parquet(run / "carbon_routes.parquet")
    fixed = routes[(routes["route"] == "volume_fixed")]
    assert fixed["provisional"].all()
    assert "volume_fixed" in about(run)["provisional"]
    (one, *_) = about(run)["spread"]
    assert one["high_tC"] > one["low_tC"] * 1.25


def test_without_a_rest_the_others_are_not_computed(alone: Path):
    found = table_of(alone)
    assert set(found["pool"]) == {"above_ground", "below_ground"}
    assert found.loc["00005", "stock_tC"].isna().all()
    assert found.loc["00002"][found.loc["00002"]["year_to"].notna()]["change_tC"].isna().all()
    total = pd.read_csv(alone / "carbon_total.csv").set_index("year")
    two = found.loc[["00000", "00001"]]
    assert total.loc[2010, "stock_tC"] == pytest.approx(two[two["year"] == 2010]["stock_tC"].sum())


def test_a_parcels_own_error_is_one_in_all_its_pools(alone: Path):
    """The volume's +- 6 of 120 m3/ha is 5 % of shoots and roots alike, so of their sum."""
    found = stocks_of_run(alone)
    keys = found.keys
    fir = found.chosen(((keys["parcel_id"] == "00000") & (keys["year"] == 2019)).to_numpy())
    whole = of_groups(fir, {"00000": ""}, by_pool=False)
    of_volume = sum(e.variance() for s, e in whole.spatial.items() if s.startswith("volume"))
    assert np.sqrt(of_volume)[0] == pytest.approx(0.05 * fir.value.sum())
    # and the factors: 0.02/0.307, 0.1/1.634, 0.01/0.52; of R 0.02 on 1.246
    shares = np.array([0.02 / 0.307, 0.1 / 1.634, 0.01 / 0.52, 0.02 / 1.246, 0.05])
    assert whole.se[0] == pytest.approx(fir.value.sum() * np.sqrt((shares**2).sum()), rel=1e-3)


def test_a_change_errs_by_both_volumes_and_little_by_the_factors(alone: Path):
    found = changes_of_run(alone)
    keys = found.keys
    (row,) = np.flatnonzero((keys["parcel_id"] == "00000") & (keys["pool"] == "above_ground"))
    one = found.chosen(np.arange(len(found)) == row)
    # the factors go with the difference
    for source, effect in one.shared.items():
        assert abs(effect[0]) < 0.08 * one.value[0], source
    # volumes of 120 +- 6 and 80 +- 4: 40 +- sqrt(36 + 16)
    of_volumes = sum(e.variance() for s, e in one.spatial.items() if s.startswith("volume"))
    assert np.sqrt(of_volumes)[0] == pytest.approx(52**0.5 / 40 * one.value[0])


def test_the_figures_can_be_traced(run: Path):
    figures = {f.code: f for f in carbon_figures(Lineage.read(run))}
    assert "carbon/above_ground/2019/stock_tC" in figures
    assert "carbon_routes" in figures["carbon/above_ground/2019/stock_tC"].said.en
    assert "carbon/total/2019/stock_tC" in figures


def test_the_files_have_the_same_bytes_for_any_tiling(mixed, run, digests, tmp_path):
    for tile in (33, 512):
        assert digests(carbon(mixed, tmp_path / f"{tile}", tile), FILES) == digests(run, FILES)


def wrong(project: Path) -> str:
    """Return what is said of a project before anything is computed."""
    wanted = read_project(project)
    account = CarbonAccount()
    found = problems(resolve(wanted, account.parameter_names()), (account,))
    return "\n".join(error.say("en") for error in found)


def test_an_inventory_that_is_wrong_is_told_before_anything_runs(mixed: Path):
    frame = gpd.read_parquet(mixed.parent / "parcels.parquet")
    bad = frame.copy()
    bad["优势树种"] = ["杉木", "Zauberbaum", *frame["优势树种"][2:]]
    bad["每公顷蓄积"] = ["120", "about 90", *frame["每公顷蓄积"][2:].astype(str)]
    bad.loc[2:, "每公顷蓄积"] = None
    bad.to_parquet(mixed.parent / "bad.parquet")
    said = wrong(changed(mixed, "bad.toml", {"parcels.parquet": "bad.parquet"}))
    assert "[parcels.columns] volume: must be numbers (m3/ha), but 1 parcels have a text" in said
    assert "00001: about 90" in said
    bad["每公顷蓄积"] = frame["每公顷蓄积"].where(frame.index != 0, 12000)
    bad.to_parquet(mixed.parent / "bad.parquet")
    said = wrong(mixed.with_name("bad.toml"))
    assert "Zauberbaum" in said
    assert "volume is 12000 m3/ha; it must be within 0 to 3000" in said


def test_a_table_of_strange_parcels_and_an_inventory_that_is_not_there(mixed: Path, county: Path):
    table = "parcel_id,year,species,volume\n00000,2019,杉木,100\nX9,2019,杉木,100\n"
    mixed.with_name("inventory.csv").write_text(table, encoding="utf-8")
    tables = '[tables]\ninventory = "inventory.csv"\n[output]'
    said = wrong(changed(mixed, "strange.toml", {"[output]": tables}))
    assert "inventory.csv: has 1 parcels that are not in the parcels' file: X9" in said
    said = wrong(changed(county, "nothing.toml", {OLD: ALONE}))
    assert "[carbon] method: the method inventory needs an inventory" in said


def test_a_table_comes_before_the_files_columns(mixed: Path):
    table = "parcel_id,year,species,volume\n00000,2019,杉木,100\n"
    mixed.with_name("one.csv").write_text(table, encoding="utf-8")
    tables = '[tables]\ninventory = "one.csv"\n[output]'
    project = changed(mixed, "one.toml", {"[output]": tables})
    rows = table_of(carbon(project, mixed.parent / "one")).loc["00000"]
    stock = rows[(rows["year"] == 2019) & (rows["pool"] == "above_ground")]["stock_tC"].iloc[0]
    per_ha = 100 * 0.307 * 1.634 * 0.52
    assert stock == pytest.approx(per_ha * area_of(mixed, "00000"), rel=1e-3)


def test_without_an_inventory_of_the_baseline_the_stock_alone_is_computed(mixed: Path):
    late = {MIXED: ALONE, 'volume_baseline = "每公顷蓄积_2010"\n': "",
            'species_baseline = "优势树种_2010"\n': "",
            'volume_se_baseline = "蓄积误差_2010"\n': ""}  # fmt: skip
    out = mixed.parent / "late"
    project = read_project(changed(mixed, "late.toml", late))
    manifest = compute(project, (CarbonAccount(),), out, How(tile=64, workers=1))
    (refused,) = manifest["carbon_not_computed"]
    assert "neither an inventory nor a map of the baseline year 2010" in refused["reason_en"]
    assert set(pd.read_csv(out / "carbon.csv")["year"]) == {2019}


def test_inventories_that_are_not_enough_for_any_route_say_so(mixed: Path):
    table = "parcel_id,year,species\n00000,2019,\n"
    mixed.with_name("bare.csv").write_text(table, encoding="utf-8")
    text = mixed.read_text("utf-8").replace(MIXED, ALONE)
    start, end = text.index("[parcels.columns]"), text.index("[carbon]")
    bare = f'{text[:start]}{text[end:]}\n[tables]\ninventory = "bare.csv"\n'
    mixed.with_name("bare.toml").write_text(bare, encoding="utf-8")
    out = mixed.parent / "bare"
    project = read_project(mixed.with_name("bare.toml"))
    manifest = compute(project, (CarbonAccount(),), out, How(tile=64, workers=1))
    (refused,) = manifest["carbon_not_computed"]
    assert "no parcel's inventory is enough for a stock" in refused["reason_en"]
    assert not (out / "carbon.csv").exists()
