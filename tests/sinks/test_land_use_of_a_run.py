"""Land use over the years in a run folder, from class maps of four years."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from data_catalog.errors import GepError
from sinks.account import CarbonAccount
from tests.county import FACTORS, changed, make_county, write
from tiles.compute import compute
from tiles.project import read_project
from tiles.run import How

MORE = """\
[layers.land_cover_1990]
path = "land_cover_1990.tif"
classes = "clcd"
[layers.land_cover_2014]
path = "land_cover_2014.tif"
classes = "clcd"
[parcels]"""
FILES = ("carbon_land_use.parquet", "carbon_land_use.csv", "carbon_land_use_matrix.csv",
         "carbon.parquet")  # fmt: skip


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a county with maps of 1990, 2010 (baseline), 2014 and 2019 (account)."""
    county = make_county(tmp_path_factory.mktemp("years"), (130, 150), 20)
    with rasterio.open(county.with_name("land_cover.tif")) as file:
        cover, transform, crs = file.read(1), file.transform, file.crs
    random = np.random.default_rng(1990)
    for year in (1990, 2014):
        codes = np.where(random.random(cover.shape) < 0.1, 5, cover).astype(np.uint8)
        write(county.with_name(f"land_cover_{year}.tif"), codes, transform, crs, nodata=0)
    old = f'method = "biomass"\nfactors = "{FACTORS}"'
    return changed(county, "years.toml", {old: 'densities = "zhejiang-2016"', "[parcels]": MORE})


def carbon(project: Path, out: Path, tile: int = 128) -> Path:
    compute(read_project(project), (CarbonAccount(),), out, How(tile=tile, workers=1))
    return out


@pytest.fixture(scope="module")
def run(project: Path) -> Path:
    return carbon(project, project.parent / "run")


def test_the_matrices_are_those_of_neighbouring_years_and_close(run: Path):
    found = pd.read_csv(run / "carbon_land_use_matrix.csv")
    periods = found.groupby(["year_from", "year_to"])["area_ha"].sum()
    assert list(periods.index) == [(1990, 2010), (2010, 2014), (2014, 2019)]
    # the parcels tile the grid: 130 x 150 cells of 30 m
    np.testing.assert_allclose(periods, 130 * 150 * 0.09, rtol=1e-9)
    ends = found.groupby(["year_to", "land_use_to"])["area_ha"].sum()
    begins = found.groupby(["year_from", "land_use_from"])["area_ha"].sum()
    for year in (2010, 2014):
        assert ends[year].to_dict() == pytest.approx(begins[year].to_dict())


def test_states_are_pixel_counts(run: Path, project: Path):
    """Forest of 2019 that was something else in 2014: since 2019; in 2010 only: since 2014 ..."""
    maps = {}
    for year, name in ((1990, "_1990"), (2010, "_baseline"), (2014, "_2014"), (2019, "")):
        with rasterio.open(project.with_name(f"land_cover{name}.tif")) as file:
            maps[year] = file.read(1)
    forest = {year: codes == 2 for year, codes in maps.items()}
    known = {year: codes != 0 for year, codes in maps.items()}
    new = forest[2019] & known[2014] & ~forest[2014]
    found = pd.read_csv(run / "carbon_land_use.csv", dtype={"land_use_to": str})
    rows = found[(found["year"] == 2019) & (found["land_use_to"] == "1")]
    of_2019 = rows[(rows["since"] == 2019) & (rows["state"] == "converted")]["area_ha"].sum()
    gaps = forest[2019] & ~known[2014] & known[2010] & ~forest[2010]
    assert of_2019 >= new.sum() * 0.09 * (1 - 1e-9)
    blind = forest[2019] & ~known[2014] & ~known[2010] & known[1990] & ~forest[1990]
    assert of_2019 == pytest.approx((new | gaps | blind).sum() * 0.09)
    # of 1990 to 2010, first seen in 2010: 9 years in 2019, still in transition
    assert set(rows.loc[rows["since"] == 2010, "state"]) == {"converted"}
    assert set(rows.loc[rows["since"] == 1990, "state"]) == {"remaining"}


def test_parcels_add_up_to_the_totals(run: Path):
    each = pd.read_parquet(run / "carbon_land_use.parquet")
    whole = pd.read_csv(run / "carbon_land_use.csv", dtype={"land_use_from": str,
                                                            "land_use_to": str})  # fmt: skip
    keys = [c for c in whole if c != "area_ha"]
    summed = each.groupby(keys)["area_ha"].sum()
    assert summed.to_dict() == pytest.approx(whole.set_index(keys)["area_ha"].to_dict())
    areas = each.groupby(["parcel_id", "year"])["area_ha"].sum().unstack()
    np.testing.assert_allclose(areas[2010], areas[2019])


def test_more_maps_change_no_stock_and_no_tiling_a_byte(
    run: Path, project: Path, digests, tmp_path: Path
):
    for tile in (64, 33):
        assert digests(carbon(project, tmp_path / f"{tile}", tile), FILES) == digests(run, FILES)
    fewer = changed(project, "fewer.toml", {MORE: "[parcels]"})
    stocks = [pd.read_parquet(r / "carbon.parquet") for r in (run, carbon(fewer, tmp_path / "f"))]
    pd.testing.assert_frame_equal(*stocks, check_exact=True)


@pytest.mark.parametrize(("wrong", "says"), [
    ("land_cover_2019", "those of the two years are land_cover and land_cover_baseline"),
    ("land_cover_2030", "A dated map is of a year before 2019"),
    ("forest_2014", "needs the layer forest of the account year"),
    ("land_cover_14", "no variable is named 'land_cover_14'"),
])  # fmt: skip
def test_a_dated_map_of_a_wrong_year_is_told(project: Path, wrong: str, says: str):
    other = changed(project, f"{wrong}.toml", {"layers.land_cover_2014": f"layers.{wrong}"})
    with pytest.raises(GepError, match=says):
        read_project(other)
