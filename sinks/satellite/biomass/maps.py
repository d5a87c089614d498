"""The model on every cell of its grid: biomass, its interval and error, and where it applies.

A cell outside the area of applicability has no biomass, because no error can be stated for it: it
is missing in all maps, and 0 in that of the area. A cell's values are its own, whatever tile.
"""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from data_catalog.text import Text
from data_catalog.variables import variable
from sinks.satellite.biomass.features import Features, read_features
from sinks.satellite.biomass.training import Taught
from tiles.checkpoints import FOLDER as CHECKPOINTS
from tiles.checkpoints import unwritable
from tiles.grid import Tile
from tiles.maps import write_map
from tiles.schedulers import THREADS, pool_of

__all__ = ["AREA", "MAPS", "MEAN", "Applied", "apply"]

MEAN, AREA = "above_ground_biomass", "area_of_applicability"
BIOMASS = variable(MEAN)
MAPS = {
    MEAN: (BIOMASS.title, BIOMASS.units),
    f"{MEAN}_lower": (Text("地上生物量下限", "above-ground biomass, lower bound"), BIOMASS.units),
    f"{MEAN}_upper": (Text("地上生物量上限", "above-ground biomass, upper bound"), BIOMASS.units),
    f"{MEAN}_sd": (Text("地上生物量标准误", "above-ground biomass, standard error"), BIOMASS.units),
    AREA: (Text("模型适用域（1 内，0 外）", "area of applicability (1 inside, 0 outside)"), "1"),
}
"""The maps by the names of their files."""


@dataclass(frozen=True, kw_only=True)
class Applied:
    """How many cells of the grid have all features, and how many of them are applicable."""

    cells: int
    inside: int

    @property
    def share(self) -> float:
        """Return the share of the cells with features that the model applies to; 0 if none."""
        return self.inside / self.cells if self.cells else 0.0


def apply(taught: Taught, features: Features, folder: Path, tile: int, workers: int) -> Applied:
    """Write the maps into a folder.

    Raises
    ------
    LayerError
        If a feature cannot be read or leaves its range.
    OutputError
        If the disk is full.
    """
    aside = folder / CHECKPOINTS
    tiles = list(features.grid.tiles(tile))
    files = [aside / f"{number:07d}.npy" for number in range(len(tiles))]
    with pool_of(THREADS, workers) as pool:
        work = partial(_predict_tile, taught, features)
        _all_done([pool.submit(work, t, f) for t, f in zip(tiles, files, strict=True)])
    cells = inside = 0
    for file in files:
        area = np.load(file)[-1]
        cells += int(np.count_nonzero(~np.isnan(area)))
        inside += int(np.count_nonzero(area == 1))
    for number, (name, (title, units)) in enumerate(MAPS.items()):
        write_map(
            folder / f"{name}.tif", features.grid, _parts(tiles, files, number), aside,
            units=units, name=name, title=title, tags={},
            resampling="mode" if name == AREA else "average",
        )  # fmt: skip
    return Applied(cells=cells, inside=inside)


def _all_done(waiting: list[Future[bool]]) -> None:
    """Wait for all tasks; the first error ends those that have not begun."""
    try:
        for task in waiting:
            task.result()
    finally:
        for task in waiting:
            task.cancel()


def _predict_tile(taught: Taught, features: Features, tile: Tile, file: Path) -> bool:
    values = read_features(features, tile)
    known = ~np.isnan(values).any(axis=0)
    drawn = np.full((len(MAPS), *tile.shape), np.nan, np.float32)
    if known.any():
        cells = values[:, known].T
        inside = taught.area.dissimilarity(cells) <= taught.area.threshold
        found = np.full((len(MAPS), len(cells)), np.nan)
        if inside.any():
            found[:-1, inside] = taught.predict(cells[inside])
        found[-1] = inside
        drawn[:, known] = found
    try:
        np.save(file, drawn)
    except OSError as error:
        raise unwritable(file.parent, error) from error
    return True


def _parts(
    tiles: list[Tile], files: list[Path], number: int
) -> Iterator[tuple[Tile, npt.NDArray[np.float32]]]:
    for tile, file in zip(tiles, files, strict=True):
        yield tile, np.load(file, mmap_mode="r")[number]
