"""The price over time: never a bare spot, always a path from a dated row.

P(t) = P_0 (1 + g)^t         or through stated points, the last of which stays
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text

__all__ = ["GROWING_PRICE", "Rise", "growing_price", "price_path", "steepest_rise"]

Numbers = npt.NDArray[np.float64]


def growing_price(price: Numbers, growth: Numbers, years: Numbers) -> Numbers:
    """Return a price that grows at one rate."""
    return price * (1 + growth) ** years


def price_path(
    price: float, growth: float, points: Sequence[tuple[float, float]], years: Numbers
) -> Numbers:
    """Return the price at some times, (n,), CNY/t_CO2e.

    Parameters
    ----------
    price : float
        At the base date.
    growth : float
        Per year; not beside points.
    points : pairs of years and price, in order
        Straight between them and from the base date; after the last the price stays.
    """
    if not points:
        return GROWING_PRICE(price=price, growth=growth, years=years)
    at, prices = zip((0.0, price), *points, strict=True)
    found: Numbers = np.interp(years, at, prices)
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Rise:
    """What a price path does between two times, in years: from a price to another, CNY/t_CO2e."""

    start: float
    end: float
    before: float
    after: float

    @property
    def yearly(self) -> float:
        """Return the growth per year, compounded once a year; infinite where it is no number."""
        change = math.log(self.after) - math.log(self.before)
        years = self.end - self.start
        if change and not years:
            return math.copysign(math.inf, change)
        try:
            return math.expm1(change / years) if change else 0.0
        except OverflowError:
            return math.inf


def steepest_rise(price: float, growth: float, points: Sequence[tuple[float, float]]) -> Rise:
    """Return the part of a path that grows fastest; the arguments are those of `price_path`."""
    if not points:
        return Rise(start=0.0, end=1.0, before=price, after=price * (1 + growth))
    parts = pairwise([(0.0, price), *points])
    rises = [Rise(start=a, end=b, before=p, after=q) for (a, p), (b, q) in parts]
    return max(rises, key=lambda one: one.yearly)


GROWING_PRICE = Model(
    id="growing_price",
    title=Text("价格路径", "Price path"),
    formula=r"P(t) = P_0 (1 + g)^t",
    source=Citation("lending_research", "income approach: a path, never a bare spot"),
    inputs={
        "price": Column(symbol="P_0", units="CNY/t_CO2e"),
        "growth": Column(symbol="g", units="1"),
        "years": Column(symbol="t", units="1"),
    },
    kernel=growing_price,
    output=Output(name="growing_price", units="CNY/t_CO2e", total="CNY/t_CO2e", low=0, high=1e6),
    empirical="years are counted by the stated day count",
)
