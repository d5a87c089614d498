"""The price over time: never a bare spot, always a path from a dated row.

P(t) = P_0 (1 + g)^t         or through stated points, the last of which stays
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text

__all__ = ["GROWING_PRICE", "growing_price", "price_path"]

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
