"""What was found on a grid, cell by cell."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_catalog.spec import Pixels

__all__ = ["Found"]

NUMBERS = ("day_from", "day_to", "magnitude", "confidence", "duration", "recovered")
"""What there is of each cell, besides whether it was looked at and the event."""


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
