"""An estimate of a sample: its standard error, degrees of freedom and interval.

A half-width means nothing without its level of confidence: IPCC and Olofsson et al. take 95 %,
the CDM, VCS and CAR 90 %.

    h = t s            U = h / |estimate|
"""

import math
from dataclasses import dataclass

from scipy.special import ndtri, stdtrit

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import Row, bundled
from data_catalog.text import Text

__all__ = ["SampleEstimate", "confidence_level", "sampling_row", "t_of"]

TITLE = Text("抽样估计", "sampling")


def sampling_row(parameter: str, chosen: str, key: str = "") -> Row:
    """Return a row of the parameter tables.

    Raises
    ------
    ParameterMissing
        If there is none.
    """
    row = bundled().find(parameter, chosen, key)
    if row is None:
        of = f" ({key})" if key else ""
        raise ParameterMissing(service=TITLE, standard=chosen, parameter=parameter, key=of)
    return row


def confidence_level(chosen: str) -> float:
    """Return the two-sided level of confidence that a method asks for, a fraction."""
    return sampling_row("sampling_confidence_level", chosen).in_units("1")


def t_of(confidence: float, df: float) -> float:
    """Return how many standard errors a two-sided interval reaches to each side.

    Parameters
    ----------
    confidence : float
        A fraction between 0 and 1.
    df : float
        Degrees of freedom; infinite for the normal distribution.
    """
    upper = (1 + confidence) / 2
    return float(ndtri(upper) if math.isinf(df) else stdtrit(df, upper))


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
        return t_of(confidence, self.df) * self.se

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
