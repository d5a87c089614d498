"""How right the model was at the plots that it had not seen: figures of the model card.

A bias is predicted less observed, t_dm/ha. By classes of what was observed, any model that
averages is too high at the low end and too low at the high end; by classes of what it predicts, an
unbiased one shows nothing.
"""

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["by_class", "by_fold", "overall", "saturation"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def overall(observed: Floats, predicted: Floats) -> dict[str, float]:
    """Return root mean square error, bias, mean absolute error and share of variance explained."""
    error = predicted - observed
    scatter = float(np.sum((observed - observed.mean()) ** 2))
    return {
        "rmse": _rmse(error),
        "bias": float(error.mean()),
        "mean_absolute_error": float(np.abs(error).mean()),
        "explained_share": 1 - float(np.sum(error**2)) / scatter,
    }


def by_fold(observed: Floats, predicted: Floats, folds: Ints, blocks: Ints) -> list[dict[str, Any]]:
    """Return blocks, plots, error and bias of each fold."""
    rows = []
    for fold in np.unique(folds):
        here = folds == fold
        error = predicted[here] - observed[here]
        rows.append({
            "fold": int(fold), "blocks": len(np.unique(blocks[here])), "plots": int(here.sum()),
            "rmse": _rmse(error), "bias": float(error.mean()),
        })  # fmt: skip
    return rows


def by_class(
    of: Floats, observed: Floats, predicted: Floats, limits: Floats
) -> list[dict[str, Any]]:
    """Return plots, means, bias and error by class.

    Parameters
    ----------
    of : (n,) array, t_dm/ha
        What the classes are of: `observed` or `predicted`.
    limits : (k,) array, t_dm/ha
        Where a class ends and the next begins, ascending; a plot at a limit is in the higher one.
    """
    number = np.searchsorted(limits, of, side="right")
    edges = [0.0, *map(float, limits), None]
    rows: list[dict[str, Any]] = []
    for place, (low, high) in enumerate(pairwise(edges)):
        here = number == place
        row: dict[str, Any] = {"from": low, "to": high, "plots": int(here.sum())}
        if here.any():
            error = predicted[here] - observed[here]
            row |= {
                "observed": float(observed[here].mean()),
                "predicted": float(predicted[here].mean()),
                "bias": float(error.mean()), "rmse": _rmse(error),
            }  # fmt: skip
        rows.append(row)
    return rows


def saturation(observed: Floats, predicted: Floats, limit: float) -> dict[str, Any]:
    """Return how the plots at and above a biomass came out, and the largest prediction."""
    above = observed >= limit
    found: dict[str, Any] = {
        "limit": limit, "plots": int(above.sum()), "largest_observed": float(observed.max()),
        "largest_predicted": float(predicted.max()),
    }  # fmt: skip
    if above.any():
        found["bias"] = float((predicted - observed)[above].mean())
    return found


def _rmse(error: Floats) -> float:
    return float(np.sqrt(np.mean(error**2)))
