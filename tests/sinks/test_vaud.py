"""InVEST Carbon on canton Vaud: its maps and totals out of a run of our own."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.stats import norm

from cli.main import gep as command
from sinks.account import CarbonAccount
from sinks.present_value import present_value
from sinks.run_estimates import changes_of_run, of_groups
from tests import vaud
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How

FLOAT32 = 2e-6
PRICE, DISCOUNT, DECLINE, YEARS = 43.0, 0.07, 0.02, 6  # args.json


def test_invests_unit_case_of_value():
    # -58 t/ha x 43 /t, 2.8 % and -7.1 %, 2016 to 2030; the constant is 59.00136
    assert present_value(1, PRICE, 14, 0.028, -0.071) == pytest.approx(59.00136, abs=5e-6)
    assert present_value(-58, PRICE, 14, 0.028, -0.071) == pytest.approx(-3422.079, abs=5e-4)
    assert present_value(-58, PRICE, 14, 0, 0) == pytest.approx(-2494)


def carbon(project: Path, out: Path) -> Path:
    compute(read_project(project), (CarbonAccount(),), out, How(tile=128, workers=1))
    return out


@pytest.fixture(scope="module")
def aligned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("vaud")
    return carbon(vaud.make_vaud(folder), folder / "run")


@pytest.mark.shared
def test_stock_maps_are_invests_to_float32(aligned: Path):
    np.testing.assert_allclose(
        vaud.density(aligned, "_baseline"), vaud.output("c_storage_bas"), rtol=FLOAT32
    )
    np.testing.assert_allclose(vaud.density(aligned), vaud.output("c_storage_alt"), rtol=FLOAT32)


@pytest.mark.shared
def test_change_and_value_maps_are_invests_to_float32(aligned: Path):
    change = vaud.density(aligned) - vaud.density(aligned, "_baseline")
    np.testing.assert_allclose(change, vaud.output("c_change_bas_alt"), rtol=FLOAT32, atol=3e-5)
    worth = present_value(change, PRICE, YEARS, DISCOUNT, DECLINE)
    np.testing.assert_allclose(worth, vaud.output("npv_alt"), rtol=FLOAT32, atol=2e-3)


@pytest.mark.shared
def test_the_totals_are_invests(aligned: Path):
    want = vaud.totals()
    found = pd.read_csv(aligned / "carbon_total.csv").set_index("year")["stock_tC"]
    # the grid's cells are planar: 100.005 m squared, as InVEST takes them
    assert found[2006] == pytest.approx(want["Baseline Carbon Storage"], rel=1e-3)
    assert found[2012] == pytest.approx(want["Alternate Carbon Storage"], rel=1e-3)


@pytest.mark.shared
def test_the_grid_that_is_a_little_off_is_named_and_the_change_stays(aligned: Path, tmp_path: Path):
    off = carbon(vaud.make_vaud(tmp_path, "lulc_2012_original.tif"), tmp_path / "run")
    receipt = {r["layer"]: r for r in json.loads((off / "alignment.json").read_text("utf-8"))}
    assert receipt["land_cover_baseline"]["method_en"] == "same grid, cell by cell"
    assert receipt["land_cover"]["pixel"][0] == pytest.approx(99.9925, abs=1e-4)
    assert receipt["land_cover"]["method_en"] != "same grid, cell by cell"
    known = [pd.read_csv(run / "carbon_total.csv")["change_tC"].dropna() for run in (aligned, off)]
    assert [len(k) for k in known] == [1, 1]
    assert known[1].iloc[0] == pytest.approx(known[0].iloc[0], rel=1e-3)


@pytest.mark.shared
def test_change_per_municipality_with_its_error(tmp_path: Path):
    """Lausanne, in the two parts it lies in: each errs, and both err together."""
    parts = gpd.read_file(vaud.VAUD / "inputs" / "municipalities.gpkg").explode(ignore_index=True)
    parts["part"] = ["5586-a", "5586-b"]
    parts[["part", "GMDNAME", "geometry"]].to_file(tmp_path / "parts.gpkg")
    more = '[parcels]\npath = "parts.gpkg"\nid = "part"\n'
    run = carbon(vaud.make_vaud(tmp_path, more=more), tmp_path / "run")
    found = changes_of_run(run)
    table = pd.read_parquet(run / "carbon.parquet")
    rows = table[table["year_to"].notna()]
    np.testing.assert_allclose(found.value, rows["change_tC"])
    np.testing.assert_allclose(found.se, rows["se_tC"])
    town = of_groups(found, dict.fromkeys(parts["part"], "Lausanne"), by_pool=False)
    whole = pd.read_csv(run / "carbon_total.csv").dropna(subset="change_tC").iloc[0]
    assert town.value[0] == pytest.approx(whole["change_tC"])
    assert town.se[0] == pytest.approx(whole["se_tC"])
    # by hand: the net change of area of each class, times 10 % of its density, pool by pool
    matrix = pd.read_csv(run / "carbon_change_matrix.csv", index_col=0, dtype={0: str})
    moved = matrix.drop(index="00", columns="00")  # land without a class is left out of both dates
    net = moved.sum().sub(moved.sum(axis=1), fill_value=0)
    pools = pd.read_csv(tmp_path / "pools.csv", dtype={"key": str})
    effects = pools["se"] * pools["key"].map(net).fillna(0)
    assert town.se[0] == pytest.approx(np.sqrt((effects**2).sum()))
    assert town.value[0] == pytest.approx((pools["value"] * pools["key"].map(net).fillna(0)).sum())


@pytest.mark.shared
def test_change_per_municipality_with_its_interval_is_printed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Lausanne is one municipality in two parts: its interval is that of both together."""
    parts = gpd.read_file(vaud.VAUD / "inputs" / "municipalities.gpkg").explode(ignore_index=True)
    parts["part"] = ["5586-a", "5586-b"]
    parts[["part", "GMDNAME", "geometry"]].to_file(tmp_path / "parts.gpkg")
    more = '[parcels]\npath = "parts.gpkg"\nid = "part"\n'
    more += '[parcels.columns]\nmunicipality = "GMDNAME"\n'
    project, run = vaud.make_vaud(tmp_path, more=more), tmp_path / "run"
    monkeypatch.setenv("GEP_LANG", "en")
    arguments = ["sinks", "change", str(project), "--out", str(run), "--by", "municipality", "-q"]
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    groups = pd.read_csv(run / "carbon_groups.csv")
    town = groups[(groups["pool"] == "total") & groups["year_to"].notna()].iloc[0]
    whole = pd.read_csv(run / "carbon_total.csv").dropna(subset="change_tC").iloc[0]
    assert town["group"] == "Lausanne"
    for column in ("change_tC", "se_tC", "lower_tC", "upper_tC", "minimum_detectable_tC"):
        assert town[column] == pytest.approx(whole[column])
    # 95 %: 1.96 standard errors to each side
    half = norm.ppf(0.975) * town["se_tC"]
    assert town["minimum_detectable_tC"] == pytest.approx(half)
    assert (town["lower_tC"], town["upper_tC"]) == pytest.approx(
        (town["change_tC"] - half, town["change_tC"] + half)
    )
    assert "2006 to 2012 (gain positive), by municipality" in done.stdout
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("Lausanne"))
    for column in ("change_tC", "se_tC", "lower_tC", "upper_tC", "removal_tCO2e"):
        assert f"{town[column]:,.1f}" in line


@pytest.mark.shared
def test_the_ledger_shares_out_the_variance_of_the_change(aligned: Path):
    costs = pd.read_csv(aligned / "carbon_ledger.csv")
    costs = costs[costs["year_to"].notna()]
    whole = pd.read_csv(aligned / "carbon_total.csv").dropna(subset="change_tC").iloc[0]
    assert costs["variance_share"].sum() == pytest.approx(1)
    assert np.sqrt((costs["se_tC"] ** 2).sum()) == pytest.approx(whole["se_tC"])
    # without the costliest source: the root of the others' squares, 1.96 times
    rest = np.sqrt((costs["se_tC"].iloc[1:] ** 2).sum()) * norm.ppf(0.975)
    assert costs["half_width_without_tC"].iloc[0] == pytest.approx(rest)
    assert costs["source_zh"].notna().all()
