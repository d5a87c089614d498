"""Disturbance on the grid of a scene set: tile by tile, each cell from its own looks alone."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.disturbance.differencing import confidence_of_fall, fall
from sinks.satellite.disturbance.found import Found
from sinks.satellite.disturbance.pictures import Picture, needed_bands, periods
from sinks.satellite.disturbance.rules import least_magnitude, segment_rules
from sinks.satellite.disturbance.segmentation import Rules, segmented
from sinks.satellite.scenes.composites import Composite
from sinks.satellite.scenes.declared import SceneSet
from sinks.satellite.scenes.reading import Files, codes_on_tile, raster_of, scenes_on_grid
from tiles.grid import Grid, Tile
from tiles.rasters import Raster

__all__ = ["detect"]


def detect(scenes: SceneSet, grid: Grid, parameters: Parameters, tile: int, files: Files) -> Found:
    """Return where, when and by how much the index fell.

    Raises
    ------
    GepError
        If the scenes, bands or limits do not allow the method asked for.
    """
    wanted = scenes.entries.disturbance
    letters, greenness = needed_bands(scenes)
    least = least_magnitude(wanted, parameters)
    footage = {
        one.scene.id: one
        for one in scenes_on_grid(scenes, grid, {*letters.values(), *greenness.values()})
    }
    pictures = [
        Picture([footage[s.id] for s in part], wanted, letters, greenness)
        for part in periods(scenes)
    ]
    forest = scenes.entries.forest
    mask = None if forest is None else raster_of(scenes.path(forest.path), grid, "codes")
    codes = () if forest is None else tuple(forest.codes)
    rules = segment_rules(parameters) if wanted.method == "segments" else None
    if rules is not None:
        _check_looks(pictures, rules)
    found = Found.nothing(grid.shape)
    for part in grid.tiles(tile):
        forest_here, unknown = _forest(mask, codes, part, files)
        found.asked[_window(part)] = forest_here | unknown
        made = [picture.index(part, files) for picture in pictures]
        values = np.stack([index for index, _ in made])
        values[:, ~forest_here] = np.nan
        if rules is None:
            _difference(found, part, values, made)
        else:
            _segments(found, part, values, made, rules, _years(pictures))
    if rules is None:
        found.confidence[:] = confidence_of_fall(found.magnitude)
    return found.only(found.looked & (found.magnitude >= least) & (found.event > 0))


def _difference(
    found: Found, tile: Tile, values: Pixels, made: Sequence[tuple[Pixels, Composite]]
) -> None:
    here = _window(tile)
    falls = fall(values[0], values[1])
    found.looked[here] = ~np.isnan(falls)
    found.magnitude[here] = falls
    found.day_from[here], found.day_to[here] = made[0][1].first, made[1][1].last
    found.event[here] = 1


def _segments(
    found: Found,
    tile: Tile,
    values: Pixels,
    made: Sequence[tuple[Pixels, Composite]],
    rules: Rules,
    years: npt.NDArray[np.float64],
) -> None:
    here = _window(tile)
    series = values.reshape(len(values), -1).T
    segments = segmented(years, series, rules)
    seen = ~np.isnan(values)
    start = segments.start.reshape(tile.shape)
    after = _next_look(seen, start)
    first, last = (np.stack([getattr(c, n) for _, c in made]) for n in ("first", "last"))
    found.looked[here] = np.count_nonzero(seen, axis=0) >= rules.least_looks
    found.magnitude[here] = segments.fall.reshape(tile.shape)
    found.confidence[here] = 1 - segments.p.reshape(tile.shape)
    found.day_from[here] = np.take_along_axis(first, np.maximum(start, 0)[np.newaxis], axis=0)[0]
    found.day_to[here] = np.take_along_axis(last, after[np.newaxis], axis=0)[0]
    found.event[here] = start + 1
    found.recovered[here] = segments.recovered.reshape(tile.shape)
    lasted = years[np.maximum(segments.end, 0)] - years[np.maximum(segments.start, 0)]
    found.duration[here] = lasted.reshape(tile.shape)


def _next_look(seen: npt.NDArray[np.bool_], start: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the place of the first clear look after a vertex; the last of all where none is."""
    places = np.arange(len(seen))[:, np.newaxis, np.newaxis]
    later = seen & (places > start)
    return np.where(later.any(axis=0), later.argmax(axis=0), len(seen) - 1)


def _forest(
    mask: Raster | None, codes: Sequence[int], tile: Tile, files: Files
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return where there is forest, and where it is not known whether there is."""
    if mask is None:
        return np.ones(tile.shape, np.bool_), np.zeros(tile.shape, np.bool_)
    found = codes_on_tile(mask, tile, files)
    return np.isin(found, codes), found < 0


def _check_looks(pictures: Sequence[Picture], rules: Rules) -> None:
    if len(pictures) < rules.least_looks:
        raise _wrong(
            where="[disturbance] method",
            zh=f"segments 至少需要 {rules.least_looks} 个年份，现有 {len(pictures)} 个。"
            "请补充各年的景，或改用 difference。",
            en=f"segments needs scenes of at least {rules.least_looks} years, and there are "
            f"{len(pictures)}. Add scenes of more years, or use difference.",
        )


def _years(pictures: Sequence[Picture]) -> npt.NDArray[np.float64]:
    return np.array([picture.footage[0].scene.date.year for picture in pictures], np.float64)


def _window(tile: Tile) -> tuple[slice, slice]:
    return slice(tile.row_from, tile.row_to), slice(tile.col_from, tile.col_to)


def _wrong(where: str, zh: str, en: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(zh, en))
