"""One picture out of several looks at the same ground: the median, or the best pixel."""

import calendar
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import numpy.typing as npt

from data_catalog.spec import Pixels

__all__ = ["Composite", "How", "best_pixel", "day_of", "days_from", "median", "nearest_first"]

How = Literal["median", "greenest", "nearest"]
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Composite:
    """A picture, and within which dates its pixels were seen.

    Parameters
    ----------
    bands : (band, rows, cols) array
        NaN where no look is clear.
    first, last : (rows, cols) arrays of float, days since 1970-01-01
        The earliest and latest clear look that the pixel rests on; NaN where there is none.
    """

    bands: Pixels
    first: Pixels
    last: Pixels


def median(looks: Pixels, days: npt.NDArray[np.float64]) -> Composite:
    """Return the median of the clear looks, band by band.

    Parameters
    ----------
    looks : (look, band, rows, cols) array
        NaN in all bands of a pixel that is not clear.
    days : (look,) array, days since 1970-01-01
    """
    count = np.count_nonzero(~np.isnan(looks), axis=0)
    ordered = np.sort(looks, axis=0)  # NaN comes last
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    middle = (_taken(ordered, low) + _taken(ordered, high)) / 2
    clear = ~np.isnan(looks[:, 0])
    seen = np.where(clear, days[:, np.newaxis, np.newaxis], np.nan)
    some = clear.any(axis=0)
    first, last = (
        np.where(some, pick(np.where(clear, seen, fill), axis=0), np.nan)
        for pick, fill in ((np.min, np.inf), (np.max, -np.inf))
    )
    return Composite(middle, first, last)


def best_pixel(looks: Pixels, days: npt.NDArray[np.float64], merit: Pixels) -> Composite:
    """Return each pixel of the one look that has the greatest merit there.

    Parameters
    ----------
    looks, days
        As in `median`.
    merit : (look, rows, cols) array
        NaN where the look is not clear. Of equals the earlier in the list is taken.
    """
    known = np.where(np.isnan(merit) | np.isnan(looks[:, 0]), -np.inf, merit)
    best = np.argmax(known, axis=0)
    some = np.isfinite(known.max(axis=0))
    bands = np.where(some, np.take_along_axis(looks, best[np.newaxis, np.newaxis], axis=0)[0],
                     np.nan)  # fmt: skip
    seen = np.where(some, days[best], np.nan)
    return Composite(bands, seen, seen)


def nearest_first(days: Sequence[date], nearest: str) -> npt.NDArray[np.float64]:
    """Return the merit of looks by how near they are to a day of the year, (look,): minus days.

    The nearest such day is meant, also across the turn of the year.
    """
    month, day = (int(part) for part in nearest.split("-"))
    years = [(date(d.year + k, month, min(day, _last(d.year + k, month))), d)
             for d in days for k in (-1, 0, 1)]  # fmt: skip
    apart = np.array([abs((wanted - d).days) for wanted, d in years], dtype=np.float64)
    return np.asarray(-apart.reshape(len(days), -1).min(axis=1))


def days_from(days: Sequence[date]) -> npt.NDArray[np.float64]:
    """Return dates as days since 1970-01-01."""
    return np.array([(d - EPOCH).days for d in days], dtype=np.float64)


def day_of(days: float) -> date:
    """Return the date that so many days since 1970-01-01, and a part of one, fall on."""
    return EPOCH + timedelta(days=math.floor(days))


def _last(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _taken(ordered: Pixels, place: npt.NDArray[np.intp]) -> Pixels:
    return np.asarray(np.take_along_axis(ordered, place[np.newaxis], axis=0)[0])
