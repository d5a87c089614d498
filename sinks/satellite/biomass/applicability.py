"""Where a model may be trusted: the area of applicability, by dissimilarity to the training plots.

    DI(x) = min_i | x - x_i |_w / mean_i mean_(j != i) | x_i - x_j |_w

Features are standardised and weighted by their importance in the model. The threshold is the
largest dissimilarity that a training plot has to the plots of other folds and that is no outlier:
none above the third quartile plus so many interquartile ranges.

References
----------
Meyer and Pebesma 2021, Predicting into unknown space? Estimating the area of applicability of
spatial prediction models.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

__all__ = ["Applicability", "applicability", "outlier_free_maximum"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Applicability:
    """What it takes to say whether a cell is like the plots.

    Parameters
    ----------
    centre, weight : (feature,) arrays
        A feature less `centre`, times `weight`, is a coordinate: its importance by its spread.
    points : (plot, feature) array
        The training plots in these coordinates.
    distance : float
        Mean distance between training plots.
    training : (plot,) array
        Dissimilarity of each training plot to those of other folds.
    threshold : float
        Largest dissimilarity inside the area of applicability.
    """

    centre: Floats
    weight: Floats
    points: Floats
    distance: float
    training: Floats
    threshold: float

    def dissimilarity(self, features: Floats) -> Floats:
        """Return the dissimilarity index of cells, (cell, feature) to (cell,)."""
        nearest, _ = cKDTree(self.points).query((features - self.centre) * self.weight)
        return np.asarray(nearest / self.distance)


def applicability(
    features: Floats, importance: Floats, folds: Ints, whisker: float
) -> Applicability:
    """Return the area of applicability of a model.

    Parameters
    ----------
    features : (plot, feature) array
    importance : (feature,) array
        Weights of the features; not negative.
    folds : (plot,) array
    whisker : float
        Interquartile ranges above the third quartile from which a dissimilarity is an outlier.
    """
    centre, spread = features.mean(axis=0), features.std(axis=0, ddof=1)
    weight = np.divide(importance, spread, out=np.zeros_like(spread), where=spread > 0)
    points = (features - centre) * weight
    distance = float(pdist(points).mean())
    training = np.empty(len(points))
    for fold in np.unique(folds):
        here = folds == fold
        training[here] = cKDTree(points[~here]).query(points[here])[0] / distance
    return Applicability(
        centre=centre, weight=weight, points=points, distance=distance, training=training,
        threshold=outlier_free_maximum(training, whisker),
    )  # fmt: skip


def outlier_free_maximum(values: Floats, whisker: float) -> float:
    """Return the largest value that is not above the third quartile by `whisker` ranges."""
    first, third = np.quantile(values, [1 / 4, 3 / 4])
    return float(values[values <= third + whisker * (third - first)].max())
