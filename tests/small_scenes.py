"""Scenes on disk, made by code: a forest of 40 x 60 cells of 30 m, looked at on several dates."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine

CRS = "EPSG:32650"
CORNER = (500_000.0, 3_000_000.0)
SIDE = 30.0
SHAPE = (40, 60)
FOREST = {"red": 0.03, "nir": 0.40, "swir22": 0.06}
"""Reflectances: NBR = (0.40 - 0.06) / 0.46 = 0.739, NDVI = 0.37 / 0.43 = 0.860."""
BURNT = {"red": 0.08, "nir": 0.15, "swir22": 0.20}
"""NBR = (0.15 - 0.20) / 0.35 = -0.143, NDVI = 0.07 / 0.23 = 0.304."""
CLEAR, CLOUD = 4, 9
"""Classes of the scene classification."""
SENSOR = """
[sensors.sentinel-2]
scale = 0.0001
bands = { red = 1, nir = 2, swir22 = 3 }
mask = { kind = "sentinel2-scl" }
"""

Bools = npt.NDArray[np.bool_]


def grid_transform(side: float = SIDE) -> Affine:
    """Return the transform of the scenes."""
    return Affine(side, 0, CORNER[0], 0, -side, CORNER[1])


def write(path: Path, values: npt.NDArray[np.generic], side: float = SIDE, **more: object) -> None:
    """Write a raster at the corner of the scenes."""
    bands = values if values.ndim == 3 else values[np.newaxis]
    profile = {
        "driver": "GTiff", "count": len(bands), "height": bands.shape[1], "width": bands.shape[2],
        "dtype": bands.dtype, "crs": CRS, "transform": grid_transform(side), **more,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(bands)


def write_scene(
    folder: Path,
    day: date,
    burnt: Bools | None = None,
    cloudy: Bools | None = None,
    *,
    times: float = 10_000,
    noise: float = 0.0,
) -> str:
    """Write a scene and its quality band; return its entry in a scene file."""
    burnt = np.zeros(SHAPE, np.bool_) if burnt is None else burnt
    cloudy = np.zeros(SHAPE, np.bool_) if cloudy is None else cloudy
    random = np.random.default_rng(day.toordinal())
    bands = np.stack([np.where(burnt, BURNT[b], FOREST[b]) for b in FOREST])
    bands = np.clip(bands + noise * random.normal(size=bands.shape), 0.001, 0.999)
    bands = np.where(cloudy, 0.9, bands)
    write(folder / f"{day}.tif", np.round(bands * times).astype(np.uint16), nodata=65535)
    write(folder / f"{day}_scl.tif", np.where(cloudy, CLOUD, CLEAR).astype(np.uint8), nodata=0)
    return (
        f'[[scene]]\nid = "{day}"\ndate = {day}\nsensor = "sentinel-2"\npath = "{day}.tif"\n'
        f'mask = "{day}_scl.tif"\n'
    )


def write_set(folder: Path, scenes: Mapping[date, Bools | None] | str, rest: str = "") -> Path:
    """Write a scene file, with its scenes or with entries already written; return its path."""
    entries = (
        scenes
        if isinstance(scenes, str)
        else "\n".join(write_scene(folder, day, burnt) for day, burnt in scenes.items())
    )
    file = folder / "scenes.toml"
    file.write_text(f'[set]\nname = "small"\n{SENSOR}\n{entries}\n{rest}', encoding="utf-8")
    return file


def square(row: int, col: int, rows: int, cols: int) -> Bools:
    """Return a rectangle of cells."""
    cells = np.zeros(SHAPE, np.bool_)
    cells[row : row + rows, col : col + cols] = True
    return cells
