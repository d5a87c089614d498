"""Row blocks of a tile: stored values to numbers, codes to classes, cells to groups."""

import numba as nb
import numpy as np
import numpy.typing as npt

from tiles.coverage import Coverage
from tiles.rooms import room

Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

CLASS_LIMIT = 100
"""Class numbers are two digits."""
UNKNOWN = 255
"""Class number of a code that the crosswalk does not know."""
OUTSIDE = -(1 << 31)
"""Code of a cell that no source pixel lies under."""
GREATEST, INFINITY = np.int64((1 << 63) - 1), np.int64(np.float64(np.inf).view(np.int64))
"""The largest whole number of 64 bits, and the bits of infinity: those of NaN are larger."""
LEAST_CODE, MOST_CODE = -(1 << 15), 1 << 16
"""Unknown codes are counted one by one within these."""


@nb.njit(cache=True, nogil=True)
def mark_inside(
    span_offsets: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int32],
    fringe_offsets: npt.NDArray[np.int64],
    fringe: npt.NDArray[np.int32],
    inside: npt.NDArray[np.bool_],
) -> None:
    """Set True in `inside`, (rows, cols), every cell that a parcel touches."""
    for i in range(inside.shape[0]):
        for s in range(span_offsets[i], span_offsets[i + 1]):
            inside[i, spans[s, 0] : spans[s, 1]] = True
        for f in range(fringe_offsets[i], fringe_offsets[i + 1]):
            inside[i, fringe[f, 0]] = True


def inside_of(cover: Coverage, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return which cells of a tile a parcel touches, (rows, cols): good until the next tile."""
    inside = room("inside", shape, np.bool_)
    inside[:] = False
    mark_inside(cover.span_offsets, cover.spans, cover.fringe_offsets, cover.fringe, inside)
    return inside


@nb.njit(cache=True, nogil=True, error_model="numpy")
def to_numbers(
    stored: npt.NDArray[np.generic],
    has_nodata: bool,
    nodata: float,
    scale: float,
    offset: float,
    inside: npt.NDArray[np.bool_],
    numbers: Floats,
) -> tuple[int, float, float]:
    """Turn stored values into the variable's units, NaN where missing and outside parcels.

    Returns
    -------
    (int, float, float)
        Number of cells inside a parcel that have a value, their smallest and largest value;
        infinite where there is none.
    """
    seen = 0
    least, most = GREATEST, -GREATEST
    for i in range(stored.shape[0]):
        row = numbers[i]
        for j in range(row.size):
            value = float(stored[i, j])
            if (has_nodata and value == nodata) or not inside[i, j]:
                value = np.nan
            row[j] = value * scale + offset
        count, low, high = range_of(row.view(np.int64))
        seen += count
        least, most = np.minimum(least, low), np.maximum(most, high)
    if seen == 0:
        return 0, np.inf, -np.inf
    ends = np.array([_turned(least), _turned(most)]).view(np.float64)
    return seen, ends[0], ends[1]


@nb.njit(cache=True, nogil=True)
def range_of(bits: npt.NDArray[np.int64]) -> tuple[int, np.int64, np.int64]:
    """Return how many numbers there are, the smallest and the largest, from the bits of float64.

    Such bits are in the order of their numbers once those of negative ones are turned. Whole
    numbers the compiler compares many at a time; numbers with NaN among them it does not.

    Returns
    -------
    (int, int64, int64)
        The second and third as turned bits.
    """
    seen, least, most = 0, GREATEST, -GREATEST
    for i in range(bits.size):
        known = (bits[i] & GREATEST) <= INFINITY
        turned = _turned(bits[i])
        least = min(least, turned if known else GREATEST)
        most = max(most, turned if known else -GREATEST)
        seen += int(known)
    return seen, least, most


@nb.njit(cache=True, nogil=True, inline="always")
def _turned(bits: np.int64) -> np.int64:
    """Turn the bits of a negative number, all but its sign; doing it again turns them back."""
    return bits ^ ((bits >> np.int64(63)) & GREATEST)


@nb.njit(cache=True, nogil=True)
def to_classes(
    codes: npt.NDArray[np.generic],
    has_nodata: bool,
    nodata: float,
    nodata_class: int,
    table: Bytes,
    inside: npt.NDArray[np.bool_],
    classes: Bytes,
    unknown: npt.NDArray[np.int64],
) -> int:
    """Turn stored codes into class numbers; count unknown codes inside parcels by code.

    Returns
    -------
    int
        Number of cells inside a parcel that have a class.
    """
    seen, before, number = 0, OUTSIDE, np.uint8(0)
    for i in range(codes.shape[0]):
        row, within = classes[i], inside[i]
        for j in range(row.size):
            code = int(codes[i, j])
            if code != before:  # neighbours are mostly alike
                before = code
                number = _class_of(code, has_nodata, nodata, nodata_class, table)
            row[j] = number
        unheard = 0
        for j in range(row.size):  # apart, so that many cells are counted at a time
            seen += within[j] & (row[j] != 0)
            unheard += row[j] == UNKNOWN
        for j in range(row.size if unheard else 0):
            if row[j] == UNKNOWN:
                row[j] = 0
                if within[j]:
                    unknown[min(max(int(codes[i, j]), LEAST_CODE), MOST_CODE) - LEAST_CODE] += 1
    return seen


@nb.njit(cache=True, nogil=True)
def _class_of(
    code: int, has_nodata: bool, nodata: float, nodata_class: int, table: Bytes
) -> np.uint8:
    if code == OUTSIDE:
        return np.uint8(0)
    if has_nodata and code == nodata:
        return np.uint8(nodata_class)
    if 0 <= code < table.size:
        return np.uint8(table[code])
    return np.uint8(UNKNOWN)


@nb.njit(cache=True, nogil=True)
def to_groups(
    classes: npt.NDArray[np.uint8],
    places: npt.NDArray[np.int64],
    numbers: npt.NDArray[np.int16],
    keys: npt.NDArray[np.int64],
    finer: npt.NDArray[np.int64],
    groups: npt.NDArray[np.int16],
) -> int:
    """Part groups of cells by one more class layer, numbered in the order in which they are met.

    Parameters
    ----------
    classes : (rows, cols)
    places : (CLASS_LIMIT,)
        Place of each class number among those there are.
    numbers : (groups * number of classes,)
        New group of each combination; -1 where not yet met. Changed in place.
    keys : (groups,)
        Combination of classes of each group so far.
    finer : (most groups,)
        Combination of each new group. Changed in place.
    groups : (rows, cols)
        Group of each cell, so far; the new one afterwards. Changed in place.

    Returns
    -------
    int
        Number of groups met; one more than there is room for if they are too many.
    """
    rows, cols = classes.shape
    kinds = places.max() + 1
    count, before, number = 0, np.int64(-1), np.int16(0)
    for i in range(rows):
        for j in range(cols):
            code, group = classes[i, j], np.int64(groups[i, j])
            place = group * kinds + places[code]
            if place != before:  # neighbours are mostly alike
                before = place
                if numbers[place] < 0:
                    if count == len(finer):
                        return count + 1
                    numbers[place] = np.int16(count)
                    finer[count] = keys[group] * CLASS_LIMIT + code
                    count += 1
                number = numbers[place]
            groups[i, j] = number
    return count


@nb.njit(cache=True, nogil=True)
def groups_met(groups: npt.NDArray[np.int16], count: int) -> npt.NDArray[np.bool_]:
    """Return which of `count` groups a block has, (groups,)."""
    met = np.zeros(count, np.bool_)
    before = np.int16(-1)
    for i in range(groups.shape[0]):
        for j in range(groups.shape[1]):
            if groups[i, j] != before:  # neighbours are mostly alike
                before = groups[i, j]
                met[before] = True
    return met


@nb.njit(cache=True, nogil=True)
def by_class(table: Floats, classes: Bytes) -> Floats:
    """Return each cell's number, (cells,), from a table with one for every class."""
    numbers = np.empty(classes.size)
    for i in range(classes.size):
        numbers[i] = table[classes[i]]
    return numbers
