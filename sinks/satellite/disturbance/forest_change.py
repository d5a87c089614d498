"""Forest lost and gained between two scenes, from labelled polygons: map, areas and accuracy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio.errors

from data_catalog.errors import GepError, ProjectError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.disturbance.accuracy import Accuracy, accuracy, change_matrix, change_of
from sinks.satellite.disturbance.classification import (
    NOWHERE,
    Labels,
    fitted,
    forest_probability,
    held_out,
    settings,
)
from sinks.satellite.disturbance.found import Found
from sinks.satellite.disturbance.rules import number
from sinks.satellite.scenes.composites import days_from
from sinks.satellite.scenes.declared import Scene, SceneSet, TrainingEntry
from sinks.satellite.scenes.reading import Files, layer_on_tile, raster_of, scenes_on_grid
from tiles.grid import Grid

__all__ = ["ForestChange", "forest_change", "lost_forest"]

UNKNOWN = -1


@dataclass(frozen=True)
class ForestChange:
    """Forest at two dates.

    Parameters
    ----------
    scenes : (Scene, Scene)
    probability : (date, rows, cols) array
        Share of votes for forest; NaN where a feature is missing.
    areas : DataFrame, ha
        From (rows) to (columns): 0 no forest, 1 forest.
    accuracy : Accuracy
        Of the polygons, each judged by a model without its block.
    blocks : int
        Into how many blocks the polygons fall.
    """

    scenes: tuple[Scene, Scene]
    probability: Pixels
    areas: pd.DataFrame
    accuracy: Accuracy
    blocks: int

    @property
    def forest(self) -> npt.NDArray[np.int8]:
        """Return forest (1), no forest (0) or unknown (-1), (date, rows, cols)."""
        known = ~np.isnan(self.probability).any(axis=0)
        return np.where(known, self.probability > 1 / 2, UNKNOWN).astype(np.int8)


def forest_change(
    scenes: SceneSet, grid: Grid, parameters: Parameters, cells: Pixels, tile: int, files: Files
) -> ForestChange:
    """Classify two scenes by `[training]`, and judge the classification.

    Parameters
    ----------
    cells : (rows, cols) array, ha
        Areas of the cells.

    Raises
    ------
    ProjectError, UnknownNameError or Problems
        If polygons, columns or scenes do not fit together.
    """
    entry = scenes.entries.training
    if entry is None:
        raise _wrong(
            where="[disturbance] method",
            zh="classes 需要 [training]：带类别的多边形。",
            en="classes needs [training]: labelled polygons.",
        )
    chosen = _two_scenes(scenes, entry)
    polygons = _polygons(scenes.path(entry.path), entry)
    features = dict(enumerate(_features(scenes, chosen, grid, tile, files)))
    columns = [entry.columns[scene.id] for scene in chosen]
    labels = Labels.on(polygons, columns, entry.forest, entry.block, grid)
    how = settings(parameters)
    polygon, judged = held_out(labels, features, how)
    level = number(parameters, "forest_classifier_confidence", "scenes")
    judgement = accuracy(polygon, change_of(judged[0], judged[1]), change_of(*labels.forest), level)
    probability = np.full((len(features), *grid.shape), np.nan)
    for date, values in features.items():
        known = ~np.isnan(values).any(axis=0)
        taught = known & (labels.place != NOWHERE)
        model = fitted(values[:, taught].T, labels.forest[date, labels.place[taught]], how)
        probability[date, known] = forest_probability(model, values[:, known].T)
    nothing = pd.DataFrame()
    change = ForestChange(chosen, probability, nothing, judgement, len(np.unique(labels.block)))
    areas = change_matrix(change.forest[0], change.forest[1], cells)
    return ForestChange(chosen, probability, areas, judgement, change.blocks)


def lost_forest(change: ForestChange) -> Found:
    """Return forest that was lost as disturbance.

    Magnitude is the fall of the votes for forest, confidence the share of votes for forest before
    times that against it after: uncalibrated, as votes are.
    """
    before, after = change.probability
    first, last = days_from([scene.date for scene in change.scenes])
    lost = (change.forest[0] == 1) & (change.forest[1] == 0)
    nothing = np.full(lost.shape, np.nan)
    return Found(
        asked=np.ones(lost.shape, np.bool_),
        looked=np.all(change.forest >= 0, axis=0),
        day_from=np.where(lost, first, np.nan),
        day_to=np.where(lost, last, np.nan),
        magnitude=np.where(lost, before - after, np.nan),
        confidence=np.where(lost, before * (1 - after), np.nan),
        duration=nothing,
        recovered=nothing,
        event=lost.astype(np.int32),
    )


def _two_scenes(scenes: SceneSet, entry: TrainingEntry) -> tuple[Scene, Scene]:
    known = {scene.id: scene for scene in scenes.scenes}
    unknown = [name for name in entry.columns if name not in known]
    if unknown or len(entry.columns) != 2:  # noqa: PLR2004  (two dates make a change)
        hint = suggestion(unknown[0], known) if unknown else Text("", "")
        raise _wrong(
            where="[training] columns",
            zh=f"需要恰好两个景，键为景的 id。{hint.zh}",
            en=f"needs two scenes, their ids as keys. {hint.en}",
        )
    first, last = sorted((known[name] for name in entry.columns), key=lambda s: s.date)
    return first, last


def _polygons(path: str, entry: TrainingEntry) -> gpd.GeoDataFrame:
    name = Path(path).name
    try:
        found = gpd.read_file(path, layer=entry.layer) if entry.layer else gpd.read_file(path)
    except (OSError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise _wrong(name, "无法作为矢量文件读取。", "cannot be read as a vector file.") from error
    raise_all(_polygon_problems(found, entry, name))
    return found


def _polygon_problems(found: Any, entry: TrainingEntry, name: str) -> Iterator[GepError]:  # noqa: ANN401
    columns = [str(column) for column in found.columns]
    for column in entry.columns.values():
        if column not in columns:
            hint = suggestion(column, columns)
            yield _wrong(
                name, f"没有“{column}”列。{hint.zh}", f"has no column {column!r}. {hint.en}"
            )
        elif entry.forest not in set(found[column]):
            seen = ", ".join(sorted({str(x) for x in found[column]}))
            yield _wrong(
                name,
                f"“{column}”列没有 {entry.forest}（现有：{seen}）。请更正 [training] forest。",
                f"column {column} never says {entry.forest} (it says: {seen}). Correct `forest` of "
                "[training].",
            )


def _features(
    scenes: SceneSet, chosen: Sequence[Scene], grid: Grid, tile: int, files: Files
) -> list[Pixels]:
    """Return the features of each scene, (feature, rows, cols): common bands, then the layers."""
    entry = scenes.entries.training
    assert entry is not None  # noqa: S101  (for the type checker: the caller looked)
    names = sorted(set.intersection(*(set(scene.bands) for scene in chosen)))
    footage = {f.scene.id: f for f in scenes_on_grid(scenes, grid, names)}
    layers = [
        [raster_of(scenes.path(path), grid, "layer") for path in paths]
        for paths in entry.layers.values()
    ]
    made = [np.full((len(names) + len(layers), *grid.shape), np.nan) for _ in chosen]
    for part in grid.tiles(tile):
        here = (slice(part.row_from, part.row_to), slice(part.col_from, part.col_to))
        for scene, values in zip(chosen, made, strict=True):
            values[: len(names), *here] = footage[scene.id].reflectance(names, part, files)
            for k, rasters in enumerate(layers):
                for raster in reversed(rasters):  # the first that has a value counts
                    layer = layer_on_tile(raster, part, files)
                    kept = values[len(names) + k, *here]
                    values[len(names) + k, *here] = np.where(np.isnan(layer), kept, layer)
    return made


def _wrong(where: str, zh: str, en: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(zh, en))
