"""A layer on a tile of the grid: cell by cell where the grids are one, by overlap otherwise."""

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tiles.blocks import OUTSIDE
from tiles.codes import NO_CODE, small_codes, true_codes
from tiles.grid import Tile
from tiles.overlap import overlap_majority, overlap_mean, source_window, under_middle
from tiles.rasters import OpenRaster, Raster, Raw, to_float

WINDOW_CELLS = 1 << 24
"""Source pixels held at a time while a finer layer is brought onto the grid."""


def read_aligned(raster: Raster, file: OpenRaster | None, tile: Tile, least_share: float) -> Raw:
    """Return a layer on a tile, (rows, cols).

    Parameters
    ----------
    least_share : float
        A cell with less than this share of valid source area is missing.

    Returns
    -------
    array
        Stored values where the grids are one (nodata as stored); otherwise means with NaN for
        missing, or codes as signed integers with `OUTSIDE` for missing.
    """
    if file is None:
        value = math.nan if raster.constant is None else raster.constant
        return np.broadcast_to(np.float64(value), tile.shape)
    if raster.lattice is None:
        return _same_grid(raster, file, tile)
    parts = [_overlapped(raster, file, strip, least_share) for strip in _strips(raster, tile)]
    return np.concatenate(parts)


def _same_grid(raster: Raster, file: OpenRaster, tile: Tile) -> Raw:
    height, width = raster.shape
    row, col = tile.row_from + raster.shift[0], tile.col_from + raster.shift[1]
    rows, cols = tile.shape
    row_to, col_to = min(row + rows, height), min(col + cols, width)
    if row >= 0 and col >= 0 and (row_to - row, col_to - col) == tile.shape:
        return file.read(row, row_to, col, col_to)
    return _padded(raster, file, (max(row, 0), row_to, max(col, 0), col_to), (row, col), tile)


def _padded(
    raster: Raster,
    file: OpenRaster,
    window: tuple[int, int, int, int],
    origin: tuple[int, int],
    tile: Tile,
) -> Raw:
    """Read the part of a tile that the source holds; the rest is outside."""
    row_from, row_to, col_from, col_to = window
    if row_from >= row_to or col_from >= col_to:
        if raster.is_class:
            return np.full(tile.shape, OUTSIDE, np.int32)
        return np.full(tile.shape, math.nan)
    stored = file.read(*window)
    if raster.is_class:
        padded: Raw = np.full(tile.shape, OUTSIDE, np.result_type(np.int32, stored.dtype))
    else:
        stored = to_float(stored, file.nodata)
        padded = np.full(tile.shape, math.nan)
    top, left = row_from - origin[0], col_from - origin[1]
    padded[top : top + row_to - row_from, left : left + col_to - col_from] = stored
    return padded


def _overlapped(raster: Raster, file: OpenRaster, tile: Tile, least_share: float) -> Raw:
    assert raster.lattice is not None  # noqa: S101  (for the type checker: the caller looked)
    x, y = raster.lattice.corners(tile.row_from, tile.row_to, tile.col_from, tile.col_to)
    height, width = raster.shape
    window = source_window(x, y, width, height)
    if window is None:
        return _padded(raster, file, (0, 0, 0, 0), (0, 0), tile)
    stored = file.read(*window)
    row, col = window[0], window[2]
    if not raster.is_class:
        return overlap_mean(to_float(stored, file.nodata), x, y, row, col, least_share)
    small, stand_for = small_codes(raster, stored)
    if raster.pixel_a_cell:
        return true_codes(under_middle(small, NO_CODE, x, y, row, col), stand_for)
    return true_codes(overlap_majority(small, NO_CODE, x, y, row, col, least_share), stand_for)


def _strips(raster: Raster, tile: Tile) -> Iterator[Tile]:
    """Cut a tile into strips of rows whose source windows fit in memory.

    A cell's value depends on the cell alone, so the cut cannot change it.
    """
    assert raster.lattice is not None  # noqa: S101  (for the type checker: the caller looked)
    height, width = raster.shape
    x, y = raster.lattice.corners(tile.row_from, tile.row_to, tile.col_from, tile.col_to)
    window = source_window(x, y, width, height)
    pixels = (window[1] - window[0]) * (window[3] - window[2]) if window else 0
    parts = min(tile.shape[0], max(1, -(-pixels // WINDOW_CELLS)))
    edges = np.linspace(tile.row_from, tile.row_to, parts + 1).astype(int)
    for start, end in pairwise(edges):
        yield Tile(int(start), int(end), tile.col_from, tile.col_to)
