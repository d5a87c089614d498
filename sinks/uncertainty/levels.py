"""Standard errors, and the half-widths of intervals at a stated confidence level.

IPCC half-widths are of 95 %, those of CDM, VCS and CAR of 90 %: one is not the other, and two of
different levels are never put together but by way of the standard error. A level is a parameter
row, so that an account says which it used.

    U = t(1 - (1 - level) / 2, degrees) se          t is z where the degrees are infinite
"""

import numpy as np
import numpy.typing as npt
from scipy import stats

from data_catalog.errors import ProjectError
from data_catalog.parameters import Parameters, Row, bundled
from data_catalog.text import Text
from sinks.rows import needed

__all__ = [
    "LEVEL",
    "confidence",
    "converted",
    "half_width",
    "in_percent",
    "level_of",
    "lower_bound",
    "quantile",
    "standard_error",
]

Numbers = npt.NDArray[np.float64]
LEVEL = "confidence_level"


def confidence(standard: str, parameters: Parameters | None = None) -> Row:
    """Return the confidence level of a standard's intervals: `ipcc-2006`, `ar-tool14` ...

    Raises
    ------
    ParameterMissing
        If the standard has no row.
    """
    return needed(parameters or bundled(), Text("区间", "intervals"), LEVEL, standard)


def level_of(row: Row) -> float:
    """Return a level's row as a share, above 0 and below 1.

    Raises
    ------
    ProjectError
        If it is none.
    """
    level = row.in_units("1")
    if not 0 < level < 1:
        raise ProjectError(
            where=row.name(),
            problem=Text(
                f"置信水平为 {row.value} {row.units}，应在 0 与 100 % 之间。"
                "请更正 value 或 units 列。",
                f"a confidence level of {row.value} {row.units}; it lies between 0 and 100 %. "
                "Correct the row's value or units.",
            ),
        )
    return level


def in_percent(level: float) -> str:
    """Return a level as people write it, with the digits that it has: 95%, 97.5%."""
    return f"{level * 100:.4g}%"


def quantile(level: float, degrees: npt.ArrayLike = np.inf) -> Numbers:
    """Return the half-width of the two-sided interval of a standard error of 1.

    Parameters
    ----------
    level : float
        Share of intervals that hold the true amount, above 0 and below 1.
    degrees : (n,) array
        Degrees of freedom of the standard error, n - 1 of one sample, n - M of M strata;
        infinite where it is known well. NaN for less than one.
    """
    of = np.asarray(degrees, dtype=np.float64)
    return np.asarray(stats.t.ppf((1 + level) / 2, np.where(of > 0, of, np.nan)))


def half_width(se: npt.ArrayLike, level: float, degrees: npt.ArrayLike = np.inf) -> Numbers:
    """Return the half-width of the two-sided interval, in the unit of the standard error."""
    return np.asarray(se, dtype=np.float64) * quantile(level, degrees)


def standard_error(
    half_width: npt.ArrayLike, level: float, degrees: npt.ArrayLike = np.inf
) -> Numbers:
    """Return the standard error whose two-sided interval has a half-width."""
    return np.asarray(half_width, dtype=np.float64) / quantile(level, degrees)


def converted(
    half_width: npt.ArrayLike,
    level_from: float,
    level_to: float,
    degrees: npt.ArrayLike = np.inf,
) -> Numbers:
    """Return the half-width at another level: 95 % to 90 % is 1.645 / 1.960 of it."""
    return standard_error(half_width, level_from, degrees) * quantile(level_to, degrees)


def lower_bound(
    value: npt.ArrayLike, se: npt.ArrayLike, level: float, degrees: npt.ArrayLike = np.inf
) -> Numbers:
    """Return what the amount exceeds in a share `level` of cases: a one-sided bound."""
    below: Numbers = stats.t.ppf(level, degrees) * np.asarray(se, dtype=np.float64)
    return np.asarray(value, dtype=np.float64) - below
