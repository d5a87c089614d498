"""IPCC approach 2: draws of factors through an equation.

For what is not linear in its factors. Each factor is drawn once per draw, for all parcels and
years: that is what a shared factor is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from sinks.uncertainty.random_fields import normal_numbers

__all__ = ["DISTRIBUTIONS", "Uncertain", "monte_carlo"]

Numbers = npt.NDArray[np.float64]


def _normal(mean: float, se: float, z: Numbers) -> Numbers:
    return mean + se * z


def _not_negative(mean: float, se: float, z: Numbers) -> Numbers:
    return np.maximum(_normal(mean, se, z), 0)


def _lognormal(mean: float, se: float, z: Numbers) -> Numbers:
    """Return draws with this mean and standard error, all above 0."""
    variance = np.log1p((se / mean) ** 2)
    drawn: Numbers = mean * np.exp(np.sqrt(variance) * z - variance / 2)
    return drawn


DISTRIBUTIONS: Mapping[str, Callable[[float, float, Numbers], Numbers]] = {
    "normal": _normal,
    "not_negative": _not_negative,
    "lognormal": _lognormal,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """A factor with its standard error.

    Parameters
    ----------
    mean, se : float
        In the factor's unit; a lognormal one has a mean above 0.
    distribution : str
        normal, not_negative (a normal draw below 0 counts as 0), or lognormal.
    """

    mean: float
    se: float
    distribution: str = "normal"

    def __post_init__(self) -> None:
        if self.distribution not in DISTRIBUTIONS:
            raise UnknownNameError(
                where="draws", kind=Text("分布", "distribution"), name=self.distribution,
                hint=suggestion(self.distribution, DISTRIBUTIONS),
            )  # fmt: skip


def monte_carlo(
    kernel: Callable[..., Numbers], factors: Mapping[str, Uncertain], *, draws: int, seed: int
) -> Numbers:
    """Return an equation's result for draws of its factors, (draws,).

    A factor's draws depend on the seed and its name alone: two equations with the same factor see
    the same draws, so that their difference is right.
    """
    return kernel(
        **{
            name: DISTRIBUTIONS[f.distribution](
                f.mean, f.se, normal_numbers(seed, name, 0, (draws,)).astype(np.float64)
            )
            for name, f in factors.items()
        }
    )
