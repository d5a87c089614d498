"""A run's exact sums as tables, for the accounts to read."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tiles.binding import Bound
from tiles.inputs import Inputs
from tiles.job import Job
from tiles.run import Totals
from tiles.tile import class_of


@dataclass(frozen=True)
class Result:
    """What a run found.

    Parameters
    ----------
    inputs : Inputs
    job : Job
    totals : Totals
        Whole-number sums per parcel and combination of classes.
    """

    inputs: Inputs
    job: Job
    totals: Totals

    def areas(self) -> pd.DataFrame:
        """Return the area of each parcel under each combination of classes.

        Returns
        -------
        DataFrame
            parcel_id, a two-digit text per class layer (`00` where missing), area_m2.
        """
        frame = self._zones()
        models = len(self.job.models)
        frame["area_m2"] = self._amounts()[:, models] * self.job.grid.nominal_area
        return frame

    def amounts(self, model: Bound) -> pd.DataFrame:
        """Return one model's totals.

        Returns
        -------
        DataFrame
            As `areas`, with `amount` in the model's total units over the cells that have a value,
            and `missing_m2`, the area of those that have none.
        """
        frame = self.areas()
        place = self.job.models.index(model)
        sums = self._amounts()
        area = self.job.grid.nominal_area
        frame["amount"] = sums[:, place] * area * model.to_total
        frame["missing_m2"] = sums[:, len(self.job.models) + 1 + place] * area
        if model.scope:
            frame = frame[frame[model.classes].astype(int).isin(model.scope)]
        return frame.reset_index(drop=True)

    def ids(self) -> "pd.Series[str]":
        """Return the parcels' ids by number."""
        return self.inputs.parcels["parcel_id"]

    def _amounts(self) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
        return self.totals.sums.over(self.job.scales)

    def _zones(self) -> pd.DataFrame:
        ids = self.ids().to_numpy()
        codes = {
            name: [f"{c:02d}" for c in class_of(self.totals.keys, self.job.group_by, name)]
            for name in self.job.group_by
        }
        return pd.DataFrame({"parcel_id": ids[self.totals.parcels], **codes})
