"""A county that never was: layers of many kinds, on several grids, under irregular parcels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine
from pyproj import Transformer

CRS = "EPSG:4549"  # CGCS2000, three-degree zone of 120 E
LEFT, TOP, CELL = 402_000, 2_903_000, 30
CLASSES = np.array([1, 2, 2, 2, 3, 4, 5, 8, 9])  # CLCD codes, forest most often
FACTORS = "ipcc2006-subtropical-humid"

PROJECT = """\
[project]
name = "county"
year = 2019
baseline_year = 2010
grid = "land_cover"

[layers.land_cover]
path = "land_cover.tif"
classes = "clcd"
[layers.land_cover_baseline]
path = "land_cover_baseline.tif"
classes = "clcd"
[layers.precipitation]
path = "precipitation.tif"
units = "mm/month"
[layers.evapotranspiration]
path = "evapotranspiration.tif"
units = "mm/year"
[layers.npp]
path = "npp.tif"
units = "g_C/m2/year"
scale = 0.1
[layers.elevation]
path = "elevation.tif"
units = "m"
[layers.rainfall_erosivity]
path = "rainfall_erosivity.tif"
units = "MJ*mm/(ha*hour*year)"
[layers.soil_erodibility]
path = "soil_erodibility.tif"
units = "t*ha*hour/(ha*MJ*mm)"
[layers.cover_factor]
path = "cover_factor.tif"
[layers.above_ground_biomass]
path = "above_ground_biomass.tif"
units = "t_dm/ha"
[layers.above_ground_biomass_baseline]
path = "above_ground_biomass_baseline.tif"
units = "t_dm/ha"

[parcels]
path = "parcels.parquet"
id = "parcel_id"

[carbon]
method = "biomass"
factors = "{factors}"

[output]
maps = {maps}
"""


def make_county(
    folder: Path, shape: tuple[int, int] = (260, 300), parcels: int = 120, maps: str = '"none"'
) -> Path:
    """Write a county's layers, parcels and project file; return the project file."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(20191)
    grid = Affine(CELL, 0, LEFT, 0, -CELL, TOP)
    box = (LEFT, TOP - CELL * shape[0], LEFT + CELL * shape[1], TOP)
    cover = CLASSES[(_hills(random, shape, 9) * len(CLASSES)).astype(int)].astype(np.uint8)
    before = np.where(_hills(random, shape, 40) > 0.8, 2, cover).astype(np.uint8)
    for codes in (cover, before):
        codes[_hills(random, shape, 25) > 0.97] = 0
    write(folder / "land_cover.tif", cover, grid, CRS, nodata=0, tiled=True)
    write(folder / "land_cover_baseline.tif", before, grid, CRS, nodata=0)

    degrees = _degrees(box)
    rain = random.integers(20, 320, (12, *_cells(degrees, 0.02))).astype(np.uint16)
    rain[:, 1, 2] = 65535
    write(folder / "precipitation.tif", rain, _north_up(degrees, 0.02), "EPSG:4326", nodata=65535)
    npp = random.integers(500, 15000, _cells(degrees, 0.005)).astype(np.int16)
    npp[random.random(npp.shape) < 0.02] = -32768
    write(folder / "npp.tif", npp, _north_up(degrees, 0.005), "EPSG:4326", nodata=-32768)
    soil = random.uniform(0.01, 0.06, _cells(degrees, 0.0025)).astype(np.float32)
    write(folder / "soil_erodibility.tif", soil, _north_up(degrees, 0.0025), "EPSG:4490")
    erosivity = random.uniform(2000, 9000, (2 + shape[0] // 30, 2 + shape[1] // 30))
    write(
        folder / "rainfall_erosivity.tif", erosivity,
        Affine(1000, 0, LEFT - 417, 0, -1000, TOP + 333), CRS,
    )  # fmt: skip

    et = random.uniform(200, 900, shape).astype(np.float32)
    et[random.random(shape) < 0.03] = np.nan
    write(folder / "evapotranspiration.tif", et, grid, CRS, nodata=np.nan, predictor=3)
    cover = random.uniform(0, 0.4, shape).astype(np.float32)
    write(folder / "cover_factor.tif", cover, grid, CRS, tiled=True)
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    heights = 300 * (np.sin(rows / 19) + np.cos(cols / 23)) + random.uniform(0, 9, shape)
    write(folder / "elevation.tif", (600 + heights).astype(np.int16), grid, CRS, tiled=True)
    biomass = random.integers(0, 300, shape).astype(np.uint16)
    write(folder / "above_ground_biomass.tif", biomass, grid, CRS, nodata=65535)
    biomass = random.integers(0, 300, shape).astype(np.uint16)
    write(folder / "above_ground_biomass_baseline.tif", biomass, grid, CRS, nodata=65535)

    irregular_parcels(box, parcels, 7).to_parquet(folder / "parcels.parquet")
    project = folder / "county.toml"
    project.write_text(PROJECT.format(factors=FACTORS, maps=maps), encoding="utf-8")
    return project


def write(path: Path, values: Any, transform: Affine, crs: str, **more: Any) -> None:
    """Write a GeoTIFF of one or several bands."""
    bands = values if values.ndim == 3 else values[np.newaxis]
    with rasterio.open(
        path, "w", driver="GTiff", count=len(bands), height=bands.shape[1], width=bands.shape[2],
        dtype=bands.dtype, crs=crs, transform=transform, **{"compress": "deflate", **more},
    ) as file:  # fmt: skip
        file.write(bands)


def irregular_parcels(
    box: tuple[float, float, float, float], count: int, seed: int, crs: str = CRS
) -> gpd.GeoDataFrame:
    """Return parcels that tile a box: Voronoi cells, the last two changed.

    One has a hole; what was in the hole is the second part of the other.
    """
    left, bottom, right, top = box
    random = np.random.default_rng(seed)
    points = random.random((count, 2)) * (right - left, top - bottom) + (left, bottom)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=shapely.box(*box))
    parts = shapely.intersection(shapely.get_parts(cells), shapely.box(*box))
    parts = parts[np.argsort(shapely.area(parts), kind="stable")]
    middle = parts[-1].representative_point()
    lake = middle.buffer(0.5 * middle.distance(parts[-1].boundary), quad_segs=3)
    parts[-1] = parts[-1].difference(lake)
    parts[0] = shapely.union(parts[0], lake)
    ids = [f"{i:05d}" for i in range(count)]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=parts, crs=crs)


def changed(project: Path, name: str, replacements: Mapping[str, str]) -> Path:
    """Write a project file like another, with words replaced; return it."""
    text = project.read_text(encoding="utf-8")
    for old, new in replacements.items():
        assert old in text, old
        text = text.replace(old, new)
    target = project.with_name(name)
    target.write_text(text, encoding="utf-8")
    return target


def _hills(random: np.random.Generator, shape: tuple[int, int], coarse: int) -> Any:
    """Return patches of numbers from 0 to 1, `coarse` cells wide."""
    rough = random.random((shape[0] // coarse + 2, shape[1] // coarse + 2))
    rows = np.arange(shape[0])[:, np.newaxis] + random.integers(0, coarse, shape[1])
    cols = np.arange(shape[1])[np.newaxis] + random.integers(0, coarse, shape[0])[:, np.newaxis]
    return rough[rows // coarse, cols // coarse]


def _degrees(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    left, bottom, right, top = to_degrees.transform_bounds(*box)
    return left - 0.0137, bottom - 0.0071, right + 0.0059, top + 0.0113


def _cells(degrees: tuple[float, float, float, float], size: float) -> tuple[int, int]:
    left, bottom, right, top = degrees
    return int((top - bottom) / size) + 1, int((right - left) / size) + 1


def _north_up(degrees: tuple[float, float, float, float], size: float) -> Affine:
    return Affine(size, 0, degrees[0], 0, -size, degrees[3])
