"""Two dates: how much the index changed, how severe that is, and how sure.

dNBR = NBR_before - NBR_after; a class begins at its least dNBR. Confidence is the share of land
that did not change whose index fell by less: with m the median and s = 1.4826 MAD of all falls,

    confidence = Phi((fall - m) / s)

Most of the land is taken to be undisturbed: the median and the MAD do not feel the rest.
"""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from data_catalog.spec import Pixels

__all__ = ["confidence_of_fall", "fall", "severity"]

UPPER_QUARTILE = NormalDist().inv_cdf(3 / 4)
"""MAD of a normal distribution, in standard deviations."""


def fall(before: Pixels, after: Pixels) -> Pixels:
    """Return how much an index fell, in its units; negative where it rose."""
    return before - after


def severity(falls: Pixels, least: Sequence[float]) -> npt.NDArray[np.float64]:
    """Return the class of each fall: 0 below the first limit, 1 from it on ...; NaN for NaN.

    Parameters
    ----------
    least : sequence of float, units of the index
        Where each class begins, increasing; the limit itself belongs to its class.
    """
    classes = np.searchsorted(np.asarray(least), falls, side="right").astype(np.float64)
    return np.where(np.isnan(falls), np.nan, classes)


def confidence_of_fall(falls: Pixels) -> Pixels:
    """Return the confidence in each fall, 0..1; NaN for NaN.

    Parameters
    ----------
    falls : array
        Of all land that is looked at, disturbed or not.
    """
    from scipy.special import ndtr

    known = falls[~np.isnan(falls)]
    if known.size == 0:
        return np.full(falls.shape, np.nan)
    middle = float(np.median(known))
    spread = float(np.median(np.abs(known - middle))) / UPPER_QUARTILE
    if spread == 0:
        return np.where(np.isnan(falls), np.nan, np.where(falls > middle, 1.0, 0.0))
    return np.asarray(ndtr((falls - middle) / spread))
