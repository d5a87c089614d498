"""Scenes by period, and one picture of an index out of the scenes of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from data_catalog.errors import GepError, ProjectError, raise_all
from data_catalog.spec import Pixels
from data_catalog.text import Text
from sinks.satellite.scenes.composites import (
    Composite,
    best_pixel,
    days_from,
    median,
    nearest_first,
)
from sinks.satellite.scenes.declared import DisturbanceEntry, Scene, SceneSet
from sinks.satellite.scenes.indices import bands_of, index_values
from sinks.satellite.scenes.reading import Files, Footage
from tiles.grid import Tile

__all__ = ["Picture", "needed_bands", "periods"]

GREENNESS = "NDVI"


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


def _year(years: Sequence[int]) -> list[date] | None:
    return [date(years[0], 1, 1), date(years[0], 12, 31)] if years else None


def _in_season(day: date, season: Sequence[str] | None) -> bool:
    if season is None:
        return True
    now, (start, end) = day.strftime("%m-%d"), season
    return start <= now <= end if start <= end else now >= start or now <= end


def _wrong(where: str, zh: str, en: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(zh, en))
