"""Which of a project's parcels a region named in a table stands for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from data_catalog.regions import region as counties_of
from tiles.inputs import Inputs

__all__ = ["Regions"]

CITY = "00"
"""How the code of a city ends, whose counties begin with the same digits."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Regions:
    """The parcels by id and by county.

    Parameters
    ----------
    ids : Index
        Of the parcels, in their order.
    counties : array of str
        The six-digit code of the county that each parcel's middle lies in; empty where the
        project's region is no code.
    """

    ids: pd.Index
    counties: npt.NDArray[np.object_]

    @classmethod
    def of(cls, inputs: Inputs) -> "Regions":
        """Return the regions of a project."""
        ids = pd.Index(inputs.parcels["parcel_id"].astype(str))
        counties = np.full(len(ids), "", dtype=object)
        code = inputs.project.project.region or ""
        if code.isdigit():
            known = counties_of(code).to_crs(inputs.grid.crs)
            middles = shapely.point_on_surface(inputs.parcels.geometry.to_numpy())
            tree = shapely.STRtree(known.geometry.to_numpy())
            parcel, county = tree.query(middles, predicate="intersects")
            counties[parcel] = known["code"].to_numpy()[county]
        return cls(ids, counties)

    def parcels(self, name: str) -> Ints:
        """Return the places of a region's parcels: an id's own, a county's, a city's, or all.

        None for a name that is no region of the account.
        """
        if not name:
            return np.arange(len(self.ids))
        found = self.ids.get_indexer(pd.Index([name], dtype=object))
        if found[0] >= 0:
            return found.astype(np.int64)
        if not name.isdigit():
            return np.zeros(0, np.int64)
        stem = name.removesuffix(CITY)
        return np.flatnonzero([c == name or (stem != name and c[: len(stem)] == stem and bool(c))
                               for c in self.counties])  # fmt: skip

    def owners(self, names: Sequence[str]) -> Ints:
        """Return which of these regions each parcel is in; -1 for none. They do not overlap."""
        owner = np.full(len(self.ids), -1, np.int64)
        single = self.ids.get_indexer(pd.Index(names, dtype=object))
        known = single >= 0
        owner[single[known]] = np.flatnonzero(known)
        for place in np.flatnonzero(~known):
            owner[self.parcels(names[int(place)])] = place
        return owner

    def overlap(self, names: Sequence[str]) -> bool:
        """Return whether a parcel is in more than one of these regions."""
        single = self.ids.get_indexer(pd.Index(names, dtype=object))
        several = [self.parcels(name) for name, i in zip(names, single, strict=True) if i < 0]
        taken = np.concatenate([single[single >= 0], *several])
        return len(np.unique(taken)) < len(taken)
