"""Made-up plots on real scenes: Landsat 5 and ASTER of Costa Rica, 30 m."""

import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scipy.ndimage import gaussian_filter

from data_catalog.errors import LayerError
from sinks.satellite.biomass.declaration import read_declaration
from sinks.satellite.biomass.features import read_features, resolve_features
from sinks.satellite.biomass.making import make
from sinks.satellite.biomass.maps import AREA, MEAN
from tests.sinks.satellite.scene import ROWS, read_map
from tiles.grid import Tile

pytestmark = pytest.mark.shared
SHARED = Path(os.environ.get("GEP_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data"))
SCENES = SHARED / "scenes" / "costa_rica_landsat"
HEAD = """
[biomass]
name = "costa-rica"
year = 2001
grid = "red"
parameters = "rows.csv"
[plots]
id = "plot"
biomass = "agb"
units = "t_dm/ha"
source = "made up"
crs = "EPSG:32616"
[blocks]
side = 500.0
residual_range = 400.0
source = "made up"
[features.ndvi]
normalised_difference = ["nir", "red"]
[features.slope]
terrain = "slope"
of = "elevation"
[features.elevation]
path = "elevation.tif"
units = "m"
source = "ASTER"
"""
BAND = """
[features.{name}]
path = '{path}'
band = {band}
units = "1"
scale = 0.0001
high = {high}
source = "Landsat 5 surface reflectance"
"""
NAMES = ("blue", "green", "red", "nir")


def declare(folder: Path, year: int, high: float = 1.0) -> Path:
    (folder / "rows.csv").write_text(ROWS, encoding="utf-8")
    path = SCENES / f"L5TSR_{year}.tif"
    bands = [BAND.format(name=n, path=path, band=i + 1, high=high) for i, n in enumerate(NAMES)]
    file = folder / f"{year}.toml"
    file.write_text(HEAD + "".join(bands), encoding="utf-8")
    return file


def make_elevation(folder: Path) -> None:
    """Put the western tile beside the eastern one: they share their rows and 1 column."""
    with rasterio.open(SCENES / "ASTER_V002_WEST.tif") as west:
        left, profile = west.read(1), west.profile
    with rasterio.open(SCENES / "ASTER_V002_EAST.tif") as east:
        values = np.concatenate([left[:, :-1], east.read(1)], axis=1)
    with rasterio.open(
        folder / "elevation.tif", "w", **profile | {"width": values.shape[1]}
    ) as out:
        out.write(values, 1)


def case(folder: Path, seed: int):
    """Return the true map, the cells without plots' blocks, the plots and the declaration.

    Biomass follows the infrared and the red of 2001 and falls with height, as no sensor knows.
    """
    make_elevation(folder)
    features = declare(folder, 2001)
    found = resolve_features(read_declaration(features), folder)
    names, shape = found.used, found.grid.shape
    values = dict(zip(names, read_features(found, Tile(0, shape[0], 0, shape[1])), strict=True))
    rng = np.random.default_rng(seed)
    noise = gaussian_filter(rng.standard_normal(shape), 2)
    noise /= noise.std()
    mean = 220 * np.clip(values["ndvi"], 0, 1) ** 2 * np.exp(-(values["elevation"] - 1000) / 2500)
    truth = np.clip(mean * (1 + 0.15 * noise), 0, 1500)
    number = [np.arange(n) // 17 for n in shape]
    blocks = number[0][:, np.newaxis] * (number[1].max() + 1) + number[1][np.newaxis]
    open_ = np.isin(blocks, rng.permutation(blocks.max() + 1)[: int(0.65 * blocks.max())])
    rows, cols = np.nonzero(open_ & np.isfinite(truth))
    pick = rng.choice(len(rows), 300, replace=False)
    x, y = found.grid.affine @ (cols[pick] + 0.5, rows[pick] + 0.5)
    biomass = truth[rows[pick], cols[pick]]
    lines = [f"p{i:03d},{x[i]},{y[i]},{b}" for i, b in enumerate(biomass)]
    plots = folder / "plots.csv"
    plots.write_text("\n".join(["plot,x,y,agb", *lines]), encoding="utf-8")
    return truth, ~open_, plots, features


def test_a_known_map_over_a_real_scene_is_recovered_with_honest_intervals(tmp_path):
    covers = []
    for seed in range(3):
        folder = tmp_path / str(seed)
        folder.mkdir()
        truth, held, plots, features = case(folder, seed)
        made = make(plots, features, folder / "out", tile=100, workers=1)
        maps = {n: read_map(folder / "out", n)
                for n in (MEAN, AREA, f"{MEAN}_lower", f"{MEAN}_upper")}  # fmt: skip
        judged = held & (maps[AREA] == 1)
        within = (truth >= maps[f"{MEAN}_lower"]) & (truth <= maps[f"{MEAN}_upper"])
        covers.append(within[judged].mean())
        error = (maps[MEAN] - truth)[judged]
        # what no feature knows scatters by 15 % of the biomass: nothing can be nearer than that
        least = 0.15 * np.sqrt(np.mean(truth[judged] ** 2))
        assert 0.9 * least < np.sqrt(np.mean(error**2)) < 1.25 * least
        assert abs(error.mean()) < 5
        assert made.card["applicability"]["share_inside"] > 0.85
    # one scene of 80 blocks to calibrate with errs by about 0.03, the mean of three by 0.017
    assert np.mean(covers) == pytest.approx(0.906, abs=0.034)


def test_the_scene_of_1986_is_ten_times_the_scale_and_is_refused_by_its_range(tmp_path):
    _, _, plots, _ = case(tmp_path, 0)
    with pytest.raises(LayerError, match=r"outside the declared .* Check its scale"):
        make(plots, declare(tmp_path, 1986), tmp_path / "out", tile=100, workers=1)


def test_without_a_range_the_scene_of_1986_is_outside_the_area_of_applicability(tmp_path):
    _, _, plots, features = case(tmp_path, 0)
    taught = make(plots, features, tmp_path / "out", tile=100, workers=1).taught
    other = resolve_features(read_declaration(declare(tmp_path, 1986, high=10.0)), tmp_path)
    shape = other.grid.shape
    values = read_features(other, Tile(0, shape[0], 0, shape[1])).reshape(len(other.used), -1).T
    values = values[np.isfinite(values).all(axis=1)]
    assert (taught.area.dissimilarity(values) > taught.area.threshold).mean() > 0.95
