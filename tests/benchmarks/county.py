"""A generated county: real file sizes and textures without real data, the same bytes each time.

Nine layers at 10 m (two land-cover dates, rain, evapotranspiration, NPP, R, K, LS, C), about a
third of the box outside the county, and irregular parcels that tile it. Value noise, seeded.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numba as nb
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin
from rasterio.windows import Window
from scipy.spatial import Voronoi

CELL = 10.0
LEFT, TOP = 400_000.0, 3_400_000.0
CRS = "EPSG:4549"
NODATA = np.float32(-9999.0)
STRIP = 2048
CLCD = np.array([0, 2, 2, 2, 2, 2, 3, 4, 1, 1, 8], np.uint8)


@dataclass(frozen=True)
class Noise:
    """How a layer looks: longest wave in m, octaves, how fast they fade, low, span, rounding."""

    wave: float
    octaves: int
    fade: float
    seed: int
    low: float
    span: float
    decimals: int


LAYERS = {
    "precipitation": Noise(80_000, 7, 0.5, 31, 600, 1400, 1),
    "evapotranspiration": Noise(30_000, 8, 0.6, 51, 200, 900, 1),
    "npp": Noise(20_000, 11, 0.7, 61, 0, 1200, 1),
    "rainfall_erosivity": Noise(60_000, 6, 0.5, 41, 1500, 8000, 3),
    "soil_erodibility": Noise(9_000, 6, 0.55, 81, 0.008, 0.044, 4),
    "slope_length_steepness": Noise(6_000, 10, 0.6, 91, 0, 25, 3),
    "cover_factor": Noise(8_000, 10, 0.75, 71, 0, 0.4, 4),
}
UNITS = {
    "precipitation": "mm/year",
    "evapotranspiration": "mm/year",
    "npp": "g_C/m2/year",
    "rainfall_erosivity": "MJ*mm/(ha*hour*year)",
    "soil_erodibility": "t*ha*hour/(ha*MJ*mm)",
}


@nb.njit(cache=True, inline="always")
def _hash(x: int, y: int, seed: int) -> float:
    h = (x * 374761393 + y * 668265263 + seed * 2246822519) & 0xFFFFFFFF
    h = ((h ^ (h >> 13)) * 1274126177) & 0xFFFFFFFF
    return ((h ^ (h >> 16)) & 0xFFFFFF) / 16777216.0


@nb.njit(parallel=True, cache=True)
def _noise(row, rows, cols, wave, octaves, fade, seed):
    """Return value noise between 0 and 1, (rows, cols)."""
    out = np.zeros((rows, cols), np.float32)
    for i in nb.prange(rows):
        amplitude, length, total = 1.0, wave, 0.0
        for octave in range(octaves):
            y = (row + i + 0.5) * CELL / length
            iy = math.floor(y)
            v = y - iy
            v = v * v * (3 - 2 * v)
            last, a, b = -1, 0.0, 0.0
            for j in range(cols):
                x = (j + 0.5) * CELL / length
                ix = math.floor(x)
                u = x - ix
                u = u * u * (3 - 2 * u)
                if ix != last:
                    s = seed + octave
                    a = _hash(ix, iy, s) * (1 - v) + _hash(ix, iy + 1, s) * v
                    b = _hash(ix + 1, iy, s) * (1 - v) + _hash(ix + 1, iy + 1, s) * v
                    last = ix
                out[i, j] += amplitude * (a + (b - a) * u)
            total += amplitude
            amplitude *= fade
            length *= 0.5
        for j in range(cols):
            out[i, j] /= total
    return out


def inside(row: int, rows: int, size: int) -> np.ndarray:
    """Return which cells lie in the county, (rows, size)."""
    rough = _noise(row, rows, size, size * CELL / 3, 9, 0.55, 77)
    y = (np.arange(row, row + rows, dtype=np.float32)[:, None] + 0.5) / size * 2 - 1
    x = (np.arange(size, dtype=np.float32)[None] + 0.5) / size * 2 - 1
    return np.sqrt(y * y + x * x) + (rough - 0.5) * 0.9 < 0.93


def _classes(row: int, rows: int, size: int, *, later: bool) -> np.ndarray:
    a = _noise(row, rows, size, 3000.0, 7, 0.6, 11)
    if later:
        cleared = _noise(row, rows, size, 1500.0, 5, 0.6, 13)
        a = a + np.where(cleared > 0.62, (cleared - 0.62) * 1.2, 0).astype(np.float32)
    return CLCD[np.clip(((a - 0.25) / 0.5 * 10).astype(np.int64), 0, 9) + 1]


def write(folder: Path, size: int, count: int) -> None:
    """Write the county's layers, its parcels and project file, unless they are there."""
    if (folder / "project.toml").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("land_cover", "land_cover_baseline"):
        write_class(folder / f"{name}.tif", size, later=name == "land_cover")
    for name, noise in LAYERS.items():
        write_noise(folder / f"{name}.tif", size, noise)
    parcels(size, count).to_parquet(folder / "parcels.parquet")
    (folder / "project.toml").write_text(project_text(), encoding="utf-8")


def write_class(path: Path, size: int, *, later: bool) -> None:
    """Write a land cover of the earlier or the later year."""
    profile = _profile(path, size) | {"dtype": "uint8", "nodata": 0, "predictor": 2}
    with rasterio.open(path, "w", **profile) as file:
        for row in range(0, size, STRIP):
            rows = min(STRIP, size - row)
            values = _classes(row, rows, size, later=later)
            values[~inside(row, rows, size)] = 0
            file.write(values, 1, window=Window(0, row, size, rows))


def write_noise(path: Path, size: int, look: Noise) -> None:
    """Write a continuous layer."""
    more = {"dtype": "float32", "nodata": float(NODATA), "predictor": 3}
    with rasterio.open(path, "w", **_profile(path, size) | more) as file:
        for row in range(0, size, STRIP):
            rows = min(STRIP, size - row)
            values = _noise(row, rows, size, look.wave, look.octaves, look.fade, look.seed)
            values = np.round(values * np.float32(look.span) + np.float32(look.low), look.decimals)
            values[~inside(row, rows, size)] = NODATA
            file.write(values, 1, window=Window(0, row, size, rows))


def _profile(path: Path, size: int) -> dict[str, Any]:
    return {
        "driver": "GTiff", "width": size, "height": size, "count": 1, "crs": CRS,
        "transform": from_origin(LEFT, TOP, CELL, CELL), "tiled": True, "blockxsize": 512,
        "blockysize": 512, "compress": "zstd" if path.stem in {"npp", "land_cover"} else "deflate",
        "bigtiff": "YES", "num_threads": 2,
    }  # fmt: skip


def parcels(size: int, count: int) -> gpd.GeoDataFrame:
    """Return about `count` irregular parcels that share their borders exactly."""
    draw = np.random.default_rng(7)
    extent = size * CELL
    seeds = draw.uniform(0, extent, (int(count / 0.66), 2))
    at = inside_points(seeds, size)
    angle = np.linspace(0, 2 * math.pi, 400)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * extent * 1.5 + extent / 2
    cells = Voronoi(np.vstack([seeds, ring]))
    shapes = []
    for seed in np.flatnonzero(at):
        region = cells.regions[cells.point_region[seed]]
        if region and -1 not in region:
            shapes.append(shapely.Polygon(_wavy(cells.vertices, region, extent, count)))
    frame = gpd.GeoDataFrame(geometry=shapes, crs=CRS)
    # a cell at the edge of the box has corners far beyond it, where no layer is
    box = shapely.box(LEFT, TOP - extent, LEFT + extent, TOP)
    frame = frame[frame.is_valid & frame.within(box)].reset_index(drop=True)
    frame.insert(0, "parcel_id", [f"P{i + 1:06d}" for i in range(len(frame))])
    return frame


def inside_points(points: np.ndarray, size: int) -> np.ndarray:
    """Return which points lie in the county, on a coarse copy of its outline."""
    coarse = 1000
    county = inside(0, coarse, coarse)
    rows, cols = (
        np.clip(points[:, i] / (size * CELL) * coarse, 0, coarse - 1).astype(int) for i in (1, 0)
    )
    return county[rows, cols]


def _wavy(vertices: np.ndarray, region: list[int], extent: float, count: int) -> np.ndarray:
    """Return a cell's outline, each border in short wavy pieces that are the same both ways."""
    side = extent / math.sqrt(count)
    points = []
    for a, b in zip(region, region[1:] + region[:1], strict=True):
        low, high = min(a, b), max(a, b)
        start, end = vertices[low], vertices[high]
        pieces = max(1, min(int(np.hypot(*(end - start)) / 20), 200))
        t = np.arange(pieces + 1)[:, None] / pieces
        line = start + (end - start) * t
        across = np.array([start[1] - end[1], end[0] - start[0]]) / max(np.hypot(*(end - start)), 1)
        bend = np.sin(t * math.pi) * np.sin(t * 17 + low % 7) * side * 0.03
        line = line + across * bend
        points.append(line[:-1] if a == low else line[::-1][:-1])
    outline = np.concatenate(points)
    return np.column_stack([LEFT + outline[:, 0], TOP - outline[:, 1]])


def project_text() -> str:
    """Return the project file: five services, two-date carbon, parcels."""
    lines = [
        "[project]", 'name = "generated-county"', "year = 2020", "baseline_year = 2010",
        'standard = "cn-open"', f'crs = "{CRS}"', f"resolution = {CELL}", "",
        "[layers.land_cover]", 'path = "land_cover.tif"', 'classes = "clcd"', "",
        "[layers.land_cover_baseline]", 'path = "land_cover_baseline.tif"', 'classes = "clcd"',
    ]  # fmt: skip
    for name in LAYERS:
        lines += ["", f"[layers.{name}]", f'path = "{name}.tif"']
        if name in UNITS:
            lines.append(f'units = "{UNITS[name]}"')
    lines += ["", "[parcels]", 'path = "parcels.parquet"', 'id = "parcel_id"', "",
              "[carbon]", 'densities = "zhejiang-2016"', ""]  # fmt: skip
    return "\n".join(lines)


def write_world_cover(folder: Path, real: Path) -> None:
    """Write a project over two WorldCover tiles: irregular parcels, carbon, classes alone."""
    if (folder / "project.toml").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    first, second = sorted(real.glob("*.tif"))
    with rasterio.open(second) as file:
        bounds = file.bounds
    draw = np.random.default_rng(11)
    seeds = draw.uniform(bounds[:2], bounds[2:], (2500, 2))
    box = shapely.box(*bounds)
    cells = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=box)
    shapes = shapely.intersection(shapely.get_parts(cells), box)
    frame = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    frame.insert(0, "parcel_id", [f"P{i + 1:06d}" for i in range(len(frame))])
    frame.to_parquet(folder / "parcels.parquet")
    lines = [
        "[project]", 'name = "world-cover"', "year = 2021", "baseline_year = 2020",
        "[layers.land_cover]", f'path = "{second}"', 'classes = "worldcover"',
        "[layers.land_cover_baseline]", f'path = "{first}"', 'classes = "worldcover"',
        "[parcels]", 'path = "parcels.parquet"', 'id = "parcel_id"',
        "[carbon]", 'densities = "ipcc2006-tropical-rainforest"', "",
    ]  # fmt: skip
    (folder / "project.toml").write_text("\n".join(lines), encoding="utf-8")
