"""What lies under a cell: exact areas of source pixels in the cell's quadrilateral.

A cell of the grid, drawn in the source raster, is a quadrilateral a little turned and sheared. Its
value is the mean of the pixels under it, or the class that covers most of it, by area and exactly.

Pixels are found and added by coordinates global to the source raster; the window in memory only
shifts the index, so a cell has the same bytes in any tile. `fastmath` would change the order.
"""

from math import ceil, floor
from typing import Any

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["overlap_majority", "overlap_mean", "source_window", "under_middle"]

Floats = NDArray[np.float64]
Values = NDArray[np.floating]
Codes = NDArray[np.unsignedinteger]
Reach = tuple[int, int, int, int]  # row_from, row_to, col_from, col_to; `to` excluded

SNAP = 1e-9  # source pixels; nearer than this to a pixel's edge is on it
SLIVER = 1e-12  # share of a cell; a smaller overlap is the rounding of an overlap that is none
ALIKE = 1e-9  # share of a cell; areas that differ by less are equal but for rounding
ROOM = 2**10  # source pixels under a cell, to begin with
MOST = 2**27  # source pixels under a cell; one GiB of areas
FARTHEST = 2**30  # source pixels; no raster is so wide
TOO_FINE = "a cell of the grid covers too many source pixels: wrong CRS, or too fine a source"


def source_window(x: Floats, y: Floats, width: int, height: int) -> Reach | None:
    """Return the smallest window of the source raster that covers these cells.

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
    top, left = max(top, 0), max(left, 0)
    return floor(top), ceil(min(bottom, height)), floor(left), ceil(min(right, width))


def overlap_mean(
    source: Values, x: Floats, y: Floats, row_origin: int, col_origin: int, least_share: float
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

    Raises
    ------
    ValueError
        If a cell covers more source pixels than there is memory to spare.
    """
    out = np.full((x.shape[0] - 1, x.shape[1] - 1), np.nan)
    _overlap(source, 0, None, x, y, (row_origin, col_origin), least_share, out)
    return out


def overlap_majority(
    source: Codes,
    missing: int,
    x: Floats,
    y: Floats,
    row_origin: int,
    col_origin: int,
    least_share: float,
) -> Codes:
    """Return the class that covers most of each cell; of equals, the smallest code.

    Parameters
    ----------
    source : (H, W) array, uint8 or uint16
        Codes of classes of a window of the source raster that covers the cells.
    missing : int
        The code that is no class.
    x, y, row_origin, col_origin, least_share
        As in `overlap_mean`.

    Returns
    -------
    (h, w) array, dtype of `source`
    """
    area_of = np.zeros(int(source.max(initial=0)) + 1)
    out = np.full((x.shape[0] - 1, x.shape[1] - 1), missing, source.dtype)
    _overlap(source, missing, area_of, x, y, (row_origin, col_origin), least_share, out)
    return out


def under_middle(
    source: Codes, missing: int, x: Floats, y: Floats, row_origin: int, col_origin: int
) -> Codes:
    """Return the class of the pixel under the middle of each cell.

    Parameters
    ----------
    source, missing, x, y, row_origin, col_origin
        As in `overlap_majority`.

    Returns
    -------
    (h, w) array, dtype of `source`
        `missing` where the middle lies beside the window.
    """
    rows, cols = (
        np.floor((v[:-1, :-1] + v[1:, :-1] + v[:-1, 1:] + v[1:, 1:]) / 4).astype(np.int64) - origin
        for v, origin in ((y, row_origin), (x, col_origin))
    )
    there = (rows >= 0) & (rows < source.shape[0]) & (cols >= 0) & (cols < source.shape[1])
    out = np.full(rows.shape, missing, source.dtype)
    out[there] = source[rows[there], cols[there]]
    return out


@nb.njit(cache=True, nogil=True)
def _snap(v: float) -> float:
    """Return the coordinate, on the pixel's edge if it is there but for rounding."""
    edge = np.rint(v)
    return edge if abs(v - edge) < SNAP else v


@nb.njit(cache=True, nogil=True)
def _bounds(x: Floats, y: Floats) -> tuple[float, float, float, float]:
    """Return the top, bottom, left and right of all finite corners."""
    top, bottom, left, right = np.inf, -np.inf, np.inf, -np.inf
    for right_of, down in zip(x.flat, y.flat):  # noqa: B905  (numba knows no `strict`)
        if np.isfinite(right_of) and np.isfinite(down):
            left, right = min(left, right_of), max(right, right_of)
            top, bottom = min(top, down), max(bottom, down)
    return _snap(top), _snap(bottom), _snap(left), _snap(right)


@nb.njit(cache=True, nogil=True)
def _reach(x: Floats, y: Floats, i: int, j: int) -> Reach:
    """Return the pixels a cell reaches, none if it has no place in the source."""
    nw, ne, sw, se = x[i, j], x[i, j + 1], x[i + 1, j], x[i + 1, j + 1]
    left, right = _snap(min(nw, ne, sw, se)), _snap(max(nw, ne, sw, se))
    every = nw + ne + sw + se
    nw, ne, sw, se = y[i, j], y[i, j + 1], y[i + 1, j], y[i + 1, j + 1]
    top, bottom = _snap(min(nw, ne, sw, se)), _snap(max(nw, ne, sw, se))
    every += nw + ne + sw + se
    if not np.isfinite(every) or max(-left, right, -top, bottom) > FARTHEST:
        return 0, 0, 0, 0
    return floor(top), ceil(bottom), floor(left), ceil(right)


@nb.njit(cache=True, nogil=True)
def _cover(
    x: Floats, y: Floats, i: int, j: int, reach: Reach, ring: Floats, areas: Floats
) -> float:
    """Put the area of a cell in each pixel it reaches in `areas`, row by row.

    A row of `areas` is two longer than the cell is wide. Returns the area of the whole cell.
    """
    row_from, row_to, col_from, col_to = reach
    rows, cols = row_to - row_from, col_to - col_from
    for k in range(5):  # four corners clockwise, and the first again
        down, along = k % 4 // 2, (k + 1) % 4 // 2
        ring[0, k] = _snap(x[i + down, j + along]) - col_from
        ring[1, k] = _snap(y[i + down, j + along]) - row_from
    askew = max(abs(ring[0, 0] - ring[0, 3]), abs(ring[0, 1] - ring[0, 2]))
    askew = max(abs(ring[1, 0] - ring[1, 1]), abs(ring[1, 2] - ring[1, 3]), askew)
    if askew < SNAP:
        return _cover_upright(ring, rows, cols, areas)
    twice = (ring[0, 2] - ring[0, 0]) * (ring[1, 3] - ring[1, 1])
    twice -= (ring[0, 3] - ring[0, 1]) * (ring[1, 2] - ring[1, 0])
    areas[: rows * (cols + 2)] = 0
    sign = 1.0 if twice > 0 else -1.0  # a mirrored cell turns the other way
    for k in range(4):
        _add_side(ring, k, sign, cols, areas)
    for row in range(rows):
        covered = 0.0
        for at in range(row * (cols + 2), row * (cols + 2) + cols):
            covered += areas[at]
            areas[at] = covered
    return float(abs(twice) / 2)


@nb.njit(cache=True, nogil=True)
def _cover_upright(ring: Floats, rows: int, cols: int, areas: Floats) -> float:
    """Do as `_cover` for a rectangle along rows and columns, any corner first."""
    left, right = min(ring[0, 0], ring[0, 2]), max(ring[0, 0], ring[0, 2])
    top, bottom = min(ring[1, 0], ring[1, 2]), max(ring[1, 0], ring[1, 2])
    for row in range(rows):
        height = min(bottom, row + 1) - max(top, row)
        for col in range(cols):
            areas[row * (cols + 2) + col] = height * (min(right, col + 1) - max(left, col))
    return float((bottom - top) * (right - left))


@nb.njit(cache=True, nogil=True)
def _add_side(ring: Floats, k: int, sign: float, cols: int, areas: Floats) -> None:
    """Add what lies to the right of side k of a cell, as differences from pixel to pixel.

    Sides that go up add and sides that go down take away: summed along a row, the cell is left.
    A pixel crossed gets what lies right of the side inside it, the next one the rest of a pixel.
    """
    start, end = (k, k + 1) if ring[1, k] < ring[1, k + 1] else (k + 1, k)
    sign = sign if end == k else -sign
    x_from, y_from, x_to, y_to = ring[0, start], ring[1, start], ring[0, end], ring[1, end]
    if y_from == y_to:
        return
    slope = (x_to - x_from) / (y_to - y_from)
    least, most = min(x_from, x_to), max(x_from, x_to)
    entry = x_from
    for row in range(floor(y_from), ceil(y_to)):
        low, high = max(y_from, row), min(y_to, row + 1)
        # rounding must not carry the side beyond its end, and so beyond the cell's last pixel
        leave = min(max(x_from + (high - y_from) * slope, least), most)
        left, right, entry = min(entry, leave), max(entry, leave), leave
        height = sign * (high - low)
        first, last = int(left), int(right)
        at = row * (cols + 2) + first
        if first == last:
            beyond = height * ((left + right) / 2 - first)
            areas[at] += height - beyond
            areas[at + 1] += beyond
            continue
        for col in range(first, last + 1):
            part_from, part_to = max(left, col), min(right, col + 1)
            part = height / (right - left) * (part_to - part_from)
            beyond = part * ((part_from + part_to) / 2 - col)
            areas[at] += part - beyond
            areas[at + 1] += beyond
            at += 1


@nb.njit(cache=True, nogil=True)
def _mean(block: Values, areas: Floats, length: int, whole: float) -> tuple[float, float]:
    """Return the valid area and the mean of a block; a row of `areas` is `length` long."""
    valid, total = 0.0, 0.0
    for i in range(block.shape[0]):
        for j in range(block.shape[1]):
            area, value = areas[i * length + j], block[i, j]
            if area > SLIVER * whole and not np.isnan(value):
                valid, total = valid + area, total + area * value
    return valid, total / valid if valid > 0 else np.nan


@nb.njit(cache=True, nogil=True)
def _majority(
    block: Codes, missing: int, area_of: Floats, areas: Floats, length: int, whole: float
) -> tuple[float, int]:
    """Return the valid area and the largest class of a block; leave `area_of` at zero again."""
    valid, largest, best = 0.0, 0.0, area_of.size
    for i in range(block.shape[0]):
        for j in range(block.shape[1]):
            code, area = block[i, j], areas[i * length + j]
            if area > SLIVER * whole and code != missing:
                valid, area_of[code] = valid + area, area_of[code] + area
                largest = max(largest, area_of[code])
    enough = max(largest - ALIKE * whole, SLIVER * whole)
    for code in block.flat:
        if area_of[code] >= enough:
            best = min(best, int(code))
    for code in block.flat:
        area_of[code] = 0
    return valid, best


@nb.njit(cache=True, nogil=True)
def _overlap(
    source: NDArray[Any],  # values or codes: numba compiles a version for each
    missing: int,
    area_of: Floats | None,
    x: Floats,
    y: Floats,
    origin: tuple[int, int],
    least_share: float,
    out: NDArray[Any],
) -> None:
    """Fill `out` cell by cell: means, or classes if there is a table to add their areas in."""
    ring, areas = np.empty((2, 5)), np.empty(ROOM)
    for i, j in np.ndindex(out.shape):
        reach = _reach(x, y, i, j)
        row_from, row_to, col_from, col_to = reach
        top, bottom = max(row_from - origin[0], 0), min(row_to - origin[0], source.shape[0])
        left, right = max(col_from - origin[1], 0), min(col_to - origin[1], source.shape[1])
        if top >= bottom or left >= right:
            continue
        if row_to - row_from == 1 and col_to - col_from == 1:
            out[i, j] = source[top, left]
            continue
        length = col_to - col_from + 2
        room = (row_to - row_from) * length
        if room > MOST:
            raise ValueError(TOO_FINE)
        if room > areas.size:
            areas = np.empty(2 * room)
        whole = _cover(x, y, i, j, reach, ring, areas)
        block = source[top:bottom, left:right]
        start = (top + origin[0] - row_from) * length + left + origin[1] - col_from
        if area_of is None:
            valid, value = _mean(block, areas[start:], length, whole)
        else:
            valid, value = _majority(block, missing, area_of, areas[start:], length, whole)
        if min(valid, whole) > 0 and valid >= (least_share - ALIKE) * whole:
            out[i, j] = value
