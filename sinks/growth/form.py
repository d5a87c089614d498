"""What a form of growth curve is: the equation, its increment and its inverse, as one declaration.

The stock of a stand is a function of its age in years. A form says nothing of what the stock is
measured in: its asymptote has the unit of the stock, and so has what it returns.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from data_catalog.errors import SpecError
from data_catalog.spec import NO_TEXT, Citation
from data_catalog.text import Text

__all__ = ["Form", "Numbers", "Shape", "Values", "gradient"]

Numbers: TypeAlias = npt.NDArray[np.float64]
Values: TypeAlias = npt.NDArray[Any]
"""Floats, or complex numbers whose imaginary part carries a derivative."""
STEP = float(np.finfo(np.float64).eps) ** 2
"""A step along the imaginary axis: so small that the derivative has no truncation error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A parameter of a form: symbol, title and what it may be; `units` "stock" are those of it."""

    symbol: str
    title: Text
    units: str
    low: float = 0.0
    high: float = np.inf


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of growth curve.

    Parameters
    ----------
    value : function of age and the parameters
        Stock at an age (years, not negative).
    increment : function of age and the parameters
        Current annual increment: the derivative of `value` by age.
    age : function of stock and the parameters
        The age at which a stand has the stock; NaN where no age has it.
    start : function of a share
        First guesses for a fit where time is counted in mean ages, the rate is 1, and at the mean
        age the stock is this share of the asymptote.
    """

    id: str
    title: Text
    formula: str
    source: Citation
    parameters: Mapping[str, Shape]
    value: Callable[..., Values]
    increment: Callable[..., Values]
    age: Callable[..., Values]
    start: Callable[[float], Mapping[str, float]]
    note: Text = NO_TEXT

    def __post_init__(self) -> None:
        for kernel, first in ((self.value, "age"), (self.increment, "age"), (self.age, "stock")):
            got = tuple(inspect.signature(kernel).parameters)
            if got != (first, *self.parameters):
                raise SpecError(where=self.id, got=got, want=(first, *self.parameters))


def gradient(function: Callable[[Values], Values], at: Numbers) -> Numbers:
    """Return the derivatives of a function by each of its numbers, exact to rounding.

    Parameters
    ----------
    function : from (k,) to (...) values
        Analytic: a small step along the imaginary axis changes its imaginary part alone.
    at : (k,) array

    Returns
    -------
    (k, ...) array
    """
    found = []
    for place in range(len(at)):
        beside = at.astype(np.complex128)
        beside[place] += complex(0.0, STEP)
        found.append(np.imag(function(beside)) / STEP)
    return np.array(found, dtype=np.float64)
