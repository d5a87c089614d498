r"""Post-stratified totals over estimation units, as the US forest inventory makes them.

Plots were drawn without regard to the strata, which a map gave afterwards; how many fall into
each is chance too, hence the second term:

    Y = A sum_h W_h ybar_h
    V = A^2 / n ( sum_h W_h s_h^2 + sum_h (1 - W_h) s_h^2 / n )

with n plots in the unit and s_h^2 between the plots of stratum h. Units err apart. Plots outside
what is asked for (no forest, another county) stay in the sample with a value of 0.

References
----------
[bechtold_patterson_2005] section 4.2: eq. 4.11 to 4.18 (numbering recalled).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.sampling.effects import from_effects
from sinks.sampling.plots import by_stratum
from sinks.sampling.strata import Numbers, Places, Strata

__all__ = ["PostStrata"]

SOURCE = "sample of plots"
NO_SHARE = Text(
    "{where}：估计单元的各层权重之和为 {sum:.6f}，应为 1。",
    "{where}: the weights of a unit's strata add up to {sum:.6f}, not to 1.",
)
CLOSE = np.sqrt(np.finfo(np.float64).eps)


@dataclass(frozen=True, kw_only=True)
class PostStrata:
    """Plots in strata in estimation units.

    Parameters
    ----------
    place : (n,) array of int
        Stratum of each plot.
    unit : (M,) array of int
        Estimation unit of each stratum.
    weight : (M,) array
        Share of the stratum in its unit; of a unit they add up to 1.
    area : (U,) array
        Area of each unit, ha.
    names : tuple of str, M names
    where : str
        For messages.
    """

    place: Places
    unit: Places
    weight: Numbers
    area: Numbers
    names: tuple[str, ...]
    where: str = "plots"

    def __post_init__(self) -> None:
        sums = np.bincount(self.unit, weights=self.weight, minlength=len(self.area))
        for whole in sums[np.abs(sums - 1) > CLOSE]:
            raise TableError(NO_SHARE, where=self.where, sum=whole)

    @property
    def expansion(self) -> Numbers:
        """Return the area that each plot stands for, ha, (n,)."""
        n = np.bincount(self.place, minlength=len(self.names))
        return np.asarray((self.area[self.unit] * self.weight / n)[self.place])

    def totals(self, y: Numbers) -> Numbers:
        """Return the total of each column of values per hectare, (D,)."""
        return np.asarray(self.expansion @ y)

    def effects(self, y: Numbers) -> Numbers:
        """Return what each plot's draw does to each total, (n, D): their squares sum to V.

        Parameters
        ----------
        y : (n, D) array
            A plot's values per hectare.

        Raises
        ------
        TableError
            If a stratum has fewer than two plots, or a value is missing.
        """
        strata = Strata(names=self.names, area=self.weight, units="1", where=self.where)
        columns = [by_stratum(column, self.place, strata, self.where) for column in y.T]
        n, mean = columns[0][0], np.array([m for _, m, _ in columns])
        plots = np.bincount(self.unit, weights=n)[self.unit]
        of_square = (
            self.area[self.unit] ** 2 / plots * (self.weight + (1 - self.weight) / plots) / (n - 1)
        )
        return np.asarray(np.sqrt(of_square)[self.place, None] * (y - mean.T[self.place]))

    def estimates(self, keys: pd.DataFrame, y: Numbers, source: str = SOURCE) -> Estimates:
        """Return the totals of (n, D) values per hectare, with errors that add up as they must."""
        return from_effects(keys, self.totals(y), self.effects(y), source)

    def ratio(self, y: Numbers, x: Numbers) -> tuple[float, float]:
        """Return the ratio of two totals and its standard error: carbon per hectare of forest.

        Parameters
        ----------
        y, x : (n,) arrays
            Values per hectare of land.
        """
        total_y, total_x = self.totals(np.column_stack([y, x]))
        found = float(total_y / total_x)
        rest = self.effects((y - found * x)[:, None])
        return found, float(np.sqrt((rest**2).sum()) / total_x)

    def chosen(self, kept: Sequence[int]) -> "PostStrata":
        """Return the sample without some of its plots: those that were not measured again."""
        return PostStrata(
            place=self.place[np.asarray(kept)], unit=self.unit, weight=self.weight, area=self.area,
            names=self.names, where=self.where,
        )  # fmt: skip
