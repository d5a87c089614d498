"""Spatial blocks and folds: what is held out together, so that no plot is tested on its neighbour.

The fold of a plot is a function of its block alone, and the block one of where the plot lies. Plots
that touch a common cell share pixels: they go with the first of them, into one block.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

__all__ = ["blocks_of", "folds_of"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def blocks_of(x: Floats, y: Floats, side: float, plots: Ints, cells: Ints) -> Ints:
    """Return the number of each plot's block.

    Parameters
    ----------
    x, y : (n,) arrays, m
        Middles of the plots in a plane.
    side : float, m
        Of the square blocks, counted from the plane's origin.
    plots, cells : (k,) arrays
        Which plot touches which cell.

    Returns
    -------
    (n,) array
        Blocks are numbered from 0 in the order of their places, west to east, south to north.
    """
    size = len(x)
    _, column = np.unique(cells, return_inverse=True)
    touch = coo_array((np.ones(len(plots)), (plots, size + column)),
                      shape=(size + len(column),) * 2)  # fmt: skip
    _, cluster = connected_components(touch, directed=False)
    _, first, member = np.unique(cluster[:size], return_index=True, return_inverse=True)
    leader = first[member]
    place = np.column_stack([np.floor(x[leader] / side), np.floor(y[leader] / side)])
    _, block = np.unique(place, axis=0, return_inverse=True)
    return np.asarray(block, dtype=np.int64).ravel()


def folds_of(blocks: Ints, folds: int, seed: int) -> Ints:
    """Return the fold of each plot: blocks are dealt out in an order that the seed decides.

    Parameters
    ----------
    blocks : (n,) array
    folds : int
        At most; there are no more folds than blocks.

    Returns
    -------
    (n,) array, from 0
    """
    known, member = np.unique(blocks, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(known))
    return np.asarray((order % min(folds, len(known)))[member.ravel()], dtype=np.int64)
