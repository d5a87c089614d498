"""The change of a product of factors, shared out over the factors exactly."""

from collections.abc import Sequence
from itertools import combinations
from math import comb, prod

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def shapley(before: Sequence[Floats], after: Sequence[Floats]) -> list[Floats]:
    r"""Return each factor's part of the change of the product of all factors.

    .. math:: \phi_f = (x_f' - x_f) \sum_{S \not\ni f} \frac{1}{n \binom{n-1}{|S|}}
              \prod_{g \in S} x_g' \prod_{g \notin S,\, g \ne f} x_g

    The mean, over all orders in which the factors could change one after the other, of what a
    factor's own step adds. So no order is preferred, the parts add up to the change, and swapping
    before and after turns every sign.

    Parameters
    ----------
    before, after : sequence of array
        The factors in the same order; arrays of one shape.
    """
    return [_part(before, after, factor) for factor in range(len(before))]


def _part(before: Sequence[Floats], after: Sequence[Floats], factor: int) -> Floats:
    others = [g for g in range(len(before)) if g != factor]
    mean = np.zeros_like(before[factor])
    for size in range(len(others) + 1):
        weight = 1 / (len(before) * comb(len(others), size))
        for changed in combinations(others, size):
            mean += weight * prod(after[g] if g in changed else before[g] for g in others)
    return (after[factor] - before[factor]) * mean
