"""Exact share of every grid cell that lies in every parcel.

A parcel's rings are walked edge by edge in the pixel coordinates of the whole grid, never of a
window. An edge adds to each cell it crosses the part of the cell to its right, as a whole number
of 1/`UNIT` cells; to all cells further right it adds its height in that row. Edges going down
count positive and edges going up negative, so that what is left is the inside of the ring.

Whole numbers make the sums exact in any order, and each term depends only on the edge and the
cell. Hence a cell has the same weights in whatever window it is computed, and two parcels that
share an edge share the cells under it without gap or overlap.
"""

import hashlib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Self

import numba as nb
import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine
from numpy.lib.format import header_data_from_array_1_0, write_array_header_1_0
from shapely import GeometryType

from data_catalog.errors import ParcelError
from data_catalog.text import Text
from tiles.rooms import room

__all__ = ["UNIT", "Coverage", "Rings", "cell_weights", "coverage", "parcels_in"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]
Window = tuple[int, int, int, int]
Label = tuple[int, int, int]
Plane = tuple[float, float, float, float, float, float]
Flat = tuple[Floats, Floats, Longs, Ints]

BITS = 30
UNIT = 1 << BITS  # weight of a whole cell
FARTHEST = 1 << 31  # rows and columns are 32-bit numbers; in 1/UNIT cells they still fit 64 bits
UNTOUCHED = 1 << 40  # right of any column

_KNOWN_TYPES = (GeometryType.MISSING, GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_NOT_POLYGONAL = Text(
    "第 {number} 个宗地：几何类型为 {kind}，应为面。请删除该宗地或改为面。",
    "parcel number {number}: it is a {kind}, but a polygon is needed. Remove it or redraw it.",
)
_TOO_FAR = Text(
    "第 {number} 个宗地：距栅格原点超过 {limit} 个像元。请检查宗地的坐标系和坐标值。",
    "parcel number {number}: it lies more than {limit} cells from the grid's origin. "
    "Check the CRS and the coordinates of the parcels.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Rings:
    """Polygon rings flattened, in global pixel coordinates: x right, y down, cell size 1.

    Each ring is closed (its last vertex is its first). Exterior rings have one orientation and
    holes the other. The rings of a parcel are adjacent and parcels ascend.

    Parameters
    ----------
    x, y : (vertex,) array, cells
    offsets, parcel : (ring + 1,) array; (ring,) array
        Where each ring starts among the vertices; the parcel it belongs to.
    left, right, top, bottom : (ring,) array, cells
        Bounds of each ring.
    """

    x: Floats
    y: Floats
    offsets: Longs
    parcel: Ints
    left: Floats
    right: Floats
    top: Floats
    bottom: Floats

    def __post_init__(self) -> None:
        """Make the arrays read-only: threads share them, and numba then compiles only once."""
        for field in fields(self):
            kind: type[Any] = {"offsets": np.int64, "parcel": np.int32}.get(field.name, np.float64)
            array = np.ascontiguousarray(getattr(self, field.name), kind).view(np.ndarray)
            array.flags.writeable = False
            object.__setattr__(self, field.name, array)

    @classmethod
    def from_polygons(cls, polygons: npt.ArrayLike, to_pixel: Affine) -> Self:
        """Flatten valid polygons.

        Parameters
        ----------
        polygons : (parcel,) array of Polygon or MultiPolygon
            Their index is the parcel number. Missing and empty ones cover nothing.
        to_pixel : Affine
            From the coordinates of the polygons to global pixel coordinates.

        Raises
        ------
        ParcelError
            If a geometry is not polygonal, or lies too far from the grid to be of its CRS.
        """
        parts, parcel, is_exterior, sizes = _rings(np.asarray(polygons, dtype=object))
        corners, offsets = shapely.get_coordinates(parts), np.concatenate([[0], np.cumsum(sizes)])
        x, y, bounds = _drawn(corners, offsets, is_exterior, to_pixel[:6])
        near = (np.abs(bounds) < FARTHEST).all(axis=0)
        if not near.all():  # NaN is not near either
            raise ParcelError(_TOO_FAR, number=int(parcel[np.argmin(near)]), limit=FARTHEST)
        return cls(x, y, offsets, parcel, *bounds)

    def digest(self) -> str:
        """Return a name for what is drawn where."""
        content = hashlib.sha256()
        for array in (self.x, self.y, self.offsets, self.parcel):
            content.update(array.data)
        return content.hexdigest()

    def save(self, folder: Path) -> None:
        """Write one .npy file per array: not by `np.save`, which says nothing on a full disk."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            array = getattr(self, field.name)
            with (folder / f"{field.name}.npy").open("wb") as file:
                write_array_header_1_0(file, header_data_from_array_1_0(array))
                file.write(array.data)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Map what `save` wrote into memory, which processes that open it then share."""
        files = [folder / f"{field.name}.npy" for field in fields(cls)]
        return cls(*(np.load(file, mmap_mode="r") for file in files))


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Which part of each cell of a window lies in which parcel.

    A parcel's cells in a row are either in one of its spans or in its fringe, never in both;
    within a row both go by parcel, then by column.

    Parameters
    ----------
    parcels : (n,) array
        Parcels that cover something in the window, ascending. Local parcel i is `parcels[i]`.
    span_offsets, fringe_offsets : (rows + 1,) array
        Where the spans and the fringe cells of each row start.
    spans : (m, 3) array
        Cells wholly inside: first column in the window, column after the last, local parcel.
    fringe, fringe_weight : (k, 2) array; (k,) array, 1/`UNIT` of a cell
        Cells partly inside: column in the window, local parcel; weight above 0, below `UNIT`.
    """

    parcels: Ints
    span_offsets: Longs
    spans: Ints
    fringe_offsets: Longs
    fringe: Ints
    fringe_weight: Longs

    def trimmed(self) -> tuple[Window, Self]:
        """Return the part of the window that parcels reach, at least one cell, and its coverage.

        The part is told as rows and columns of the window, the last not included.
        """
        top, bottom, left, right = self._reached()
        rows = slice(top, bottom + 1)
        part = replace(
            self,
            span_offsets=self.span_offsets[rows],
            spans=self.spans - np.array([left, left, 0], np.int32),
            fringe_offsets=self.fringe_offsets[rows],
            fringe=self.fringe - np.array([left, 0], np.int32),
        )
        return (top, bottom, left, right), part

    def _reached(self) -> Window:
        rows = np.flatnonzero(np.diff(self.span_offsets) + np.diff(self.fringe_offsets))
        if not rows.size:
            return 0, 1, 0, 1
        (start, stop, _), cells = self.spans.T, self.fringe[:, 0]
        left = min(int(part.min()) for part in (start, cells) if part.size)
        right = max(int(part.max()) for part in (stop, cells + 1) if part.size)
        return int(rows[0]), int(rows[-1]) + 1, left, right


def coverage(rings: Rings, row_from: int, row_to: int, col_from: int, col_to: int) -> Coverage:
    """Return the exact share of each cell of a window in each parcel.

    Parameters
    ----------
    row_from, row_to, col_from, col_to : int
        The window in rows and columns of the grid; `row_to` and `col_to` are not in it.

    Raises
    ------
    ValueError
        If the window is empty.
    """
    rows, cols = row_to - row_from, col_to - col_from
    if rows <= 0 or cols <= 0:
        message = f"window: {rows} rows x {cols} columns, but at least 1 x 1 is needed."
        raise ValueError(message)
    window = (row_from, row_to, col_from, col_to)
    met = np.flatnonzero(_meets(rings, window))
    boxes = _boxes(rings, met, window)
    # one more column than cells, for the change right of the last
    change = room("change", (_largest(rings.parcel[met], boxes),), np.int64)
    change[:] = 0
    flat = (rings.x, rings.y, rings.offsets, rings.parcel)
    parcels, spans, fringe = _scan(met, boxes, flat, window, change)
    span_offsets, spans = _by_row(spans, rows)
    fringe_offsets, fringe = _by_row(fringe, rows)
    cells, weight = np.ascontiguousarray(fringe[:, :2]), fringe[:, 2].astype(np.int64)
    return Coverage(parcels, span_offsets, spans, fringe_offsets, cells, weight)


def parcels_in(rings: Rings, row_from: int, row_to: int, col_from: int, col_to: int) -> Ints:
    """Return the parcels, ascending, whose bounds reach into a window; some may not cover it."""
    return np.unique(rings.parcel[_meets(rings, (row_from, row_to, col_from, col_to))])


def cell_weights(coverage: Coverage, rows: int, cols: int) -> Longs:
    """Return the weights of all cells of a small window of `rows` x `cols` cells.

    Returns
    -------
    (n, rows, cols) array, 1/`UNIT` of a cell
        In the order of `coverage.parcels`.
    """
    weights = np.zeros((coverage.parcels.size, rows, cols + 1), np.int64)
    row = np.repeat(np.arange(rows), np.diff(coverage.span_offsets))
    start, stop, parcel = coverage.spans.T
    np.add.at(weights, (parcel, row, start), UNIT)
    np.add.at(weights, (parcel, row, stop), -UNIT)
    weights = weights.cumsum(axis=2)[:, :, :cols]
    row = np.repeat(np.arange(rows), np.diff(coverage.fringe_offsets))
    col, parcel = coverage.fringe.T
    weights[parcel, row, col] = coverage.fringe_weight
    return weights


def _meets(rings: Rings, window: Window) -> Bools:
    row_from, row_to, col_from, col_to = window
    in_rows = (rings.bottom > row_from) & (rings.top < row_to)
    return in_rows & (rings.right > col_from) & (rings.left < col_to)


def _boxes(rings: Rings, met: Longs, window: Window) -> Longs:
    """Return the part of the window around each ring: row from and to, column from and to."""
    rows = np.clip([np.floor(rings.top[met]), np.ceil(rings.bottom[met])], *window[:2])
    cols = np.clip([np.floor(rings.left[met]), np.ceil(rings.right[met])], *window[2:])
    return np.ascontiguousarray(np.concatenate([rows, cols]).T, np.int64)


def _largest(parcels: Ints, boxes: Longs) -> int:
    """Return the cells of the largest box around the rings of one parcel, a column more a row."""
    if not parcels.size:
        return 0
    first = np.flatnonzero(np.diff(parcels, prepend=-1))
    top, left = (np.minimum.reduceat(boxes[:, side], first) for side in (0, 2))
    bottom, right = (np.maximum.reduceat(boxes[:, side], first) for side in (1, 3))
    return int(((bottom - top) * (right - left + 1)).max())


def _rings(geometries: Objects) -> tuple[Objects, Ints, Bools, Longs]:
    """Return the polygons' parts, and each ring's parcel, whether it is exterior, and its size.

    The coordinates of the parts are those of the rings, in this order.
    """
    kinds = shapely.get_type_id(geometries)
    known = np.isin(kinds, _KNOWN_TYPES)
    if not known.all():
        number = int(np.argmin(known))
        raise ParcelError(_NOT_POLYGONAL, number=number, kind=geometries[number].geom_type)
    parts, parcel = geometries, np.arange(len(geometries))
    if not (kinds == GeometryType.POLYGON).all():
        parts, parcel = shapely.get_parts(geometries, return_index=True)
    empty = shapely.is_empty(parts)
    parts, parcel = parts[~empty], parcel[~empty]
    holes = shapely.get_num_interior_rings(parts)
    part = np.repeat(np.arange(len(parts)), holes + 1)
    sizes = shapely.get_num_coordinates(parts).astype(np.int64)[part]
    pierced = holes > 0
    sizes[pierced[part]] = shapely.get_num_coordinates(shapely.get_rings(parts[pierced]))
    return parts, parcel[part].astype(np.int32), np.diff(part, prepend=-1) > 0, sizes


@nb.njit(cache=True, nogil=True)
def _drawn(
    coordinates: Floats, offsets: Longs, is_exterior: Bools, to_pixel: Plane
) -> tuple[Floats, Floats, Floats]:
    """Return rings in pixel coordinates, exteriors turning one way and holes the other.

    Returns
    -------
    x, y : (vertex,) arrays
    bounds : (4, ring) array
        Left, right, top, bottom; NaN where a coordinate is.
    """
    a, b, c, d, e, f = to_pixel
    x, y = np.empty(offsets[-1]), np.empty(offsets[-1])
    bounds = np.empty((4, is_exterior.size))
    for ring in range(is_exterior.size):
        start, end = offsets[ring], offsets[ring + 1]
        twice_area, x0, y0 = 0.0, 0.0, 0.0
        for i in range(start, end):
            east, north = coordinates[i, 0], coordinates[i, 1]
            x[i], y[i] = a * east + b * north + c, d * east + e * north + f
            if i > start:  # counted from the first vertex: far from the origin little would be left
                twice_area += (x[i - 1] - x0) * (y[i] - y0) - (x[i] - x0) * (y[i - 1] - y0)
            else:
                x0, y0 = x[i], y[i]
        if (twice_area > 0) != is_exterior[ring]:
            x[start:end], y[start:end] = x[start:end][::-1].copy(), y[start:end][::-1].copy()
        bounds[0, ring], bounds[1, ring] = x[start:end].min(), x[start:end].max()
        bounds[2, ring], bounds[3, ring] = y[start:end].min(), y[start:end].max()
    return x, y, bounds


@nb.njit(cache=True, nogil=True)
def _add_piece(
    change: Longs, touched: Longs, row: int, col_from: int, height: int, left: float, right: float
) -> None:
    """Add the piece of an edge within one row of cells, from x = `left` to x = `right`.

    `change[row, col]` is how much more of a cell is covered than of its left neighbour, in
    1/UNIT; column 0 is `col_from`. `touched[row]` is the first and the last changed column.
    `height`, in 1/UNIT, is negative if the edge goes up. All that is rounded here is odd in it:
    the two parcels at an edge get the same numbers with opposite signs.
    """
    cols = change.shape[1] - 1
    first = int(np.floor(left)) - col_from
    last = max(int(np.ceil(right)) - 1 - col_from, first)
    if first >= cols:
        return
    passed, entered = 0, left  # height of the piece left of the current cell, where it enters it
    if first < 0:
        entered = float(col_from)
        passed = height if last < 0 else int(np.rint((entered - left) / (right - left) * height))
        first = 0
        change[row, 0] += passed
    for col in range(first, min(last + 1, cols)):
        side = float(col_from + col + 1)
        reached, leaves = height, right
        if col < last:
            reached, leaves = int(np.rint((side - left) / (right - left) * height)), side
        step = reached - passed
        share = int(np.rint((side - (entered + leaves) / 2) * step))
        change[row, col] += share
        change[row, col + 1] += step - share
        passed, entered = reached, leaves
    touched[row, 0] = min(touched[row, 0], first)
    touched[row, 1] = max(touched[row, 1], min(max(last, 0) + 1, cols))


@nb.njit(cache=True, nogil=True)
def _add_edge(
    change: Longs, touched: Longs, box: Window, xa: float, ya: float, xb: float, yb: float
) -> None:
    """Add one edge, walked down whatever its direction: neighbours get the same crossings."""
    sign = 1
    if ya > yb:
        xa, ya, xb, yb, sign = xb, yb, xa, ya, -1
    # In 1/UNIT of a cell: heights are then exact.
    top, bottom = int(np.rint(ya * UNIT)), int(np.rint(yb * UNIT))
    row_from, row_to, col_from, col_to = box
    first, last = max(top >> BITS, row_from), min((bottom - 1) >> BITS, row_to - 1)
    if top == bottom or first > last or min(xa, xb) >= col_to:
        return
    slope, leftmost, rightmost = (xb - xa) / (bottom - top), min(xa, xb), max(xa, xb)
    above = max(top, first << BITS)
    x_above = min(max(xa + (above - top) * slope, leftmost), rightmost)
    for row in range(first, last + 1):
        below, x_below = min(bottom, (row + 1) << BITS), xb
        if below < bottom:  # at the vertex itself rounding might end beside it
            x_below = min(max(xa + (below - top) * slope, leftmost), rightmost)
        left, right = min(x_above, x_below), max(x_above, x_below)
        _add_piece(change, touched, row - row_from, col_from, sign * (below - above), left, right)
        above, x_above = below, x_below


@nb.njit(cache=True, nogil=True)
def _sweep_row(
    change: Longs, touched: Longs, row: int, label: Label, spans: Ints, fringe: Ints, used: Longs
) -> None:
    """Sum a row of changes to weights, write these as spans and fringe, and clear the row.

    `label` is row and first column in the window, and parcel; `used` counts spans and fringe.
    """
    (out_row, shift, parcel), cols = label, change.shape[1] - 1
    col, stop, span_end, total = touched[row, 0], touched[row, 1], -1, 0
    while col < cols:
        total += change[row, col]
        change[row, col] = 0
        following = col + 1
        while following <= stop and change[row, following] == 0:
            following += 1
        if following > stop:
            following = cols
        # Rounding of slivers may leave a few units below 0 or above UNIT.
        weight = min(abs(total), UNIT)
        if weight == UNIT:
            if span_end != col:
                spans[used[0]] = (out_row, shift + col, 0, parcel)
                used[0] += 1
            spans[used[0] - 1, 2] = shift + following
            span_end = following
        elif weight > 0:
            for cell in range(col, following):
                fringe[used[1]] = (out_row, shift + cell, parcel, weight)
                used[1] += 1
        col = following
    change[row, cols] = 0
    touched[row, 0], touched[row, 1] = UNTOUCHED, -1


@nb.njit(cache=True, nogil=True)
def _with_room(entries: Ints, used: int, more: int) -> Ints:
    if used + more <= entries.shape[0]:
        return entries
    larger = np.empty((2 * (used + more), entries.shape[1]), np.int32)
    larger[:used] = entries[:used]
    return larger


@nb.njit(cache=True, nogil=True)
def _scan(
    met: Longs, boxes: Longs, flat: Flat, window: Window, buffer: Longs
) -> tuple[Ints, Ints, Ints]:
    """Return the parcels that cover something, and their spans and fringe, row number first.

    `buffer` is zero, and each parcel leaves it so: it holds the box of one parcel at a time.
    """
    x, y, offsets, parcel = flat
    parcels, count, end = np.empty(met.size, np.int32), 0, 0
    spans, fringe = np.empty((0, 4), np.int32), np.empty((0, 4), np.int32)
    used = np.zeros(2, np.int64)
    touched = np.empty((window[1] - window[0], 2), np.int64)
    touched[:, 0], touched[:, 1] = UNTOUCHED, -1
    while end < met.size:
        start = end
        while end < met.size and parcel[met[end]] == parcel[met[start]]:
            end += 1
        top, bottom = boxes[start:end, 0].min(), boxes[start:end, 1].max()
        left, right = boxes[start:end, 2].min(), boxes[start:end, 3].max()
        rows, cols = bottom - top, right - left
        change = buffer[: rows * (cols + 1)].reshape(rows, cols + 1)
        for ring in met[start:end]:
            for i in range(offsets[ring], offsets[ring + 1] - 1):
                box = (top, bottom, left, right)
                _add_edge(change, touched, box, x[i], y[i], x[i + 1], y[i + 1])
        written = used.sum()
        for row in range(rows):
            spans, fringe = _with_room(spans, used[0], cols), _with_room(fringe, used[1], cols)
            label = (top - window[0] + row, left - window[2], count)
            _sweep_row(change, touched, row, label, spans, fringe, used)
        if used.sum() > written:
            parcels[count] = parcel[met[start]]
            count += 1
    return parcels[:count].copy(), spans[: used[0]], fringe[: used[1]]


@nb.njit(cache=True, nogil=True)
def _by_row(entries: Ints, rows: int) -> tuple[Longs, Ints]:
    """Order entries by row, keeping their order within a row; return where each row starts."""
    offsets = np.zeros(rows + 1, np.int64)
    for row in entries[:, 0]:
        offsets[row + 1] += 1
    offsets = np.cumsum(offsets)
    place = offsets.copy()
    ordered = np.empty((entries.shape[0], 3), np.int32)
    for i, row in enumerate(entries[:, 0]):
        ordered[place[row]] = entries[i, 1:]
        place[row] += 1
    return offsets, ordered
