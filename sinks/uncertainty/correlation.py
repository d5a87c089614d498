"""How alike the errors of a map are at two places, and of the means of two squares.

Correlation falls with distance; at the practical range about 0.05 of it is left (none of the
spherical one). What counts for a parcel is not the correlation of two points but its mean over
all pairs of points of the parcel, rho: the standard error of the parcel's mean is sqrt(rho) times
that of a pixel, which for a parcel smaller than the range is nearly all of it. sigma / sqrt(n)
holds only for n pixels that have nothing to do with each other.

    Var(mean) = (1/n^2) sum_i sum_j s_i s_j rho(d_ij)

References
----------
[plot_to_map] mean over all pairs of pixels of SD_i SD_j corr_ij, nugget 0 at block support.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.parameters import engine_number
from data_catalog.text import Text

__all__ = ["MODELS", "Correlation", "exchangeable_factor", "mean_in_square", "table_of_squares"]

Numbers = npt.NDArray[np.float64]

DECAY = 3.0
"""At the practical range exp(-3), some 0.05, of the correlation is left: what the range means."""


def _exponential(h: Numbers) -> Numbers:
    return np.exp(-DECAY * h).astype(np.float64)


def _gaussian(h: Numbers) -> Numbers:
    return np.exp(-DECAY * h**2).astype(np.float64)


def _spherical(h: Numbers) -> Numbers:
    inside = np.minimum(h, 1)
    shared: Numbers = 1 - (3 * inside - inside**3) / 2  # of the volumes of two balls
    return shared


MODELS: Mapping[str, Callable[[Numbers], Numbers]] = {
    "exponential": _exponential,
    "gaussian": _gaussian,
    "spherical": _spherical,
}
"""Correlation by distance in practical ranges."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """The correlation of errors by distance.

    Parameters
    ----------
    model : str
        exponential, gaussian or spherical.
    range_m : float, m
        Practical range; not the e-folding length.

    Raises
    ------
    UnknownNameError
        If there is no such model.
    ValueError
        If the range is not above 0.
    """

    model: str
    range_m: float

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise UnknownNameError(
                where="correlation", kind=Text("相关模型", "correlation model"),
                name=self.model, hint=suggestion(self.model, set(MODELS)),
            )  # fmt: skip
        if not (np.isfinite(self.range_m) and self.range_m > 0):
            message = f"correlation range {self.range_m} m: give one above 0 m."
            raise ValueError(message)

    def at(self, distance_m: npt.ArrayLike) -> Numbers:
        """Return the correlation at distances in m, each at least 0."""
        return MODELS[self.model](np.asarray(distance_m, dtype=np.float64) / self.range_m)


def exchangeable_factor(n: npt.ArrayLike, rho: npt.ArrayLike) -> Numbers:
    """Return the standard error of a mean over that of one, all n with the same correlation rho."""
    count, alike = np.asarray(n, dtype=np.float64), np.asarray(rho, dtype=np.float64)
    return np.sqrt((1 + (count - 1) * alike) / count)


def mean_in_square(correlation: Correlation, side_m: float) -> float:
    """Return the mean correlation of all pairs of points in a square, 0 to 1."""
    return float(table_of_squares(correlation, side_m, None, 1)[0, 0])


@cache
def table_of_squares(
    correlation: Correlation, side_m: float, pixels: int | None, size: int
) -> Numbers:
    """Return the mean correlation of two squares of a lattice, by columns and rows apart.

    Parameters
    ----------
    side_m : float, m
        Side of the squares.
    pixels : int or None
        Pixels along a side; the error is then that of whole pixels, whose correlation is that
        of their centres. None where it is that of points.
    size : int
        The table reaches to `size` - 1 squares apart.

    Returns
    -------
    (size, size) array
        [0, 0] is the mean correlation within a square.
    """
    exact = int(engine_number("quadrature_nodes_near"))
    apart = np.arange(size, dtype=np.float64)
    steps, weights = _steps(pixels, int(engine_number("quadrature_nodes_far")))
    table = np.zeros((size, size))
    offset = apart[:, None] + steps  # (size, steps)
    for i, across in enumerate(offset):
        for step, weight in zip(across, weights, strict=True):
            distance = side_m * np.hypot(step, offset[i:])
            part = weight * (correlation.at(distance) @ weights)
            table[i, i:] += part
    table = np.triu(table) + np.triu(table, 1).T
    steps, weights = _steps(pixels, exact)
    for i in range(min(size, 2)):  # neighbours, where correlation bends most
        for j in range(min(size, 2)):
            distance = side_m * np.hypot((i + steps)[:, None], j + steps)
            table[i, j] = weights @ correlation.at(distance) @ weights
    table.flags.writeable = False
    return table


def _steps(pixels: int | None, nodes: int) -> tuple[Numbers, Numbers]:
    """Return differences of two places in a unit side and how often they occur: a triangle.

    A side of few pixels has a sum over their pairs, exactly; other sides a Gauss-Legendre rule of
    `nodes` nodes for each half of the triangle.
    """
    if pixels is not None and pixels <= nodes:
        apart = np.arange(1 - pixels, pixels)
        return apart / pixels, (pixels - np.abs(apart)) / pixels**2
    at, weight = np.polynomial.legendre.leggauss(nodes)
    at, weight = (at + 1) / 2, weight / 2
    return np.concatenate([-at, at]), np.tile(weight * (1 - at), 2)
