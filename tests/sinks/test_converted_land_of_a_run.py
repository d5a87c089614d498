"""Soil and litter of converted land in a run: linear from the first map that shows it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from data_catalog.errors import GepError
from sinks.account import CarbonAccount
from sinks.figures import carbon_figures
from tests.county import FACTORS, changed, make_county, write
from tiles.compute import compute
from tiles.lineage import Lineage
from tiles.project import read_project
from tiles.run import How

OLD = f'method = "biomass"\nfactors = "{FACTORS}"'
SOIL = """\
densities = "zhejiang-2016"
soils = "ipcc2006-warm-temperate-moist"
soil_type = "{}"
"""
MORE = '[layers.land_cover_2000]\npath = "before.tif"\nclasses = "clcd"\n[parcels]'
LAC, CROPPED = 63, 0.69  # t_C/ha of low-activity clay, and the share that long cropping leaves
AREA = 96 * 112 * 0.09  # ha


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a county of cropland in 2000 and 2010, the western half of it forest in 2019."""
    county = make_county(tmp_path_factory.mktemp("soil"), (96, 112), 6)
    with rasterio.open(county.with_name("land_cover.tif")) as file:
        transform, crs = file.transform, file.crs
    cropland = np.ones((96, 112), np.uint8)
    for name in ("land_cover_baseline", "before"):
        write(county.with_name(f"{name}.tif"), cropland, transform, crs, nodata=0)
    forest = cropland.copy()
    forest[:, :56] = 2
    write(county.with_name("land_cover.tif"), forest, transform, crs, nodata=0)
    return changed(county, "soil.toml", {OLD: SOIL.format("lac")})


def carbon(project: Path, out: Path) -> tuple[pd.Series, dict]:
    manifest = compute(read_project(project), (CarbonAccount(),), out, How(tile=64, workers=1))
    rows = pd.read_csv(out / "carbon.csv")
    return rows[rows["year_to"].notna()].set_index("pool")["change_tC"], manifest


def test_one_year_of_twenty_is_over_when_the_map_of_the_year_shows_it(project: Path, tmp_path):
    change, manifest = carbon(project, tmp_path / "run")
    # half the county: 63 x (1 - 0.69) t C/ha, a twentieth of it
    assert change["soil"] == pytest.approx(AREA / 2 * LAC * (1 - CROPPED) / 20)
    said = manifest["carbon"]["soil_change"]
    assert (said["set"], said["depth"]) == ("ipcc2006-warm-temperate-moist", "0-30 cm")
    assert "soil_transition_years[ipcc-2006]" in said["rows"]
    figures = {f.code: f for f in carbon_figures(Lineage.read(tmp_path / "run"))}
    assert set(said["rows"]) <= set(figures["carbon/soil/2010-2019/change_tC"].rests.rows)
    assert figures["carbon/soil/2010-2019/change_tC"].parts == ()
    each = pd.read_parquet(tmp_path / "run" / "carbon.parquet")
    each = each[(each["pool"] == "soil") & each["year_to"].notna()]
    assert each["change_tC"].sum() == pytest.approx(change["soil"])


def test_a_map_between_the_years_dates_the_conversion(project: Path, tmp_path: Path):
    """Forest in a map of 2012 already: 8 years of the transition are over in 2019."""
    with rasterio.open(project.with_name("land_cover.tif")) as file:
        write(project.with_name("y2012.tif"), file.read(1), file.transform, file.crs, nodata=0)
    more = MORE.replace("2000", "2012").replace("before", "y2012")
    dated = changed(project, "dated.toml", {"[parcels]": more})
    change, _ = carbon(dated, tmp_path / "run")
    assert change["soil"] == pytest.approx(AREA / 2 * LAC * (1 - CROPPED) * 8 / 20)


def test_soil_without_a_number_leaves_the_other_pools(project: Path, tmp_path: Path):
    peat = changed(project, "peat.toml", {'"lac"': '"peat"'})
    change, manifest = carbon(peat, tmp_path / "run")
    assert np.isnan(change["soil"])
    assert change["litter"] > 0
    (refused,) = manifest["carbon_not_computed"]
    assert "soil_carbon_reference" in refused["reason_en"]


def test_litter_of_new_forest_builds_up_and_the_rest_is_as_it_was(project: Path, tmp_path: Path):
    """Forest in 2019 alone: one year of twenty of the litter, where at once is all of it."""
    at_once, _ = carbon(project, tmp_path / "at-once")
    slow = changed(project, "slow.toml", {"soils = ": 'dead_organic = "transition"\nsoils = '})
    found, manifest = carbon(slow, tmp_path / "run")
    assert at_once["litter"] > 0
    assert found["litter"] == pytest.approx(at_once["litter"] / 20)
    for pool in ("above_ground", "below_ground", "soil"):
        assert found[pool] == at_once[pool]
    assert manifest["carbon"]["dead_organic"] == "soil_transition_years[ipcc-2006]"
    figures = {f.code: f for f in carbon_figures(Lineage.read(tmp_path / "run"))}
    rests = figures["carbon/litter/2010-2019/change_tC"].rests
    assert "soil_transition_years[ipcc-2006]" in rests.rows
    errors = pd.read_csv(tmp_path / "run" / "carbon_change_effects.csv")
    assert set(errors["pool"]) == {"above_ground", "below_ground"}


def test_litter_of_cleared_forest_is_lost_in_its_year(project: Path, tmp_path: Path):
    """The other way round all of it goes at once, as without a transition."""
    swapped = {'"land_cover.tif"': '"x.tif"', '"land_cover_baseline.tif"': '"land_cover.tif"'}
    back = changed(project, "back.toml", swapped)
    back = changed(back, "back.toml", {'"x.tif"': '"land_cover_baseline.tif"'})
    at_once, _ = carbon(back, tmp_path / "at-once")
    slow = changed(back, "gone.toml", {"soils = ": 'dead_organic = "transition"\nsoils = '})
    found, _ = carbon(slow, tmp_path / "run")
    assert found["litter"] < 0
    assert found["litter"] == pytest.approx(at_once["litter"])


def test_a_transition_needs_class_densities_and_mapped_areas(county: Path):
    biomass = changed(county, "no.toml", {"[output]": "[output]"})
    wrong = changed(biomass, "no.toml", {OLD: OLD + '\ndead_organic = "transition"'})
    with pytest.raises(GepError, match="goes with class densities"):
        read_project(wrong)
