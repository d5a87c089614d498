"""Disturbance on the grid of a scene set: tile by tile, each cell from its own looks alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from data_catalog.errors import GepError, ProjectError, raise_all
from data_catalog.parameters import Parameters
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.disturbance.differencing import confidence_of_fall, fall
from sinks.satellite.disturbance.rules import least_magnitude, segment_rules
from sinks.satellite.disturbance.segmentation import Rules, segmented
from sinks.satellite.scenes.composites import (
    Composite,
    best_pixel,
    days_from,
    median,
    nearest_first,
)
from sinks.satellite.scenes.declared import DisturbanceEntry, Scene, SceneSet
from sinks.satellite.scenes.indices import bands_of, index_values
from sinks.satellite.scenes.reading import (
    Files,
    Footage,
    codes_on_tile,
    raster_of,
    scenes_on_grid,
)
from tiles.grid import Grid, Tile
from tiles.rasters import Raster

__all__ = ["Found", "Picture", "detect", "needed_bands", "periods"]

GREENNESS = "NDVI"
NUMBERS = ("day_from", "day_to", "magnitude", "confidence", "duration", "recovered")
"""What `Found` holds of each cell, besides whether it was looked at and the event."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found on the grid, (rows, cols) arrays; NaN where nothing was.

    Parameters
    ----------
    asked : array of bool
        Forest, and what may be; all land where there is no forest mask.
    looked : array of bool
        What of it is known as forest and had clear looks enough.
    day_from, day_to : arrays, days since 1970-01-01
        The disturbance came after the first and by the second.
    magnitude : array, units of the index
        How much the index fell.
    confidence : array, 0..1
    duration : array, years
        How long it fell, of a series of years; NaN otherwise.
    recovered : array
        Share of the fall that was won back by the end of a series; NaN otherwise.
    event : array of int
        Which pair of periods it came between, from 1; 0 where there is none.
    """

    asked: npt.NDArray[np.bool_]
    looked: npt.NDArray[np.bool_]
    day_from: Pixels
    day_to: Pixels
    magnitude: Pixels
    confidence: Pixels
    duration: Pixels
    recovered: Pixels
    event: npt.NDArray[np.int32]

    @classmethod
    def nothing(cls, shape: tuple[int, int]) -> "Found":
        """Return arrays to fill in."""
        unknown = {name: np.full(shape, np.nan) for name in NUMBERS}
        asked, looked = np.zeros((2, *shape), np.bool_)
        return cls(asked=asked, looked=looked, event=np.zeros(shape, np.int32), **unknown)

    def only(self, cells: npt.NDArray[np.bool_]) -> "Found":
        """Return the disturbances of some of the cells."""
        kept = {name: np.where(cells, getattr(self, name), np.nan) for name in NUMBERS}
        event = np.where(cells, self.event, 0).astype(np.int32)
        return Found(asked=self.asked, looked=self.looked, event=event, **kept)


@dataclass(frozen=True)
class Picture:
    """The scenes of a period, made into one picture of an index."""

    footage: Sequence[Footage]
    wanted: DisturbanceEntry
    letters: Mapping[str, str]
    greenness: Mapping[str, str]

    @property
    def names(self) -> list[str]:
        """Return the bands that are read."""
        return list(dict.fromkeys([*self.letters.values(), *self.greenness.values()]))

    def composite(self, tile: Tile, files: Files) -> Composite:
        """Return the composite of the bands on a tile."""
        looks = np.stack([one.reflectance(self.names, tile, files) for one in self.footage])
        days = [one.scene.date for one in self.footage]
        if self.wanted.composite == "median":
            return median(looks, days_from(days))
        if self.wanted.nearest is not None and self.wanted.composite == "nearest":
            merit = nearest_first(days, self.wanted.nearest)[:, np.newaxis, np.newaxis]
            merit = np.broadcast_to(merit, (len(days), *tile.shape))
        else:
            merit = index_values(GREENNESS, self._lettered(looks, self.greenness))
        return best_pixel(looks, days_from(days), merit)

    def index(self, tile: Tile, files: Files) -> tuple[Pixels, Composite]:
        """Return the index on a tile, high where there is forest, and the composite it is of."""
        made = self.composite(tile, files)
        values = index_values(self.wanted.index, self._lettered(made.bands, self.letters))
        return (values if self.wanted.loss == "fall" else -values), made

    def _lettered(self, bands: Pixels, letters: Mapping[str, str]) -> dict[str, Pixels]:
        """Return the bands, the last axis but two, by the letters of a formula."""
        return {x: bands[..., self.names.index(name), :, :] for x, name in letters.items()}


def needed_bands(scenes: SceneSet) -> tuple[dict[str, str], dict[str, str]]:
    """Return the bands of the index, and those of greenness where the composite asks for it."""
    wanted = scenes.entries.disturbance
    common = set.intersection(*(set(scene.bands) for scene in scenes.scenes))
    letters = bands_of(wanted.index, common)
    return letters, bands_of(GREENNESS, common) if wanted.composite == "greenest" else {}


def periods(scenes: SceneSet) -> list[list[Scene]]:
    """Return the scenes of each period: before and after, or year by year.

    Raises
    ------
    ProjectError or Problems
        If a period has no scene, or there are too few periods.
    """
    wanted = scenes.entries.disturbance
    inside = [scene for scene in scenes.scenes if _in_season(scene.date, wanted.season)]
    years = sorted({scene.date.year for scene in inside})
    if wanted.method == "segments":
        return [[s for s in inside if s.date.year == year] for year in years]
    parts = {
        "before": wanted.before or _year(years[:1]),
        "after": wanted.after or _year(years[-1:]),
    }
    found = {
        name: [s for s in inside if window is not None and window[0] <= s.date <= window[1]]
        for name, window in parts.items()
    }
    raise_all(_period_problems(found))
    return list(found.values())


def _period_problems(
    found: Mapping[str, list[Scene]],
) -> Iterator[GepError]:
    for name, scenes in found.items():
        if not scenes:
            yield _wrong(
                f"[disturbance] {name}",
                "这段时间没有任何景（可能被 season 排除）。请更正日期。",
                "no scene is of this period (or `season` leaves none). Correct the dates.",
            )
    if all(found.values()) and found["before"][-1].date >= found["after"][0].date:
        yield _wrong(
            "[disturbance] after",
            f"不晚于 before：{found['after'][0].date} 对 {found['before'][-1].date}。",
            f"is not later than `before`: {found['after'][0].date} against "
            f"{found['before'][-1].date}.",
        )


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
        found = _with_confidence(found)
    return _counted(found, least)


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


def _counted(found: Found, least: float) -> Found:
    """Keep what fell by as much as counts."""
    return found.only(found.looked & (found.magnitude >= least) & (found.event > 0))


def _with_confidence(found: Found) -> Found:
    found.confidence[:] = confidence_of_fall(found.magnitude)
    return found


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


def _year(years: Sequence[int]) -> list[date] | None:
    return [date(years[0], 1, 1), date(years[0], 12, 31)] if years else None


def _in_season(day: date, season: Sequence[str] | None) -> bool:
    if season is None:
        return True
    now, (start, end) = day.strftime("%m-%d"), season
    return start <= now <= end if start <= end else now >= start or now <= end


def _wrong(where: str, zh: str, en: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(zh, en))
