"""Totals of groups of parcels: written with a run, and those that its errors give."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from data_catalog.errors import ParameterMissing, RunError
from sinks.account import CarbonAccount
from sinks.run_estimates import changes_of_run, groups_of, of_groups
from tests.county import FACTORS, changed, make_county
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How

OLD = f'method = "biomass"\nfactors = "{FACTORS}"'
ROW = "parameter,key,value,se,units,source\ncarbon_density_above_ground,1,40,4,t_C/ha,a test\n"
NEW = 'densities = "project"\n[tables]\nparameters = "rows.csv"'
HOW = How(tile=64, workers=1)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a county of two townships and a parcel of none; forest holds 40 +- 4 t C/ha."""
    county = make_county(tmp_path_factory.mktemp("groups"), (96, 112), 7)
    frame = gpd.read_parquet(county.with_name("parcels.parquet"))
    frame["乡镇"] = ["甲"] * 3 + ["乙"] * 3 + [None]
    frame["空"] = None
    frame.to_parquet(county.with_name("parcels.parquet"))
    county.with_name("rows.csv").write_text(ROW, encoding="utf-8")
    old = 'id = "parcel_id"\n'
    columns = f'{old}[parcels.columns]\ntownship = "乡镇"\nempty = "空"\n'
    return changed(county, "groups.toml", {OLD: NEW, old: columns})


def test_a_township_errs_by_the_density_that_its_parcels_share(project: Path, tmp_path: Path):
    run = tmp_path / "run"
    compute(read_project(project), (CarbonAccount("township"),), run, HOW)
    groups = pd.read_csv(run / "carbon_groups.csv")
    assert set(groups["group"]) == {"甲", "乙"}
    changes = groups[groups["year_to"].notna()].set_index(["pool", "group"])
    parcels = gpd.read_parquet(project.with_name("parcels.parquet"))
    known = of_groups(changes_of_run(run), groups_of(parcels, "乡镇"))
    for row, group in enumerate(known.keys["group"]):
        one = changes.loc[("above_ground", group)]
        assert one["change_tC"] == pytest.approx(known.value[row])
        # 4 of 40: a tenth of the net change, whichever parcels it is made of
        assert one["se_tC"] == pytest.approx(abs(one["change_tC"]) / 10)
        assert one["se_tC"] == pytest.approx(known.se[row])
        assert one["minimum_detectable_tC"] == pytest.approx(norm.ppf(0.975) * one["se_tC"])
        np.testing.assert_allclose(
            changes.loc[("total", group)].to_numpy(float), one.to_numpy(float)
        )


def test_the_level_is_the_projects(project: Path, tmp_path: Path):
    ninety = changed(project, "90.toml", {"densities": 'confidence = "ar-tool14"\ndensities'})
    manifest = compute(read_project(ninety), (CarbonAccount(),), tmp_path / "run", HOW)
    whole = pd.read_csv(tmp_path / "run" / "carbon_total.csv").set_index("year")
    half = whole.loc[2019, "upper_tC"] - whole.loc[2019, "stock_tC"]
    assert half == pytest.approx(1.644854 * whole.loc[2019, "se_tC"])
    assert manifest["carbon"]["confidence"] == {"row": "confidence_level[ar-tool14]", "level": 0.9}
    assert not (tmp_path / "run" / "carbon_groups.csv").exists()
    unknown = changed(project, "x.toml", {"densities": 'confidence = "gut"\ndensities'})
    with pytest.raises(ParameterMissing, match="standard 'gut' has no row"):
        compute(read_project(unknown), (CarbonAccount(),), tmp_path / "no", HOW)


@pytest.mark.parametrize("column", ["townshi", "empty"])
def test_a_column_that_is_not_there_or_empty_is_refused_first(
    project: Path, tmp_path: Path, column: str
):
    with pytest.raises(RunError, match=f"no column '{column}' with values"):
        compute(read_project(project), (CarbonAccount(column),), tmp_path / "run", HOW)
    assert not (tmp_path / "run").exists()
