"""An estimate of a sample: its standard error, degrees of freedom and interval.

A half-width means nothing without its level of confidence: IPCC and Olofsson et al. take 95 %,
the CDM, VCS and CAR 90 %.

    h = t s            U = h / |estimate|
"""

import math
from dataclasses import dataclass

from data_catalog.parameters import Row, bundled
from data_catalog.text import Text
from sinks.rows import needed
from sinks.uncertainty.levels import half_width

__all__ = ["SampleEstimate", "sampling_row"]

TITLE = Text("抽样估计", "sampling")


def sampling_row(parameter: str, chosen: str, key: str = "") -> Row:
    """Return a row of the bundled parameter tables.

    Raises
    ------
    ParameterMissing
        If there is none.
    """
    return needed(bundled(), TITLE, parameter, chosen, key)


@dataclass(frozen=True, kw_only=True)
class SampleEstimate:
    """One estimate of a sample.

    Parameters
    ----------
    value, se : float
        In one unit. NaN where the sample cannot say.
    df : float
        Degrees of freedom of `se`; infinite where the normal distribution is taken.
    """

    value: float
    se: float
    df: float = math.inf

    def half_width(self, confidence: float) -> float:
        """Return the half-width of the two-sided interval, in the unit of `value`."""
        return float(half_width(self.se, confidence, self.df))

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the ends of the two-sided interval."""
        half = self.half_width(confidence)
        return self.value - half, self.value + half

    def relative(self, confidence: float) -> float:
        """Return the half-width over the estimate's size, a fraction; infinite at 0."""
        return self.half_width(confidence) / abs(self.value) if self.value else math.inf

    def times(self, factor: float) -> "SampleEstimate":
        """Return the estimate times a number that does not err: an area, a conversion."""
        return SampleEstimate(value=self.value * factor, se=self.se * abs(factor), df=self.df)
