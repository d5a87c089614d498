"""The carbon account of a project: what it says where it cannot be computed."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data_catalog.errors import UnknownNameError
from sinks.account import CarbonAccount
from tests.county import FACTORS, changed
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How


def carbon(project: Path, out: Path) -> dict[str, Any]:
    return compute(read_project(project), (CarbonAccount(),), out, How(tile=128, workers=1))


def reasons(manifest: dict[str, Any]) -> dict[str, str]:
    return {r["account"]: r["reason_en"] for r in manifest["not_computed"]}


def test_an_unknown_set_of_biomass_factors_is_named_with_the_nearest(
    county: Path, tmp_path: Path
) -> None:
    wrong = changed(county, "unknown-factors.toml", {FACTORS: FACTORS[:-1]})
    with pytest.raises(UnknownNameError) as caught:
        carbon(wrong, tmp_path / "run")
    assert f"no parameter set is named {FACTORS[:-1]!r}. Did you mean {FACTORS}" in str(
        caught.value
    )
    assert not list(tmp_path.iterdir())


def test_a_set_that_lacks_a_factor_computes_neither_pool(county: Path, tmp_path: Path) -> None:
    # it has a carbon fraction but no root-shoot ratio
    lacking = changed(county, "no-ratio.toml", {FACTORS: "ipcc2006-temperate-mountain"})
    manifest = carbon(lacking, tmp_path / "run")
    found = reasons(manifest)
    assert set(found) == {"carbon_stock", "carbon_stock_change"}
    for reason in found.values():
        assert (
            "standard 'ipcc2006-temperate-mountain' has no row for parameter 'root_shoot" in reason
        )
    assert "carbon" not in manifest
    assert not (tmp_path / "run" / "carbon.csv").exists()


LAYER = """\
[layers.above_ground_biomass]
path = "above_ground_biomass.tif"
units = "t_dm/ha"
"""
BASELINE = LAYER.replace("biomass]", "biomass_baseline]").replace("biomass.", "biomass_baseline.")


@pytest.mark.parametrize("without", [(LAYER, BASELINE), (LAYER,)], ids=["both", "this year's"])
def test_without_a_layer_of_biomass_the_reason_is_that_there_is_none(
    county: Path, tmp_path: Path, without: tuple[str, ...]
) -> None:
    manifest = carbon(
        changed(county, "no-biomass.toml", dict.fromkeys(without, "")), tmp_path / "run"
    )
    found = reasons(manifest)
    assert "there is no layer of" in found["carbon_stock"]
    assert found["carbon_stock_change"] == found["carbon_stock"]
    assert "carbon" not in manifest
    assert not (tmp_path / "run" / "carbon.csv").exists()


def test_without_a_baseline_of_biomass_there_is_the_stock_alone(
    county: Path, tmp_path: Path
) -> None:
    manifest = carbon(changed(county, "no-baseline.toml", {BASELINE: ""}), tmp_path / "run")
    assert set(reasons(manifest)) == {"carbon_stock_change"}
    rows = pd.read_csv(tmp_path / "run" / "carbon.csv")
    assert set(rows["year"]) == {2019}


def test_with_both_years_there_are_stock_and_change(county: Path, tmp_path: Path) -> None:
    manifest = carbon(county, tmp_path / "run")
    assert manifest["carbon"]["method"] == "biomass"
    rows = pd.read_csv(tmp_path / "run" / "carbon.csv")
    assert set(rows["pool"]) == {"above_ground", "below_ground"}
    assert rows["change_tC"].notna().any()
