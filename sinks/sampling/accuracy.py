r"""Accuracy of a map, and areas without the map's bias, from a stratified random sample.

Strata are most often the classes of the map. A stratum of its own around the change (a buffer)
finds the omissions that a sample of map classes hardly meets, so strata and map classes may
differ: every figure below is a ratio of two stratified means of a point's indicators x and y.

    R = sum_h W_h ybar_h / sum_h W_h xbar_h
    V(R) = sum_h W_h^2 (s_y^2 + R^2 s_x^2 - 2 R s_xy)_h / n_h / (sum_h W_h xbar_h)^2

=================  ==========================  =============================
figure             y is 1 where                x is 1
=================  ==========================  =============================
area share of j    reference j                 everywhere
overall            map and reference agree     everywhere
user's, class i    map and reference are i     where the map is i
producer's, j      map and reference are j     where the reference is j
=================  ==========================  =============================

With strata that are the map's classes these are the formulas of Olofsson et al. Points are few
against pixels: no finite-population correction.

References
----------
[olofsson_2014] eq. 1 to 11. [stehman_2014] eq. 27 and 28, for strata that are not map classes.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.sampling.effects import from_effects
from sinks.sampling.intervals import SampleEstimate
from sinks.sampling.strata import Numbers, Strata

__all__ = ["Counts", "ErrorMatrix", "ratio"]

Counts = npt.NDArray[np.int64]
SOURCE = "sample points"
FEW = Text(
    "{where}：层“{name}”只有 {n} 个样点，无法估计误差。每层至少需要 2 个样点：请补充样点，"
    "或与相近的层合并。",
    "{where}: stratum {name!r} has {n} sample point(s): an error cannot be estimated. Each stratum "
    "needs 2 or more: add points, or merge it with a stratum like it.",
)
NEGATIVE = Text(
    "{where}：层“{name}”的样点数为 {n}；样点数应为不小于 0 的整数。",
    "{where}: stratum {name!r} has a count of {n}; counts are whole numbers, 0 or more.",
)


def ratio(
    weight: Numbers, points: Numbers, y: Numbers, x: Numbers, both: Numbers
) -> tuple[float, float]:
    """Return the ratio of two stratified means of 0/1 indicators, and its standard error.

    Parameters
    ----------
    weight : (M,) array
        Share of each stratum in the land.
    points : (M,) array
        Points of each stratum, 2 or more.
    y, x, both : (M,) arrays
        Points with y = 1, with x = 1, with both.

    Returns
    -------
    ratio, se : fractions
        NaN where x is 0 in every stratum: the sample cannot say.
    """
    mean_y, mean_x = y / points, x / points
    whole = float(weight @ mean_x)
    if whole == 0:
        return np.nan, np.nan
    found = float(weight @ mean_y) / whole
    var_y, var_x = mean_y * (1 - mean_y), mean_x * (1 - mean_x)
    cov = both / points - mean_y * mean_x
    of_stratum = (var_y + found**2 * var_x - 2 * found * cov) / (points - 1)
    # rounding may leave a variance of zero a hair below it
    return found, math.sqrt(max(float(weight**2 @ of_stratum), 0.0)) / whole


@dataclass(frozen=True, kw_only=True)
class ErrorMatrix:
    """Sample points by stratum, class on the map and class in the reference.

    Parameters
    ----------
    strata : Strata, M of them
    classes : tuple of str, K names
        Of the reference; the map's are the same.
    counts : (M, K + 1, K) array of whole numbers
        The last row of the middle axis are points that the map gives none of the classes.
    where : str
        The file it was read from, for messages.
    """

    strata: Strata
    classes: tuple[str, ...]
    counts: Counts
    where: str = "sample"

    def __post_init__(self) -> None:
        for name, of_stratum in zip(self.strata.names, self.counts, strict=True):
            if (of_stratum < 0).any():
                least = int(of_stratum.min())
                raise TableError(NEGATIVE, where=self.where, name=name, n=least)
            if of_stratum.sum() < 2:  # noqa: PLR2004  (a variance needs two)
                found = int(of_stratum.sum())
                raise TableError(FEW, where=self.where, name=name, n=found)

    @cached_property
    def points(self) -> Numbers:
        """Return the points of each stratum, (M,)."""
        return np.asarray(self.counts.sum(axis=(1, 2)), dtype=np.float64)

    @property
    def reference(self) -> Numbers:
        """Return the points by stratum and reference class, (M, K)."""
        return np.asarray(self.counts.sum(axis=1), dtype=np.float64)

    def shares(self) -> Numbers:
        """Return the share of the land in each cell of map by reference class, (K + 1, K)."""
        weight = self.strata.weight / self.points
        return np.asarray(np.einsum("h,hij->ij", weight, self.counts))

    def without_spread(self) -> list[str]:
        """Return the strata whose points are all of one kind: they seem to have no error."""
        largest = self.counts.max(axis=(1, 2))
        return [
            s for s, n, of in zip(self.strata.names, self.points, largest, strict=True) if n == of
        ]

    def mapped(self) -> Numbers:
        """Return the area that the map gives each class, in the strata's units, (K,).

        Exact where strata are classes of the map; where a stratum holds several, by its points.
        """
        by_class = self.counts.sum(axis=2)[:, :-1] / self.points[:, None]
        return np.asarray(self.strata.area @ by_class)

    def area(self) -> list[SampleEstimate]:
        """Return the area of each reference class, in the strata's units."""
        return [self._ratio(r, self.points).times(self.strata.total) for r in self.reference.T]

    def users(self) -> list[SampleEstimate]:
        """Return the user's accuracy of each class: 1 less its commission."""
        mapped = self.counts.sum(axis=2)
        return [self._ratio(self.counts[:, j, j], mapped[:, j]) for j in self._every]

    def producers(self) -> list[SampleEstimate]:
        """Return the producer's accuracy of each class: 1 less its omission."""
        return [self._ratio(self.counts[:, j, j], self.reference[:, j]) for j in self._every]

    def overall(self) -> SampleEstimate:
        """Return the overall accuracy."""
        agree = sum((self.counts[:, j, j] for j in self._every), np.zeros(len(self.strata)))
        return self._ratio(agree, self.points)

    def areas(self) -> Estimates:
        """Return the areas with errors that sum: what one class errs by, the others err against.

        A stratum's points are a multinomial draw, each of its cells a source whose effects on all
        classes add up to nothing:

            e_hk(j) = A W_h sqrt(q_hk / (n_h - 1)) ([j = k] - q_hj)

        Returns
        -------
        Estimates keyed by `class`, in the strata's units
        """
        q = self.reference / self.points[:, None]
        size = self.strata.area[:, None] * np.sqrt(q / (self.points[:, None] - 1))
        effects = size[:, :, None] * (np.eye(len(self.classes)) - q[:, None, :])
        return from_effects(
            pd.DataFrame({"class": self.classes}),
            np.array([area.value for area in self.area()]),
            effects.reshape(-1, len(self.classes)), SOURCE,
        )  # fmt: skip

    @property
    def _every(self) -> range:
        return range(len(self.classes))

    def _ratio(self, y: npt.NDArray[np.generic], x: npt.NDArray[np.generic]) -> SampleEstimate:
        """Return a ratio whose y is 1 only where x is."""
        one, other = (np.asarray(v, dtype=np.float64) for v in (y, x))
        value, se = ratio(self.strata.weight, self.points, one, other, one)
        return SampleEstimate(value=value, se=se)
