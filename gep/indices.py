"""Price and volume indices between two years, and chains of them over several.

An item (a service in an ecosystem) has a price ``p`` and a quantity ``q`` in year 0 and in year 1.
Each formula is written as a price index; the volume index of the same name is the same formula
with prices and quantities changing places (`volume`). All return ratios: 1 is no change. A missing
number that a formula reads makes the result missing, and so does a formula that is not defined for
the items (a logarithm of nothing, a total of zero): choosing items that have both is the caller's
decision.

After the System of National Accounts 2008, chapter 15, and the Producer Price Index Manual 2004,
chapters 15 and 16 (Fisher's additive decomposition: van IJzeren 1987; Reinsdorf, Diewert and
Ehemann 2002).
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = [
    "BASE",
    "FORMULAS",
    "chain",
    "chained_contributions",
    "constant_price_value",
    "fisher",
    "fisher_contributions",
    "laspeyres",
    "laspeyres_contributions",
    "paasche",
    "tornqvist",
    "value_ratio",
    "volume",
]

Floats: TypeAlias = npt.NDArray[np.float64]
Formula: TypeAlias = Callable[[Floats, Floats, Floats, Floats], float]
BASE = 100
"""What an index is in its base year."""


def laspeyres(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> float:  # noqa: ARG001
    """Return what the quantities of year 0 cost in year 1, over what they cost in year 0."""
    return _ratio(_total(p1, q0), _total(p0, q0))


def paasche(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> float:  # noqa: ARG001
    """Return what the quantities of year 1 cost in year 1, over what they cost in year 0."""
    return _ratio(_total(p1, q1), _total(p0, q1))


def fisher(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> float:
    """Return the geometric mean of Laspeyres and Paasche."""
    return _root(laspeyres(p0, q0, p1, q1) * paasche(p0, q0, p1, q1))


def tornqvist(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> float:
    """Return the geometric mean of the ratios, weighted by mean value shares of both years.

    Not defined, NaN, where a ratio is not positive: a volume index with an item that appears or
    vanishes.
    """
    before, after = _total(p0, q0), _total(p1, q1)
    if not (np.all(p0 > 0) and np.all(p1 > 0) and before and after):
        return float("nan")
    shares = (p0 * q0 / before + p1 * q1 / after) / 2
    return float(np.exp(shares @ np.log(p1 / p0)))


FORMULAS: dict[str, Formula] = {
    "laspeyres": laspeyres,
    "paasche": paasche,
    "fisher": fisher,
    "tornqvist": tornqvist,
}


def volume(formula: Formula, p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> float:
    """Return the volume index: the formula with prices and quantities in each other's place."""
    return formula(q0, p0, q1, p1)


def value_ratio(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> float:
    """Return the value of year 1 over that of year 0, each in prices of its own year."""
    return _ratio(_total(p1, q1), _total(p0, q0))


def constant_price_value(p_base: Floats, q: Floats) -> float:
    """Return the value of a year's quantities in prices of the base year, CNY."""
    return _total(p_base, q)


def laspeyres_contributions(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> Floats:  # noqa: ARG001
    """Return each item's part of the growth of the Laspeyres volume index; they add up to it.

    An item's part is its share in the value of year 0 times the growth of its quantity, written so
    that an item without quantity in year 0 has one too.
    """
    return _parts(p0, q0, q1)


def fisher_contributions(p0: Floats, q0: Floats, p1: Floats, q1: Floats) -> Floats:
    r"""Return each item's part of the growth of the Fisher volume index; they add up to it.

    .. math:: Q_F - 1 = \frac{\sum_i (p_{0i} + p_{1i} / P_F)(q_{1i} - q_{0i})}
                            {\sum_i (p_{0i} + p_{1i} / P_F) \, q_{0i}}

    Quantities are weighted by the mean of both years' prices, those of year 1 brought to the price
    level of year 0 by Fisher's own price index.
    """
    level = fisher(p0, q0, p1, q1) or float("nan")
    return _parts(p0 + p1 / level, q0, q1)


def chain(links: Iterable[float]) -> Floats:
    """Return the chained index of years that follow each other, `BASE` in the first year.

    Parameters
    ----------
    links : iterable of float
        Ratio of each year to the year before it.
    """
    return BASE * np.cumprod(np.array([1.0, *links]))


def chained_contributions(levels: Floats, contributions: Iterable[Floats]) -> list[Floats]:
    """Return each link's contributions to the growth of a chained index since its first year.

    Parameters
    ----------
    levels : array
        The chained index, first year included.
    contributions : iterable of array
        For each link, the parts of its own growth.

    Returns
    -------
    list of array
        In ratios of the first year; all links and items together add up to the whole growth.
    """
    return [level / BASE * parts for level, parts in zip(levels, contributions, strict=False)]


def _parts(prices: Floats, q0: Floats, q1: Floats) -> Floats:
    """Return the items' parts in the growth of the quantities at one set of prices."""
    total = _total(prices, q0)
    if not total:
        return np.full(len(q0), np.nan)
    return prices * (q1 - q0) / total


def _total(p: Floats, q: Floats) -> float:
    return float(p @ q)


def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom else float("nan")


def _root(square: float) -> float:
    return float(np.sqrt(square)) if square >= 0 else float("nan")
