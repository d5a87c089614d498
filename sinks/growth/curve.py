"""A growth curve: a form with its parameters, what it measures the stock in, and how it errs.

The parameters of a fit err together. Their covariance is turned into independent components, each
a source of error that all stands of the curve share: with the correlations R = Q L Q^T and the
standard errors s, component j moves the parameters by s_i q_ij sqrt(l_j).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from data_catalog.errors import GepError
from data_catalog.text import Text
from sinks.growth.form import Form, Numbers, Values, gradient

__all__ = [
    "QUANTITIES",
    "SERVICE",
    "Curve",
    "FormCurve",
    "GrowthError",
    "Quantity",
    "components",
    "quantity",
]

SERVICE = "growth"
"""What parameter rows of growth are needed for, as people are told."""


class GrowthError(GepError):
    """A growth curve, its records or its stands cannot be used as they are."""

    template = Text("{where}：{problem}", "{where}: {problem}")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a curve returns: the column of records that holds it, its title and units."""

    column: str
    title: Text
    units: str


QUANTITIES = (
    Quantity("volume", Text("蓄积量", "growing stock"), "m3/ha"),
    Quantity("above_ground_biomass", Text("地上生物量", "above-ground biomass"), "t_dm/ha"),
    Quantity(
        "live_carbon", Text("活立木碳储量（含根）", "carbon of live trees with roots"), "t_C/ha"
    ),
)


def quantity(units: str) -> Quantity:
    """Return what is measured in these units."""
    return next(one for one in QUANTITIES if one.units == units)


class Curve(Protocol):
    """What a path of stock needs to know of a growth curve."""

    @property
    def name(self) -> str:
        """Return how people are told of it, and of its errors."""

    @property
    def units(self) -> str:
        """Return what the stock is measured in."""

    @property
    def theta(self) -> Numbers:
        """Return the parameters, (k,)."""

    @property
    def covariance(self) -> Numbers:
        """Return how the parameters err together, (k, k); NaN where the source does not say."""

    @property
    def ages(self) -> tuple[float, float]:
        """Return the first and the last age that the curve was made from."""

    @property
    def relative(self) -> float:
        """Return the standard deviation of stands around the curve, as a share of the stock.

        NaN where the source does not say.
        """

    def at(self, age: Values, theta: Values) -> Values:
        """Return the stock at ages, with other parameters."""

    def value(self, age: Numbers) -> Numbers:
        """Return the stock at ages, in the curve's unit."""

    def increment(self, age: Numbers) -> Numbers:
        """Return the current annual increment, in the curve's unit a year."""

    def age(self, stock: Numbers) -> Numbers:
        """Return the age of a stock, NaN where no age has it."""


@dataclass(frozen=True, kw_only=True)
class FormCurve:
    """A form with parameters.

    Parameters
    ----------
    name : str
        How people are told of it, and of its errors.
    parameters : mapping of name to number
        Those of the form, in its order, then `site <class>` for each site class but the first:
        how much more a stand of that site class holds (anamorphic curves).
    site : str
        Which of those multiplies; empty for the first site class.
    factor : float
        A site index of one's own: known, and without error.
    """

    name: str
    form: Form
    units: str
    parameters: Mapping[str, float]
    covariance: Numbers
    ages: tuple[float, float] = (0.0, np.inf)
    relative: float = np.nan
    site: str = ""
    factor: float = 1.0
    theta: Numbers = field(init=False)

    def __post_init__(self) -> None:
        numbers = np.array([*self.parameters.values()], dtype=np.float64)
        object.__setattr__(self, "theta", numbers)

    def at(self, age: Values, theta: Values) -> Values:
        """Return the stock at ages, with other parameters; either may be complex."""
        own = len(self.form.parameters)
        site = theta[list(self.parameters).index(self.site)] if self.site else 1
        return self.form.value(age, *theta[:own]) * site * self.factor

    def value(self, age: Numbers) -> Numbers:
        """Return the stock at ages (years), in the curve's unit."""
        return np.asarray(self.at(np.asarray(age, dtype=np.float64), self.theta))

    def increment(self, age: Numbers) -> Numbers:
        """Return the current annual increment, in the curve's unit a year."""
        return np.asarray(self.form.increment(age, *self._shape())) * self._scale()

    def age(self, stock: Numbers) -> Numbers:
        """Return the age of a stock, NaN where no age has it."""
        return np.asarray(self.form.age(np.asarray(stock) / self._scale(), *self._shape()))

    def se(self, age: Numbers) -> Numbers:
        """Return the standard error of the curve at ages: that of the mean of such stands."""
        of = gradient(lambda theta: self.at(age, theta), self.theta)
        return np.asarray(np.sqrt(np.einsum("i...,ij,j...->...", of, self.covariance, of)))

    def at_site(self, index: float, reference: float) -> "FormCurve":
        """Return the curve of another site: every stock times index / reference (anamorphic).

        Raises
        ------
        GrowthError
            If one of the site indices is not above zero.
        """
        if not (index > 0 and reference > 0):
            raise GrowthError(where=self.name, problem=Text(
                f"立地指数 {index:g}（基准 {reference:g}）须大于 0。",
                f"site index {index:g} (reference {reference:g}) must be above 0.",
            ))  # fmt: skip
        by = index / reference
        return replace(self, factor=self.factor * by)

    def _shape(self) -> Numbers:
        return self.theta[: len(self.form.parameters)]

    def _scale(self) -> float:
        return self.factor * (self.parameters[self.site] if self.site else 1)


def components(curve: Curve) -> dict[str, Numbers]:
    """Return by how much plus one standard error of each source moves the parameters, (k,).

    Each source is independent of the others; NaN where it is not known how the parameters err.
    """
    size = len(curve.theta)
    se = np.sqrt(np.diag(curve.covariance))
    if not np.isfinite(curve.covariance).all():
        return {curve.name: np.full(size, np.nan)}
    moved = np.where(se > 0, se, 1)
    strength, direction = np.linalg.eigh(curve.covariance / np.outer(moved, moved))
    found = {}
    for place in range(size):
        move = se * direction[:, place] * np.sqrt(max(strength[place], 0.0))
        found[f"{curve.name} ({place + 1}/{size})"] = move
    return found
