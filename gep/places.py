"""The places an account's rows stand in: a parcel's ecosystems, or the account as a whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiles.blocks import CLASS_LIMIT
from tiles.results import LABELS, Result

__all__ = ["ECOSYSTEM", "Places"]

ECOSYSTEM = "land_cover"

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Places:
    """Sorted places; the first is the account as a whole, for what is not shared out.

    Parameters
    ----------
    keys : array
        One more than the parcel's place among the parcels, times CLASS_LIMIT, plus the class.
    areas : array, m2
        0 where an object lies in a parcel that has no such class in the land cover.
    of_run : array
        The places of the run's own combinations of parcel and class, in their order.
    ids : Index
        The parcels' ids.
    """

    keys: Ints
    areas: Floats
    of_run: Ints
    ids: pd.Index

    @classmethod
    def of(cls, result: Result, more: Iterable[Ints] = ()) -> "Places":
        """Return the run's places and those of objects, each given as keys."""
        zones = result.areas((ECOSYSTEM,))
        parcel, code = (zones[c].cat.codes.to_numpy(np.int64) for c in ("parcel_id", ECOSYSTEM))
        own = (parcel + 1) * CLASS_LIMIT + code
        keys = np.union1d(np.concatenate([np.zeros(1, np.int64), *more]), own)
        of_run = np.searchsorted(keys, own)
        areas = np.zeros(len(keys))
        areas[of_run] = zones["area_m2"].to_numpy()
        return cls(keys, areas, of_run, pd.Index(result.inputs.parcels["parcel_id"]))

    @staticmethod
    def key(parcels: Ints, code: int) -> Ints:
        """Return the keys of a class in parcels."""
        return (parcels + 1) * CLASS_LIMIT + code

    @cached_property
    def parcels(self) -> Ints:
        """Return each place's parcel; -1 for the account as a whole."""
        return self.keys // CLASS_LIMIT - 1

    @cached_property
    def classes(self) -> Ints:
        """Return each place's class; 0 for the account as a whole."""
        return self.keys % CLASS_LIMIT

    @cached_property
    def parcel_labels(self) -> pd.Index:
        """Return the ids with the empty one of the account as a whole in front."""
        return pd.Index(["", *self.ids.astype(str)], dtype=object)

    @cached_property
    def class_labels(self) -> pd.Index:
        """Return the two-digit text of each class number; empty for the account as a whole."""
        return pd.Index(["", *LABELS[1:]], dtype=object)
