"""A run's exact sums as tables, for the accounts to read."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from tiles.binding import Bound
from tiles.blocks import CLASS_LIMIT
from tiles.inputs import Inputs
from tiles.job import Job
from tiles.run import Totals
from tiles.sums import Sums
from tiles.tile import class_of

Floats = npt.NDArray[np.float64]
LABELS = pd.Index([f"{code:02d}" for code in range(CLASS_LIMIT)])
"""Class numbers as the two-digit text of every table."""


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
    _kept: dict[tuple[str, ...], tuple[pd.DataFrame, Floats]] = field(default_factory=dict)

    def areas(self, by: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return the area of each parcel under each class, or combination of classes.

        Parameters
        ----------
        by : tuple of str
            Class layers to keep apart; by default all.

        Returns
        -------
        DataFrame
            parcel_id, a two-digit text per class layer (`00` where missing), area_m2; sorted. The
            texts are categorical: a county has many rows and few different ones.
        """
        zones, sums = self._summed(self.job.group_by if by is None else by)
        area = sums[:, len(self.job.models)] * self.job.grid.nominal_area
        return zones.assign(area_m2=area)

    def amounts(self, model: Bound, by: tuple[str, ...] | None = None) -> pd.DataFrame:
        """Return one model's totals.

        Returns
        -------
        DataFrame
            As `areas`, with `amount` in the model's total units over the cells that have a value,
            and `missing_m2`, the area of those that have none; classes out of scope left out.
        """
        by = self.job.group_by if by is None else by
        if model.areal and model.classes not in by:
            finer = self.amounts(model, (*by, model.classes))
            summed = finer.groupby(["parcel_id", *by], observed=True)
            return summed[["area_m2", "amount", "missing_m2"]].sum().reset_index()
        amount, missing, inside = self.columns(model, by)
        frame = self.areas(by).assign(amount=amount, missing_m2=missing)
        return frame if inside.all() else frame[inside].reset_index(drop=True)

    def columns(
        self, model: Bound, by: tuple[str, ...]
    ) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
        """Return one model's totals in the rows of `areas(by)`: amount, missing_m2, in scope.

        Its class layer must be among `by` if its scope or its numbers are by class.
        """
        zones, sums = self._summed(by)
        if model.areal:
            amount, missing = self._areal(model, by)
        else:
            place = self.job.models.index(model)
            area = self.job.grid.nominal_area
            amount = sums[:, place] * area * model.to_total
            missing = sums[:, len(self.job.models) + 1 + place] * area
        if not model.scope:
            return amount, missing, np.ones(len(zones), bool)
        covered = np.isin(np.arange(CLASS_LIMIT), list(model.scope))
        return amount, missing, covered[zones[model.classes].cat.codes]

    def _areal(self, model: Bound, by: tuple[str, ...]) -> tuple[Floats, Floats]:
        """Return area times the model's value of the class: it is the same in every cell."""
        zones, sums = self._summed(by)
        area = sums[:, len(self.job.models)] * self.job.grid.nominal_area
        every = np.arange(CLASS_LIMIT, dtype=np.uint8)
        values = np.broadcast_to(model.evaluate({}, every), CLASS_LIMIT)
        amount = values[zones[model.classes].cat.codes] * area * model.to_total
        gap = np.isnan(amount)
        return np.where(gap, 0.0, amount), np.where(gap, area, 0.0)

    def _summed(self, by: tuple[str, ...]) -> tuple[pd.DataFrame, Floats]:
        """Return the zones of some class layers and their sums, added as whole numbers."""
        if by not in self._kept:
            totals, group_by = self.totals, self.job.group_by
            classes = [class_of(totals.keys, group_by, name) for name in by]
            zone = totals.parcels.astype(np.int64)
            for codes in classes:
                zone = zone * CLASS_LIMIT + codes
            unique, inverse = np.unique(zone, return_inverse=True)
            sums = Sums.zeros(len(unique), totals.sums.high.shape[1])
            sums.add(inverse, totals.sums)
            sums.carry()
            ids = pd.Index(self.inputs.parcels["parcel_id"])
            columns = {
                "parcel_id": pd.Categorical.from_codes(unique // CLASS_LIMIT ** len(by), ids)
            }
            for place, name in enumerate(reversed(by)):
                codes = unique // CLASS_LIMIT**place % CLASS_LIMIT
                columns[name] = pd.Categorical.from_codes(codes, LABELS)
            frame = pd.DataFrame(columns)[["parcel_id", *by]]
            self._kept[by] = frame, sums.over(self.job.scales)
        return self._kept[by]
