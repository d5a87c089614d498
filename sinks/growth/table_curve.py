"""Growth curves that are tables: stocks at ages, or increments at ages, as yield tables print them.

Between two ages of a table of stocks the stock runs straight; between two ages of a table of
increments the increment does, and the stock is its integral. Beyond the last age there is no
stock: a table says nothing of it. How a printed table errs is not known.
"""

from dataclasses import dataclass, field

import numpy as np

from data_catalog.text import Text
from sinks.growth.curve import GrowthError
from sinks.growth.form import Numbers, Values

__all__ = ["TableCurve", "of_increments", "of_stocks"]

NEEDED = 2
"""Ages that make a table."""


@dataclass(frozen=True, kw_only=True)
class TableCurve:
    """Stocks at ages, (n,) each, ages rising; `bend` is half the change of the increment a year.

    Between two ages the stock is stock + slope x (t - age) + bend x (t - age)^2.
    """

    name: str
    units: str
    age_knots: Numbers
    stocks: Numbers
    slopes: Numbers
    bends: Numbers
    relative: float = np.nan
    theta: Numbers = field(default_factory=lambda: np.zeros(0))
    covariance: Numbers = field(default_factory=lambda: np.full((1, 1), np.nan))

    @property
    def ages(self) -> tuple[float, float]:
        """Return the first and the last age of the table."""
        return float(self.age_knots[0]), float(self.age_knots[-1])

    def at(self, age: Values, theta: Values) -> Values:  # noqa: ARG002  (a table has none)
        """Return the stock at ages, which may be complex; NaN outside the table."""
        place, since = self._since(age)
        stock = self.stocks[place] + (self.slopes[place] + self.bends[place] * since) * since
        return np.where(self._known(age), stock, np.nan)

    def value(self, age: Numbers) -> Numbers:
        """Return the stock at ages, NaN outside the table."""
        return np.asarray(self.at(np.asarray(age, dtype=np.float64), self.theta))

    def increment(self, age: Numbers) -> Numbers:
        """Return the current annual increment; at an age of the table that of what follows."""
        place, since = self._since(age)
        return np.where(
            self._known(age), self.slopes[place] + 2 * self.bends[place] * since, np.nan
        )

    def age(self, stock: Numbers) -> Numbers:
        """Return the age of a stock, NaN outside the table.

        Raises
        ------
        GrowthError
            If the stock does not rise with age throughout: several ages have the same stock.
        """
        if (np.diff(self.stocks) <= 0).any():
            raise GrowthError(where=self.name, problem=Text(
                "表中蓄积不是随年龄一直增加，不能由蓄积反推年龄。请给出年龄。",
                "the stock does not rise with age throughout, so a stock has no one age. Give "
                "the ages.",
            ))  # fmt: skip
        stock = np.asarray(stock, dtype=np.float64)
        place = np.clip(np.searchsorted(self.stocks, stock, "right") - 1, 0, len(self.bends) - 1)
        above, slope, bend = stock - self.stocks[place], self.slopes[place], self.bends[place]
        # the root of bend x^2 + slope x = above that is next to zero, also where bend is zero
        root = np.sqrt(np.maximum(slope**2 + 2 * 2 * bend * above, 0))
        since = np.divide(2 * above, slope + root, out=np.zeros_like(above), where=above > 0)
        known = (stock >= self.stocks[0]) & (stock <= self.stocks[-1])
        return np.where(known, self.age_knots[place] + since, np.nan)

    def _since(self, age: Values) -> tuple[Values, Values]:
        real = np.real(age)
        last = len(self.bends) - 1
        place = np.clip(np.searchsorted(self.age_knots, real, "right") - 1, 0, last)
        return place, age - self.age_knots[place]

    def _known(self, age: Values) -> Values:
        first, last = self.ages
        return (np.real(age) >= first) & (np.real(age) <= last)


def of_stocks(name: str, units: str, ages: Numbers, stocks: Numbers) -> TableCurve:
    """Return the curve of a table of stocks.

    Raises
    ------
    GrowthError
        If the ages do not rise, or a number is missing or negative.
    """
    ages, stocks = _checked(name, ages, stocks)
    slopes = np.diff(stocks) / np.diff(ages)
    return TableCurve(
        name=name, units=units, age_knots=ages, stocks=stocks, slopes=slopes,
        bends=np.zeros_like(slopes),
    )  # fmt: skip


def of_increments(name: str, units: str, ages: Numbers, increments: Numbers) -> TableCurve:
    """Return the curve of a table of current annual increments, in `units` a year.

    The stock at the first age is nothing, whatever age that is.

    Raises
    ------
    GrowthError
        If the ages do not rise, or a number is missing or negative.
    """
    ages, increments = _checked(name, ages, increments)
    years = np.diff(ages)
    gained = (increments[1:] + increments[:-1]) / 2 * years
    return TableCurve(
        name=name, units=units, age_knots=ages, stocks=np.concatenate([[0.0], np.cumsum(gained)]),
        slopes=increments[:-1], bends=np.diff(increments) / years / 2,
    )  # fmt: skip


def _checked(name: str, ages: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
    ages, numbers = np.asarray(ages, dtype=np.float64), np.asarray(numbers, dtype=np.float64)
    good = len(ages) >= NEEDED and ages.shape == numbers.shape and np.isfinite(numbers).all()
    if not good or (np.diff(ages) <= 0).any() or ages[0] < 0 or (numbers < 0).any():
        raise GrowthError(where=name, problem=Text(
            "表中年龄须逐行增大且不为负，每个年龄有一个不小于 0 的数。",
            "ages of a table must rise and not be negative, and each needs a number of 0 or more.",
        ))  # fmt: skip
    return ages, numbers
