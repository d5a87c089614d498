"""A made-up scene with a known biomass map, and plots drawn from it."""

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from scipy.ndimage import gaussian_filter

SIZE, CELL = 120, 30.0
CRS = "EPSG:32650"
LEFT, TOP = 500_000.0, 3_100_000.0
ROWS = """parameter,value,units,source
biomass_forest_trees,30,1,test
biomass_folds,10,1,test
"""
DECLARED = """
[biomass]
name = "made-up"
year = 2019
parameters = "rows.csv"
{more}
[plots]
id = "plot"
biomass = "agb"
units = "t_dm/ha"
source = "made up"
crs = "EPSG:32650"
[blocks]
side = 360.0
residual_range = 300.0
source = "made up"
[features.red]
path = "scene.tif"
band = 1
units = "1"
scale = 0.0001
low = 0.0
high = 1.0
source = "made up"
[features.nir]
path = "scene.tif"
band = 2
units = "1"
scale = 0.0001
low = 0.0
high = 1.0
source = "made up"
[features.ndvi]
normalised_difference = ["nir", "red"]
[features.elevation]
path = "elevation.tif"
units = "m"
source = "made up"
use = false
[features.slope]
terrain = "slope"
of = "elevation"
"""
PROFILE = {
    "driver": "GTiff", "width": SIZE, "height": SIZE, "crs": CRS,
    "transform": Affine(CELL, 0, LEFT, 0, -CELL, TOP),
}  # fmt: skip


def field(rng, smooth, size=SIZE):
    """Return a smooth random field of mean 0 and standard deviation 1."""
    found = gaussian_filter(rng.standard_normal((size, size)), smooth, mode="wrap")
    return (found - found.mean()) / found.std()


def make_scene(folder: Path, seed: int, noise: float = 12.0, smooth: float = 2.0):
    """Write the rasters; return the true biomass, (rows, cols), t_dm/ha.

    Biomass follows the reflectance, with an error that is correlated over a few cells and grows
    with the biomass.
    """
    rng = np.random.default_rng(seed)
    leaf = field(rng, 4)
    red = np.clip(0.06 - 0.015 * leaf + 0.003 * field(rng, 1), 0.005, 0.4)
    nir = np.clip(0.30 + 0.05 * leaf + 0.01 * field(rng, 1), 0.05, 0.6)
    elevation = 800 + 150 * field(rng, 10)
    with rasterio.open(folder / "scene.tif", "w", count=2, dtype="int16", nodata=-1,
                       **PROFILE) as out:  # fmt: skip
        out.write(np.round(np.stack([red, nir]) * 10_000).astype("int16"))
    with rasterio.open(folder / "elevation.tif", "w", count=1, dtype="float32", **PROFILE) as out:
        out.write(elevation.astype("float32"), 1)
    mean = 110 / (1 + np.exp(-1.2 * leaf)) + 20
    return np.clip(mean + noise * (mean / 75) * field(rng, smooth), 0, None)


def middles(rows, cols):
    """Return x and y of the middles of cells."""
    return LEFT + (cols + 0.5) * CELL, TOP - (rows + 0.5) * CELL


def write_plots(folder: Path, truth, rows, cols) -> Path:
    x, y = middles(rows, cols)
    lines = [f"p{i:04d},{a},{b},{c:.4f}"
             for i, (a, b, c) in enumerate(zip(x, y, truth[rows, cols], strict=True))]  # fmt: skip
    file = folder / "plots.csv"
    file.write_text("\n".join(["plot,x,y,agb", *lines]) + "\n", encoding="utf-8")
    return file


def declare(folder: Path, more: str = "", rows: str = ROWS) -> Path:
    (folder / "rows.csv").write_text(rows, encoding="utf-8")
    file = folder / "features.toml"
    file.write_text(DECLARED.format(more=more), encoding="utf-8")
    return file


BLOCK = 12
"""Cells along a block of the declaration: 360 m."""


def open_cells(rng, share=0.65):
    """Return which cells plots may lie in, (rows, cols): whole blocks, the others are held out."""
    number = np.arange(SIZE) // BLOCK
    blocks = number[:, np.newaxis] * (SIZE // BLOCK) + number[np.newaxis]
    kept = rng.permutation(blocks.max() + 1)[: int(share * (blocks.max() + 1))]
    return np.isin(blocks, kept)


def make_case(folder: Path, seed: int, plots: int = 300, **more):
    """Write a scene, its plots and its declaration; return truth and the cells held out."""
    truth = make_scene(folder, seed, **more)
    rng = np.random.default_rng(seed + 100)
    allowed = open_cells(rng)
    rows, cols = np.nonzero(allowed)
    pick = rng.choice(len(rows), plots, replace=False)
    file = write_plots(folder, truth, rows[pick], cols[pick])
    return truth, ~allowed, file, declare(folder)


def read_map(folder: Path, name: str):
    with rasterio.open(folder / f"{name}.tif") as file:
        return file.read(1)
