"""How far residuals are alike: an exponential variogram of what is left at the plots.

    gamma(h) = nugget + sill (1 - exp(-3 h / range))

The range is the practical one, at which 95 % of the sill is reached; the correlation of two errors
at a distance is sill / (nugget + sill) exp(-3 h / range).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.spatial.distance import pdist

__all__ = ["Lags", "Variogram", "fitted", "semivariances"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
PRACTICAL = 3
"""exp(-3) is 5 %: what the practical range of an exponential leaves of the correlation."""


@dataclass(frozen=True, kw_only=True)
class Lags:
    """Semivariances by distance class, (lag,) arrays: mean distance (m), pairs, semivariance."""

    distance: Floats
    pairs: Ints
    semivariance: Floats


@dataclass(frozen=True, kw_only=True)
class Variogram:
    """A fitted exponential variogram; `nugget` and `sill` in the square of the residuals' unit.

    `range_m` is the practical range in metres; `longest_m` the largest distance that was looked
    at: a range at it says only that it is not shorter.
    """

    nugget: float
    sill: float
    range_m: float
    longest_m: float

    @property
    def correlated_share(self) -> float:
        """Return the share of the variance that is correlated in space."""
        return self.sill / (self.nugget + self.sill)

    def correlation(self, distance: Floats) -> Floats:
        """Return the correlation of the errors of two places this far apart, m."""
        rho = self.correlated_share * np.exp(-PRACTICAL * distance / self.range_m)
        return np.where(distance == 0, 1.0, rho)


def semivariances(x: Floats, y: Floats, residuals: Floats, lags: int, reach: float) -> Lags:
    """Return the semivariances of residuals, in classes of equal width.

    Parameters
    ----------
    x, y : (n,) arrays, m
    residuals : (n,) array
    lags : int
        Number of classes.
    reach : float
        Share of the largest distance up to which pairs are looked at.
    """
    apart = pdist(np.column_stack([x, y]))
    half = pdist(residuals[:, np.newaxis], "sqeuclidean") / 2
    width = apart.max() * reach / lags
    number = np.minimum((apart / width).astype(np.int64), lags)  # the last: beyond the reach
    pairs = np.bincount(number, minlength=lags + 1)[:lags]
    kept = pairs > 0
    means = [np.bincount(number, v, lags + 1)[:lags][kept] / pairs[kept] for v in (apart, half)]
    return Lags(distance=means[0], pairs=pairs[kept], semivariance=means[1])


def fitted(lags: Lags) -> Variogram:
    """Return the exponential variogram that fits best, classes weighted by their pairs."""
    longest = float(lags.distance.max())
    top = float(np.average(lags.semivariance, weights=lags.pairs))
    weight = np.sqrt(lags.pairs / lags.pairs.sum())

    def misfit(of: Floats) -> Floats:
        nugget, sill, reach = of
        model = nugget + sill * (1 - np.exp(-PRACTICAL * lags.distance / (reach * longest)))
        return np.asarray(weight * (model - lags.semivariance / top))

    shortest = float(lags.distance.min()) / longest
    starts = [(share, 1 - share, reach) for share in (1 / 10, 1 / 2) for reach in (1 / 4, 3 / 4)]
    limits = ([0, 0, shortest / PRACTICAL], [np.inf, np.inf, 1])
    best = min(
        (least_squares(misfit, np.clip(s, limits[0], limits[1]), bounds=limits) for s in starts),
        key=lambda found: found.cost,
    )
    nugget, sill, reach = best.x
    return Variogram(
        nugget=float(nugget) * top, sill=float(sill) * top, range_m=float(reach) * longest,
        longest_m=longest,
    )  # fmt: skip
