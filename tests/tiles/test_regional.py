"""A layer given as a table: each county's figure on the cells whose centre it covers."""

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import LayerError
from data_catalog.regions import region
from data_catalog.standards import standard
from gep.account import GepAccount
from tiles.compute import compute
from tiles.grid import Grid
from tiles.inputs import Inputs, resolve
from tiles.project import LayerEntry, Project, read_project
from tiles.regional import NOWHERE, Figures, covering, read_figures, write_figures
from tiles.run import How

UNIT = Affine(1, 0, 0, 0, -1, 4)
PLACES = st.floats(-5, 25).map(lambda x: round(x, 6))  # GEOS divides by zero over 1e-210
PROJECT = """\
[project]
name = "regions"
region = "{region}"
year = 2020
[layers.land_cover]
path = "cover.tif"
classes = "hj1166"
[layers.precipitation]
table = "statistics.csv"
column = "rain"
units = "cm/year"
[layers.evapotranspiration]
value = 700
units = "mm/year"
[parcels]
path = "parcels.fgb"
id = "parcel_id"
"""
KILOMETRE = 1000
RAIN = {"331102": 150.0, "331121": 170.0}


def test_a_cell_belongs_to_the_shape_that_covers_its_centre() -> None:
    # four rows of four cells; x runs from 0 to 4, y from 4 down to 0
    left = shapely.box(0, 0, 1.6, 4)  # covers the centres at 0.5 and 1.5
    right = shapely.box(1.6, 1, 4, 4)  # covers those at 2.5 and 3.5, but not the lowest row
    expected = [[0, 0, 1, 1]] * 3 + [[0, 0, NOWHERE, NOWHERE]]
    assert covering([left, right], UNIT, 0, 4, 4).tolist() == expected


def test_a_hole_belongs_to_what_lies_in_it() -> None:
    lake = shapely.box(1, 1, 3, 3)
    around = shapely.box(0, 0, 4, 4).difference(lake)
    expected = [[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    assert covering([around, lake], UNIT, 0, 4, 4).tolist() == expected


def test_a_centre_on_a_common_border_belongs_to_exactly_one() -> None:
    halves = [shapely.box(0, 0, 1.5, 4), shapely.box(1.5, 0, 4, 4)]  # the border meets centres
    there = covering(halves, UNIT, 0, 4, 4)
    back = covering(halves[::-1], UNIT, 0, 4, 4)
    assert (there != NOWHERE).all()
    assert (there == 1 - back).all()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(PLACES, PLACES), min_size=3, max_size=8), st.data())
def test_any_block_of_rows_says_what_the_whole_says(
    points: list[tuple[float, float]], draw: st.DataObject
) -> None:
    shape = shapely.MultiPoint(points).convex_hull
    if not isinstance(shape, shapely.Polygon):
        return
    transform = Affine(1, 0, 0, 0, -1, 20)
    whole = covering([shape], transform, 0, 20, 20)
    start = draw.draw(st.integers(0, 19))
    assert (covering([shape], transform, start, 20, 20) == whole[start:]).all()
    x, y = np.meshgrid(np.arange(20) + 0.5, 19.5 - np.arange(20))
    near = shapely.distance(shapely.points(x, y), shape.boundary) < 1e-9
    inside = shapely.contains_xy(shape, x, y)
    assert ((whole == 0) == inside)[~near].all()


def test_the_figures_are_written_as_they_are_and_missing_in_no_county(tmp_path: Path) -> None:
    shapes = [shapely.box(0, 0, 2, 4), shapely.box(2, 0, 4, 2)]
    frame = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=shapes, crs="EPSG:4549")
    grid = Grid("EPSG:4549", tuple(UNIT)[:6], 4, 4, 1.0)
    write_figures(Figures(frame, {"a": 1.5, "b": -2.0}), grid, tmp_path / "figures.tif")
    with rasterio.open(tmp_path / "figures.tif") as file:
        values = file.read(1)
    nan = math.nan
    expected = [[1.5, 1.5, nan, nan]] * 2 + [[1.5, 1.5, -2, -2]] * 2
    np.testing.assert_array_equal(values, expected)


def project(folder: Path, code: str, table: dict[str, float]) -> Project:
    """Return a project of 1 km cells over two counties, with a parcel of 4 km2 in each."""
    counties = region("331100").set_index("code").loc[list(RAIN)].to_crs("EPSG:4549")
    middles = counties.geometry.map(lambda g: shapely.maximum_inscribed_circle(g).coords[0])
    left, _, _, top = (round(x, -3) for x in counties.total_bounds)
    rows = cols = 130
    profile = {
        "driver": "GTiff", "width": cols, "height": rows, "count": 1, "dtype": "uint8",
        "crs": "EPSG:4549",
        "transform": Affine(KILOMETRE, 0, left - KILOMETRE, 0, -KILOMETRE, top + KILOMETRE),
    }  # fmt: skip
    with rasterio.open(folder / "cover.tif", "w", **profile) as file:
        file.write(np.full((rows, cols), 11, np.uint8), 1)
    corners = [(round(x, -3), round(y, -3)) for x, y in middles]
    squares = [shapely.box(x - 1000, y - 1000, x + 1000, y + 1000) for x, y in corners]
    parcels = gpd.GeoDataFrame({"parcel_id": list(RAIN)}, geometry=squares, crs="EPSG:4549")
    parcels.to_file(folder / "parcels.fgb")
    lines = "".join(f"{county},{rain}\n" for county, rain in table.items())
    (folder / "statistics.csv").write_text(f"region,rain\n{lines}", encoding="gb18030")
    (folder / "project.toml").write_text(PROJECT.format(region=code), encoding="utf-8")
    return read_project(folder / "project.toml")


def of_all(rain: dict[str, float]) -> dict[str, float]:
    return {code: rain.get(code, 100.0) for code in region("331100")["code"]}


def test_each_county_s_parcel_gets_its_county_s_figure(tmp_path: Path) -> None:
    wanted = project(tmp_path, "331100", of_all(RAIN))
    account = GepAccount(standard("cn-open"))
    manifest = compute(wanted, (account,), tmp_path / "run", How(tile=64, workers=2))
    parcels = pd.read_parquet(tmp_path / "run" / "parcels.parquet").set_index("parcel_id")
    depth = parcels["water_conservation_physical"] / (parcels["area_ha"] * 10_000) * 1000
    # 1500 mm of rain, 4.65 % of it runs off, 700 mm evaporate: 1500 - 69.75 - 700 = 730.25 mm
    assert depth["331102"] == pytest.approx(730.25)
    # 1700 mm: 1700 - 79.05 - 700 = 920.95 mm
    assert depth["331121"] == pytest.approx(920.95)
    assert {"statistics.csv"} <= {record["path"] for record in manifest["inputs"]}


def test_the_raster_of_the_figures_goes_with_the_inputs(tmp_path: Path) -> None:
    inputs: Inputs | None = resolve(project(tmp_path, "331100", of_all(RAIN)))
    assert inputs is not None
    path = Path(inputs.rasters["precipitation"].path)
    assert path.is_file()
    assert inputs.headers["precipitation"].path.name == "statistics.csv"
    del inputs
    assert not path.exists()


def test_one_region_s_figure_is_a_constant(tmp_path: Path) -> None:
    inputs = resolve(project(tmp_path, "331102", {"331102": 150.0}))
    raster = inputs.rasters["precipitation"]
    assert raster.constant == 150.0
    assert raster.scale * raster.constant == pytest.approx(1500)  # cm to mm


def test_regions_without_a_row_are_listed(tmp_path: Path) -> None:
    with pytest.raises(LayerError, match="no row for region 331121, 331181"):
        resolve(project(tmp_path, "331100", {
            code: 1.0 for code in of_all(RAIN) if code not in {"331121", "331181"}
        }))  # fmt: skip


def test_a_code_with_spaces_around_it_is_read(tmp_path: Path) -> None:
    wanted = project(tmp_path, "331102", {})
    (tmp_path / "statistics.csv").write_text("region,rain\n 331102 , 150 \n", encoding="utf-8-sig")
    entry = LayerEntry(table="statistics.csv", column="rain", units="cm/year")
    assert read_figures(wanted, "precipitation", entry).numbers == {"331102": 150.0}
