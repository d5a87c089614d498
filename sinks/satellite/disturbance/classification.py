"""Forest or not at two dates: a random forest on labelled polygons, tested on those it never saw.

Polygons are held out by blocks: squares of a stated side, each wholly in or wholly out, so that no
polygon and no neighbour of one is on both sides. Each polygon is judged once, by a model without
its block. The map is made with all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio.features

from data_catalog.errors import ProjectError
from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.disturbance.rules import number
from tiles.grid import EQUAL_AREA, Grid

__all__ = ["Labels", "Settings", "block_of", "fitted", "forest_probability", "held_out", "settings"]

NOWHERE = -1
Blocks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """The random forest's declared numbers; the rest are scikit-learn's defaults."""

    trees: int
    least_leaf: int
    seed: int
    folds: int


@dataclass(frozen=True, slots=True)
class Labels:
    """Labelled polygons on the grid.

    Parameters
    ----------
    place : (rows, cols) array of int
        The polygon whose interior holds the cell's centre, counted from 0; -1 for none.
    forest : (date, polygon) array of bool
    block : (polygon,) array of int
    """

    place: npt.NDArray[np.int32]
    forest: npt.NDArray[np.bool_]
    block: Blocks

    @classmethod
    def on(
        cls,
        polygons: gpd.GeoDataFrame,
        columns: Sequence[str],
        forest: str,
        side: float,
        grid: Grid,
    ) -> "Labels":
        """Return polygons on a grid; `forest` is what the columns call forest."""
        drawn = polygons.to_crs(grid.crs).geometry
        place = rasterio.features.rasterize(
            [(shape, number + 1) for number, shape in enumerate(drawn)],
            out_shape=grid.shape, transform=grid.affine, fill=0, dtype="int32",
        )  # fmt: skip
        known = np.stack([(polygons[column] == forest).to_numpy() for column in columns])
        return cls(place - 1, known, block_of(polygons, side))


def settings(parameters: Parameters) -> Settings:
    """Return the numbers of the parameter rows."""
    return Settings(*(
        int(number(parameters, f"forest_classifier_{name}", "scenes"))
        for name in ("trees", "least_leaf", "seed", "folds")
    ))  # fmt: skip


def block_of(polygons: gpd.GeoDataFrame, side: float) -> Blocks:
    """Return the block of each polygon: the square of `side` m that holds its centroid."""
    centres = polygons.geometry.to_crs(EQUAL_AREA).centroid
    squares = np.floor(np.column_stack([centres.x, centres.y]) / side).astype(np.int64)
    _, blocks = np.unique(squares, axis=0, return_inverse=True)
    return np.asarray(blocks.ravel(), dtype=np.int64)


def fitted(features: Pixels, forest: npt.NDArray[np.bool_], how: Settings) -> Any:  # noqa: ANN401
    """Return a random forest fitted to pixels, (pixel, feature) and (pixel,).

    Raises
    ------
    ProjectError
        If all pixels are of one class.
    """
    from sklearn.ensemble import RandomForestClassifier

    if len(np.unique(forest)) == 1 or not len(forest):
        raise ProjectError(
            where="[training]",
            problem=Text(
                "用于训练的多边形只有一类（可能因 block 过大，另一类都被留出）。请补充样本，或减小 "
                "block。",
                "the polygons to train on are all of one class (or `block` is so large that all "
                "of the other are held out). Add polygons, or make `block` smaller.",
            ),
        )
    model = RandomForestClassifier(
        n_estimators=how.trees, min_samples_leaf=how.least_leaf, random_state=how.seed, n_jobs=1
    )
    return model.fit(features, forest)


def forest_probability(model: Any, features: Pixels) -> Pixels:  # noqa: ANN401  (scikit-learn's)
    """Return the share of trees' votes for forest, (pixel,); not a calibrated probability."""
    return np.asarray(model.predict_proba(features)[:, list(model.classes_).index(True)])


def held_out(
    labels: Labels, features: Mapping[int, Pixels], how: Settings
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return which polygon each judged cell is of, and whether it was held to be forest.

    Parameters
    ----------
    features : mapping of date's place to (feature, rows, cols) array
        Cells without a value in any feature of any date are not judged.

    Returns
    -------
    polygon : (cell,) array
    forest : (date, cell) array
        By a model that saw no polygon of the cell's block.

    Raises
    ------
    ProjectError
        If there are fewer than two blocks.
    """
    from sklearn.model_selection import GroupKFold

    blocks = len(np.unique(labels.block))
    if blocks == 1:
        raise ProjectError(
            where="[training] block",
            problem=Text(
                "所有多边形都在同一块内，无法留出检验。请减小 block。",
                "all polygons lie in one block, so none can be held out. Make `block` smaller.",
            ),
        )
    known = np.all([~np.isnan(values).any(axis=0) for values in features.values()], axis=0)
    cells = (labels.place != NOWHERE) & known
    polygon = labels.place[cells].astype(np.int64)
    judged = np.zeros((len(features), polygon.size), np.bool_)
    folds = GroupKFold(n_splits=min(how.folds, blocks))
    for train, test in folds.split(polygon, groups=labels.block[polygon]):
        for date, values in features.items():
            pixels = values[:, cells].T
            model = fitted(pixels[train], labels.forest[date, polygon[train]], how)
            judged[date, test] = forest_probability(model, pixels[test]) > 1 / 2
    return polygon, judged
