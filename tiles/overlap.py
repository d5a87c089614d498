"""What lies under a cell: exact areas of source pixels in the cell's quadrilateral.

A cell of the grid, drawn in the source raster, is a quadrilateral a little turned and sheared. Its
value is the mean of the pixels under it, or the class that covers most of it, by area and exactly.

Where a pixel begins and ends, and in which order pixels are added, follow from coordinates that
are global to the source raster; the window in memory only shifts the index. So a cell has the same
bytes in any tile. No `fastmath`: it would let the compiler add in an order of its own.
"""

from math import ceil, floor

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["overlap_majority", "overlap_mean", "source_window"]

Floats = NDArray[np.float64]

SNAP = 1e-9  # source pixels; nearer than this to a pixel's edge is on it
SLIVER = 1e-9  # share of a cell; a smaller overlap is the rounding of an overlap that is none
ROOM = 64  # source pixels along a cell, to begin with
WIDEST = 2**20  # source pixels; such a cell comes of a point at the rim of a projection


def source_window(
    x: Floats, y: Floats, width: int, height: int
) -> tuple[int, int, int, int] | None:
    """Return the smallest window of the source raster that lies under these cells.

    Parameters
    ----------
    x, y : (rows + 1, cols + 1) arrays, source pixels
        Corners of the cells. Those that are not finite are passed over.
    width, height : int, source pixels
        Of the source raster.

    Returns
    -------
    row_from, row_to, col_from, col_to : int, or None
        Clipped to the raster, `to` excluded; None if the cells lie beside it.
    """
    top, bottom, left, right = _bounds(x, y)
    if not (left < width and right > 0 and top < height and bottom > 0):
        return None
    rows = max(floor(top), 0), ceil(min(bottom, height))
    cols = max(floor(left), 0), ceil(min(right, width))
    return (*rows, *cols)


def overlap_mean(
    source: NDArray[np.floating],
    x: Floats,
    y: Floats,
    row_origin: int,
    col_origin: int,
    least_share: float,
) -> Floats:
    """Return the mean of the source under each cell, weighted by area.

    Parameters
    ----------
    source : (H, W) array, float32 or float64
        A window of the source raster that covers the cells; NaN is missing.
    x, y : (h + 1, w + 1) arrays, source pixels
        Corners of the cells, global to the source raster.
    row_origin, col_origin : int, source pixels
        Where the window begins in the source raster.
    least_share : float, share of the cell's area
        A cell is missing if less of it lies on valid pixels.

    Returns
    -------
    (h, w) array, units of `source`
        NaN is missing.
    """
    return _means(source, x, y, row_origin, col_origin, least_share)


def overlap_majority(
    source: NDArray[np.unsignedinteger],
    missing: int,
    x: Floats,
    y: Floats,
    row_origin: int,
    col_origin: int,
    least_share: float,
) -> NDArray[np.unsignedinteger]:
    """Return the class that covers most of each cell; of equals, the smallest code.

    Parameters
    ----------
    source : (H, W) array, uint8 or uint16
        Class codes of a window of the source raster that covers the cells.
    missing : int
        The code that is no class.
    x, y, row_origin, col_origin, least_share
        As in `overlap_mean`.

    Returns
    -------
    (h, w) array, dtype of `source`
    """
    codes = int(np.iinfo(source.dtype).max) + 1
    return _majorities(
        source, missing, x, y, row_origin, col_origin, least_share, np.zeros(codes)
    )


@nb.njit(cache=True, nogil=True)
def _snap(v: float) -> float:
    """Return the coordinate, on the pixel's edge if it is there but for rounding."""
    edge = np.rint(v)
    return edge if abs(v - edge) < SNAP else v


@nb.njit(cache=True, nogil=True)
def _bounds(x: Floats, y: Floats) -> tuple[float, float, float, float]:
    """Return the top, bottom, left and right of all finite corners."""
    top, bottom, left, right = np.inf, -np.inf, np.inf, -np.inf
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            if np.isfinite(x[i, j]) and np.isfinite(y[i, j]):
                top, bottom = min(top, y[i, j]), max(bottom, y[i, j])
                left, right = min(left, x[i, j]), max(right, x[i, j])
    return _snap(top), _snap(bottom), _snap(left), _snap(right)


@nb.njit(cache=True, nogil=True)
def _reach(x: Floats, y: Floats, i: int, j: int) -> tuple[int, int, int, int]:
    """Return the rows and columns of pixels a cell reaches, `to` excluded; none if it has none."""
    nw, ne, sw, se = x[i, j], x[i, j + 1], x[i + 1, j], x[i + 1, j + 1]
    left, right = _snap(min(nw, ne, sw, se)), _snap(max(nw, ne, sw, se))
    every = nw + ne + sw + se
    nw, ne, sw, se = y[i, j], y[i, j + 1], y[i + 1, j], y[i + 1, j + 1]
    top, bottom = _snap(min(nw, ne, sw, se)), _snap(max(nw, ne, sw, se))
    every += nw + ne + sw + se
    if not (np.isfinite(every) and right - left < WIDEST and bottom - top < WIDEST):
        return 0, 0, 0, 0
    return floor(top), ceil(bottom), floor(left), ceil(right)


@nb.njit(cache=True, nogil=True)
def _take_ring(
    x: Floats, y: Floats, i: int, j: int, row_from: int, col_from: int, ring: Floats
) -> tuple[float, bool]:
    """Put a cell's corners in `ring`, clockwise and back to the first, from its first pixel on.

    Returns its area in source pixels, and whether it is a rectangle along rows and columns.
    """
    for k in range(5):  # noqa: PLR2004  (four corners and the first again)
        down, along = k % 4 // 2, (k + 1) % 4 // 2
        ring[0, k] = _snap(x[i + down, j + along]) - col_from
        ring[1, k] = _snap(y[i + down, j + along]) - row_from
    area = (ring[0, 2] - ring[0, 0]) * (ring[1, 3] - ring[1, 1]) / 2
    area -= (ring[0, 3] - ring[0, 1]) * (ring[1, 2] - ring[1, 0]) / 2
    upright = (
        abs(ring[0, 0] - ring[0, 3]) < SNAP
        and abs(ring[0, 1] - ring[0, 2]) < SNAP
        and abs(ring[1, 0] - ring[1, 1]) < SNAP
        and abs(ring[1, 2] - ring[1, 3]) < SNAP
    )
    if area < 0:
        ring[:] = ring[:, ::-1].copy()
    return abs(area), upright


@nb.njit(cache=True, nogil=True)
def _areas_in_row(ring: Floats, upright: bool, row: int, cols: int, areas: Floats) -> None:
    """Fill `areas[:cols]` with the area of the ring in each pixel of one row."""
    areas[: cols + 2] = 0
    if upright:
        top, bottom = min(ring[1, 0], ring[1, 2]), max(ring[1, 0], ring[1, 2])
        left, right = min(ring[0, 0], ring[0, 2]), max(ring[0, 0], ring[0, 2])
        height = min(bottom, row + 1) - max(top, row)
        for col in range(cols):
            areas[col] = height * (min(right, col + 1) - max(left, col))
        return
    for k in range(4):  # noqa: PLR2004  (four sides)
        _add_side(ring[0, k], ring[1, k], ring[0, k + 1], ring[1, k + 1], row, areas)
    for col in range(1, cols):
        areas[col] += areas[col - 1]


@nb.njit(cache=True, nogil=True)
def _add_side(
    x_from: float, y_from: float, x_to: float, y_to: float, row: int, areas: Floats
) -> None:
    """Add what lies right of a side, in one row of pixels, to the differences between pixels.

    Upward sides add and downward sides take away; summed along the row, what is left is the area
    inside the ring. Each crossed pixel gets the part of its own width that is right of the side,
    and the next pixel the rest of it.
    """
    low, high = max(min(y_from, y_to), row), min(max(y_from, y_to), row + 1)
    if not low < high:
        return
    slope = (x_to - x_from) / (y_to - y_from)
    at_low, at_high = x_from + (low - y_from) * slope, x_from + (high - y_from) * slope
    # rounding must not carry an end beyond the side, and so beyond the cell's last pixel
    least, most = min(x_from, x_to), max(x_from, x_to)
    left = min(max(min(at_low, at_high), least), most)
    right = min(max(max(at_low, at_high), least), most)
    height = high - low if y_to < y_from else low - high
    first, last = int(left), int(right)
    if first == last:
        beyond = height * ((left + right) / 2 - first)
        areas[first] += height - beyond
        areas[first + 1] += beyond
        return
    for col in range(first, last + 1):
        start, end = max(left, col), min(right, col + 1)
        part = height * (end - start) / (right - left)
        beyond = part * ((start + end) / 2 - col)
        areas[col] += part - beyond
        areas[col + 1] += beyond


@nb.njit(cache=True, nogil=True)
def _means(
    source: NDArray[np.floating],
    x: Floats,
    y: Floats,
    row_origin: int,
    col_origin: int,
    least_share: float,
) -> Floats:
    out = np.full((x.shape[0] - 1, x.shape[1] - 1), np.nan)
    ring, areas = np.empty((2, 5)), np.empty(ROOM)
    bottom, right = row_origin + source.shape[0], col_origin + source.shape[1]
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            row_from, row_to, col_from, col_to = _reach(x, y, i, j)
            rows = range(max(row_from, row_origin), min(row_to, bottom))
            cols = range(max(col_from, col_origin), min(col_to, right))
            if len(rows) == 0 or len(cols) == 0:
                continue
            if row_to - row_from == 1 and col_to - col_from == 1:
                out[i, j] = source[row_from - row_origin, col_from - col_origin]
                continue
            if col_to - col_from + 2 > areas.size:
                areas = np.empty(2 * (col_to - col_from + 2))
            area, upright = _take_ring(x, y, i, j, row_from, col_from, ring)
            total, valid = 0.0, 0.0
            for row in rows:
                _areas_in_row(ring, upright, row - row_from, col_to - col_from, areas)
                for col in cols:
                    value, part = source[row - row_origin, col - col_origin], areas[col - col_from]
                    if part > SLIVER * area and not np.isnan(value):
                        total += part * value
                        valid += part
            if valid > 0 and valid >= (least_share - SLIVER) * area:
                out[i, j] = total / valid
    return out


@nb.njit(cache=True, nogil=True)
def _majorities(
    source: NDArray[np.unsignedinteger],
    missing: int,
    x: Floats,
    y: Floats,
    row_origin: int,
    col_origin: int,
    least_share: float,
    area_of: Floats,
) -> NDArray[np.unsignedinteger]:
    out = np.full((x.shape[0] - 1, x.shape[1] - 1), missing, source.dtype)
    ring, areas = np.empty((2, 5)), np.empty(ROOM)
    bottom, right = row_origin + source.shape[0], col_origin + source.shape[1]
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            row_from, row_to, col_from, col_to = _reach(x, y, i, j)
            rows = range(max(row_from, row_origin), min(row_to, bottom))
            cols = range(max(col_from, col_origin), min(col_to, right))
            if len(rows) == 0 or len(cols) == 0:
                continue
            if row_to - row_from == 1 and col_to - col_from == 1:
                out[i, j] = source[row_from - row_origin, col_from - col_origin]
                continue
            if col_to - col_from + 2 > areas.size:
                areas = np.empty(2 * (col_to - col_from + 2))
            area, upright = _take_ring(x, y, i, j, row_from, col_from, ring)
            valid, largest = 0.0, 0.0
            for row in rows:
                _areas_in_row(ring, upright, row - row_from, col_to - col_from, areas)
                for col in cols:
                    code, part = source[row - row_origin, col - col_origin], areas[col - col_from]
                    if part > SLIVER * area and code != missing:
                        area_of[code] += part
                        valid += part
                        largest = max(largest, area_of[code])
            best = area_of.size
            for row in rows:
                for col in cols:
                    code = source[row - row_origin, col - col_origin]
                    if area_of[code] >= largest - SLIVER * area:
                        best = min(best, code)
            for row in rows:
                for col in cols:
                    area_of[source[row - row_origin, col - col_origin]] = 0
            if valid > 0 and valid >= (least_share - SLIVER) * area:
                out[i, j] = best
    return out
