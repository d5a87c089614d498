"""The SEEA tables of a run: a county at two dates, with users, groups, terms and an opening."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cli.main import gep
from data_catalog.errors import GepError
from gep.seea.notes import TABLES
from tests.county import changed
from tests.test_tables import run

TERMS = """\
parameter,value,units,source
discount_rate,3,percent,county finance office
asset_life,20,year,county finance office
first_flow_discounted,1,1,county finance office
"""
USERS = """\
service,user,share,source
water_conservation,households,0.7,water bureau
water_conservation,agriculture,0.2,water bureau
"""
GROUPS = """\
ecosystem,group,source
11,T2.4,county ecologist
"""
LAYERS = """\
[layers.leaf_area_index]
value = 4
[layers.leaf_area_index_reference]
value = 5
[layers.fractional_vegetation_cover]
value = 70
units = "percent"
[layers.fractional_vegetation_cover_reference]
value = 100
units = "percent"
[layers.gross_primary_production]
value = 900
units = "g_C/m2/year"
[layers.gross_primary_production_reference]
value = 2000
units = "g_C/m2/year"

[parcels]"""
TEXTS = dict.fromkeys(["service", "ecosystem", "ecosystem_from", "group", "price_year"], str)
Run = tuple[Path, dict[str, Any]]


@pytest.fixture(scope="session")
def opening(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the account of the baseline year."""
    years = {"year = 2019": "year = 2010", "baseline_year = 2010": "baseline_year = 2000",
             '"npp.tif"': '"npp.tif"\nnote = "of 2019"'}  # fmt: skip
    out = tmp_path_factory.mktemp("opening") / "run"
    run(changed(county, "opening.toml", years), out, "cn-open", "garze-2017")
    return out


@pytest.fixture(scope="session")
def project(county: Path, opening: Path) -> Path:
    for name, text in (("terms", TERMS), ("users", USERS), ("groups", GROUPS)):
        (county.parent / f"{name}.csv").write_text(text, encoding="utf-8")
    tables = (
        '[tables]\nparameters = "terms.csv"\nusers = "users.csv"\niucn_groups = "groups.csv"\n'
        f"opening_run = '{opening}'\n\n[output]"
    )
    return changed(county, "seea.toml", {"[output]": tables, "[parcels]": LAYERS})


@pytest.fixture(scope="session")
def both(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a run of two standards, the first the open one."""
    out = tmp_path_factory.mktemp("seea") / "run"
    return out, run(project, out, "cn-open", "garze-2017")


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=TEXTS)


def close(a: "pd.Series[float]", b: "pd.Series[float]") -> None:
    scale = max(np.abs(b.to_numpy()).max(), 1.0)
    assert np.abs(a.to_numpy() - b.to_numpy()).max() <= 1e-9 * scale


def test_every_table_is_there_under_both_standards(both: Run) -> None:
    out, manifest = both
    names = {f"{name}.csv" for name in (*TABLES, "notes")}
    for folder in (out / "seea", out / "seea" / "garze-2017"):
        assert {f.name for f in folder.iterdir() if f.is_file()} == names
    assert manifest["seea_not_written"] == []
    assert manifest["other_standards"]["garze-2017"]["seea_not_written"] == []


@pytest.mark.parametrize("place", ["", "garze-2017"])
def test_the_identities_hold_in_the_files(both: Run, place: str) -> None:
    folder = both[0] / "seea" / place
    extent = read(folder, "extent")
    close(extent["opening"] + extent["additions"] - extent["reductions"], extent["closing"])
    matrix = read(folder, "extent_change_matrix").select_dtypes("number")
    close(matrix.drop(columns="total_opening").sum(axis=1), matrix["total_opening"])
    close(matrix["total_opening"], extent["opening"])
    for name in ("physical", "monetary"):
        supply, use = read(folder, f"supply_{name}"), read(folder, f"use_{name}")
        close(supply["total_supply"], use["total_use"])
        close(use.select_dtypes("number").drop(columns="total_use").sum(axis=1), use["total_use"])
    asset = read(folder, "asset")
    changes = (
        asset["enhancement"] - asset["degradation"]
        + asset["conversion_additions"] - asset["conversion_reductions"]
        + asset["revaluation"] + asset["other_changes"]
    )  # fmt: skip
    close(asset["opening"] + changes, asset["closing"])


def test_the_parcels_extents_add_up_to_the_account(both: Run) -> None:
    extent = read(both[0] / "seea", "extent").set_index("ecosystem")
    parcels = pd.read_parquet(both[0] / "extent.parquet")
    by_class = parcels.groupby("ecosystem", observed=True)["area_ha"].sum()
    closing = extent["closing"].drop("total")
    assert set(by_class.index) == set(closing.index[closing > 0])
    close(by_class, closing[by_class.index])
    assert extent.loc["total", "closing"] == pytest.approx(parcels["area_ha"].sum(), rel=1e-12)


def test_supply_is_the_account_and_only_what_counts_is_an_asset(both: Run) -> None:
    summary = pd.read_csv(both[0] / "summary.csv").set_index(["standard", "service"])
    supply = read(both[0] / "seea", "supply_monetary").set_index("service")
    whole = summary.loc[("cn-open", "gep"), "value"]
    assert supply.loc["total", "total_supply"] == pytest.approx(whole, rel=1e-12)
    asset = read(both[0] / "seea", "asset").set_index("ecosystem")
    # 3 % over 20 years, the first flow discounted: 14.877475 times the yearly flow
    assert asset.loc["total", "closing"] == pytest.approx(whole * 14.877475, rel=1e-7)


def test_who_uses_the_water_is_what_the_table_says(both: Run) -> None:
    use = read(both[0] / "seea", "use_physical").set_index("service").loc["water_conservation"]
    assert use["households 居民"] == pytest.approx(0.7 * use["total_use"])
    assert use["not_allocated 未分配"] == pytest.approx(0.1 * use["total_use"])


def test_condition_needs_no_service(both: Run) -> None:
    condition = read(both[0] / "seea", "condition").set_index(["ecosystem", "variable"])
    # (4/5 + 70/100 + 900/2000)/3 x 100 = 65, good; NPP is that of the layer
    eqi = condition.loc[("11", "ecosystem_quality_index")]
    assert eqi["closing"] == pytest.approx(65)
    assert eqi["grade_closing_en"] == "good"
    assert condition.loc[("11", "ecosystem_quality_good"), "closing"] == pytest.approx(100)
    assert 0 < condition.loc[("11", "npp"), "closing"] < 1500


def test_the_choice_of_an_ecologist_places_the_broadleaf_forest(both: Run) -> None:
    groups = read(both[0] / "seea", "extent_iucn_get").set_index("group")
    assert int(groups.loc["T2.4", "ecosystems"]) == 11


def test_what_is_not_written_is_said_in_a_line_and_in_the_manifest(
    county: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEP_LANG", "en")
    done = CliRunner().invoke(gep, ["compute", str(county), "--out", str(out), "-q"])
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert [r["file"] for r in manifest["seea_not_written"]] == ["asset.csv"]
    (line,) = [w for w in done.stderr.splitlines() if w.startswith("SEEA")]
    assert line.startswith("SEEA tables not written: asset.csv (no discount rate and asset life")


def test_wrong_users_are_told_before_anything_is_computed(project: Path, out: Path) -> None:
    wrong = USERS + "water_conservation,households,0.3,twice\nwater_keeping,households,1,who\n"
    (project.parent / "wrong.csv").write_text(wrong, encoding="utf-8")
    with pytest.raises(GepError) as told:
        run(changed(project, "wrong.toml", {'"users.csv"': '"wrong.csv"'}), out)
    assert "wrong.csv:4: is the same as line 2" in told.value.say("en")
    wrong = USERS + "water_keeping,households,1,who\n"
    (project.parent / "wrong.csv").write_text(wrong, encoding="utf-8")
    with pytest.raises(GepError, match=r"wrong\.csv:4: no service is named 'water_keeping'"):
        run(project.with_name("wrong.toml"), out)


def test_an_opening_account_of_another_year_is_refused(project: Path, out: Path) -> None:
    with pytest.raises(GepError, match="is of 2010, but the baseline year is 2009"):
        run(changed(project, "late.toml", {"baseline_year = 2010": "baseline_year = 2009"}), out)
    assert not out.exists()
