"""How far a prediction may be off: a conformal quantile over blocks.

Plots of one block err alike, so it is the blocks that are exchangeable, not the plots. A block not
seen before takes its place among the K seen: each weighs 1 / (K + 1), shared out among its plots,
and the one to come weighs as much, at infinity.

    q = min { s : sum_k  #{i in k : s_i <= s} / n_k / (K + 1)  >=  level }

With one plot a block this is the ceil((K + 1) level)-th smallest score of split conformal
prediction.

References
----------
Lee, Barber, Willett 2023, Distribution-free inference with hierarchical data; Dunn, Wasserman,
Ramdas 2022, Distribution-free prediction sets for two-layer hierarchical models.
"""

import math

import numpy as np
import numpy.typing as npt

__all__ = ["block_quantile", "covered_by_others", "least_blocks"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ALIKE = 1e-12
"""Relative difference of weights that is rounding."""


def block_quantile(scores: Floats, blocks: Ints, level: float) -> float:
    """Return the score that a plot of a new block stays below with this probability.

    Parameters
    ----------
    scores : (n,) array
        Errors of plots by models that did not see their blocks; in any unit.
    blocks : (n,) array
    level : float, within 0 and 1

    Returns
    -------
    float
        Infinite where there are fewer blocks than `least_blocks`.
    """
    _, member, size = np.unique(blocks, return_inverse=True, return_counts=True)
    weight = 1 / (size[member.ravel()] * (len(size) + 1))
    order = np.argsort(scores, kind="stable")
    reached = np.flatnonzero(np.cumsum(weight[order]) >= level * (1 - ALIKE))
    return float(scores[order][reached[0]]) if len(reached) else math.inf


def least_blocks(level: float) -> int:
    """Return how many blocks it takes for an interval of this level: K / (K + 1) >= level."""
    return math.ceil(level / (1 - level) * (1 - ALIKE))


def covered_by_others(scores: Floats, blocks: Ints, level: float) -> npt.NDArray[np.bool_]:
    """Return whether each plot is within the interval that all other blocks give, (n,)."""
    within = np.zeros(len(scores), dtype=np.bool_)
    for block in np.unique(blocks):
        here = blocks == block
        within[here] = scores[here] <= block_quantile(scores[~here], blocks[~here], level)
    return within
