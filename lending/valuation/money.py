"""Present value, annuity and what a multiple of yearly income implies: arithmetic of interest.

Rates are per year and compounded once a year; payments are at times in years.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from data_catalog.parameters import engine_number
from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text

__all__ = [
    "ANNUITY",
    "PRESENT_VALUE",
    "annuity_factor",
    "discount",
    "implied_rate",
    "internal_rate",
    "present_value",
]

Numbers = npt.NDArray[np.float64]


def discount(rate: float, years: Numbers) -> Numbers:
    """Return (1 + r)^-t."""
    found: Numbers = (1 + rate) ** -years
    return found


def present_value(payment: Numbers, rate: float, years: Numbers) -> Numbers:
    """Return what a payment at a time is worth today."""
    return payment * discount(rate, years)


def annuity_factor(rate: float, years: float) -> float:
    """Return what 1 at the end of each of some years is worth today; the years at a rate of 0."""
    if rate == 0:
        return years
    return float(-np.expm1(-years * np.log1p(rate)) / rate)


def _root(worth: Callable[[float], float]) -> float | None:
    low, high = engine_number("lowest_rate"), engine_number("highest_rate")
    if worth(low) * worth(high) > 0:
        return None
    return float(brentq(worth, low, high, xtol=engine_number("rate_precision")))


def implied_rate(multiple: float, years: float) -> float | None:
    """Return the rate at which some years of income are worth that multiple of it.

    None where no rate between `lowest_rate` and `highest_rate` does.
    """
    return _root(lambda rate: annuity_factor(rate, years) - multiple)


def internal_rate(payments: Numbers, years: Numbers) -> float | None:
    """Return the rate at which payments are worth nothing together.

    None where they never change sign, or no rate between `lowest_rate` and `highest_rate` does it.
    """
    if not ((payments > 0).any() and (payments < 0).any()):
        return None
    return _root(lambda rate: float(present_value(payments, rate, years).sum()))


PRESENT_VALUE = Model(
    id="present_value",
    title=Text("现值", "Present value"),
    formula=r"PV = C (1 + r)^{-t}",
    source=Citation("finance_textbook", "present value"),
    inputs={
        "payment": Column(symbol="C", units="CNY"),
        "rate": Column(symbol="r", units="1"),
        "years": Column(symbol="t", units="1"),
    },
    kernel=present_value,
    output=Output(name="present_value", units="CNY", total="CNY", low=-1e15, high=1e15),
    empirical="years are counted by the stated day count",
)
ANNUITY = Model(
    id="annuity_factor",
    title=Text("年金现值系数", "Annuity factor"),
    formula=r"a = \frac{1 - (1 + r)^{-n}}{r}, \quad a = n \text{ if } r = 0",
    source=Citation("finance_textbook", "annuity in arrears"),
    inputs={"rate": Column(symbol="r", units="1"), "years": Column(symbol="n", units="1")},
    kernel=annuity_factor,  # type: ignore[arg-type]
    output=Output(name="annuity_factor", units="1", total="1", low=0, high=1e6),
    empirical="years are counted by the stated day count",
)
