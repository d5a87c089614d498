"""Exact sums: fixed point in two 64-bit limbs, so that no order of adding changes a bit.

A pixel's amount is rounded once to a multiple of 2**-k of its unit, with k from the declared
range so that it stays below 2**PIXEL_BITS; from there on everything is whole numbers. A run of
whole cells costs two reads of a row's running sum; a fringe cell is weighed by its coverage.
See docs/decisions/0002-fixed-point-sums.md.
"""

import math
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt

from tiles.coverage import UNIT, Coverage

PIXEL_BITS = 46
"""A pixel's amount is below 2**46, so a row of 2**17 cells cannot overflow 63 bits."""
LIMB_BITS = 32
LIMB_MASK = (1 << LIMB_BITS) - 1

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def scale_for(largest: float) -> float:
    """Return 2**k such that `largest` times it stays below 2**(PIXEL_BITS - 1)."""
    return 2.0 ** (PIXEL_BITS - 1 - math.ceil(math.log2(max(largest, 2.0**-PIXEL_BITS))))


@dataclass(slots=True)
class Sums:
    """Sums per zone and quantity: `high` * 2**32 + `low`, (zone, quantity), whole numbers."""

    high: Ints
    low: Ints

    @classmethod
    def zeros(cls, zones: int, quantities: int) -> "Sums":
        """Return empty sums."""
        shape = (zones, quantities)
        return cls(np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def add(self, zones: Ints, other: "Sums") -> None:
        """Add another's rows to the zones given; `carry` after at most 2**31 of them."""
        add_rows(self.high, zones, other.high)
        add_rows(self.low, zones, other.low)

    def carry(self) -> None:
        """Bring `low` back into its 32 bits."""
        self.high += self.low >> LIMB_BITS
        self.low &= LIMB_MASK

    def over(self, scales: Floats) -> Floats:
        """Return the sums as float64, each quantity divided by its scale."""
        return (self.high * float(1 << LIMB_BITS) + self.low) / scales


@nb.njit(cache=True, nogil=True)
def add_rows(target: Ints, zones: Ints, rows: Ints) -> None:
    """Add rows to those of the zones given, (zone, quantity); a zone may be given again."""
    for i in range(zones.size):
        for q in range(rows.shape[1]):
            target[zones[i], q] += rows[i, q]


@nb.njit(cache=True, nogil=True, error_model="numpy")
def accumulate(
    values: Floats,
    area: Floats,
    scales: Floats,
    groups: npt.NDArray[np.int16],
    scope: npt.NDArray[np.bool_],
    counts: npt.NDArray[np.bool_],
    span_offsets: Ints,
    spans: npt.NDArray[np.int32],
    fringe_offsets: Ints,
    fringe: npt.NDArray[np.int32],
    fringe_weight: Ints,
    row_from: int,
    high: Ints,
    low: Ints,
) -> float:
    """Add a block of rows to the sums of each (parcel, group).

    Parameters
    ----------
    values : (quantity, rows, cols)
        Amount per unit of area; NaN where missing, which adds nothing.
    area : (rows or 1, cols or 1)
        Area of each cell in units of the nominal cell.
    scales : (2 * quantity + 1,)
        Fixed-point scales of the amounts, of the area, and of each amount's missing area.
    groups : (rows, cols)
        Group number of each cell.
    scope : (quantity, group)
        Whether an amount counts on a group at all; elsewhere it may be any number.
    counts : (quantity,)
        Whether an amount counts anywhere in this block; where it does not, nothing is read of it.
    high, low : (parcel * group, 2 * quantity + 1)
        Sums, changed in place: amounts, area, missing area of each amount.

    Returns
    -------
    float
        Largest scaled amount in scope of those at or beyond 2**PIXEL_BITS: a declared range was
        broken. 0 where there is none.
    """
    quantities, rows, cols = values.shape
    columns = 2 * quantities + 1
    scaled, holes = np.empty(cols), np.empty(cols)
    running = np.zeros((columns, cols + 1), np.int64)
    active = np.empty(columns, np.int64)
    ones = np.ones(cols)
    largest = 0.0
    area_row = -1
    for i in range(rows):
        row = row_from + i
        first, last = _extent(
            spans[span_offsets[row] : span_offsets[row + 1]],
            fringe[fringe_offsets[row] : fringe_offsets[row + 1]],
            cols,
        )
        if first >= last:
            continue
        row_area = area[min(i, area.shape[0] - 1)]
        if area_row != min(i, area.shape[0] - 1):  # one row of areas serves all that are alike
            area_row = min(i, area.shape[0] - 1)
            _scale_row(ones, row_area, float(scales[quantities]), 0, cols, scaled)
            _run_up(scaled, 0, cols, running[quantities])
        active[0] = quantities
        count = 1
        for q in range(quantities):
            if not counts[q]:
                continue
            odd = _sum_row(values[q, i], row_area, scales[q], first, last, running[q])
            if odd:
                _scale_row(values[q, i], row_area, scales[q], first, last, scaled)
                largest = max(largest, _top_in_scope(scaled, groups[i], scope[q], first, last))
                hole = quantities + 1 + q
                _take_holes(scaled, row_area, scales[hole], first, last, holes)
                _run_up(scaled, first, last, running[q])
                _run_up(holes, first, last, running[hole])
                active[count] = hole
                count += 1
            active[count] = q
            count += 1
        _add_spans(
            spans, span_offsets[row], span_offsets[row + 1], groups[i], scope.shape[1],
            active[:count], running, high, low,
        )  # fmt: skip
        for f in range(fringe_offsets[row], fringe_offsets[row + 1]):
            col = fringe[f, 0]
            zone = fringe[f, 1] * scope.shape[1] + groups[i, col]
            share = fringe_weight[f] / UNIT
            for k in range(count):
                q = active[k]
                whole = float(running[q, col + 1] - running[q, col])
                _add(high, low, zone, q, int(np.rint(whole * share)))
    return largest


@nb.njit(cache=True, nogil=True)
def _add(high: Ints, low: Ints, zone: int, quantity: int, amount: int) -> None:
    """Add to a sum, limb by limb: without a branch, which would cost more than the second limb."""
    high[zone, quantity] += amount >> LIMB_BITS
    low[zone, quantity] += amount & LIMB_MASK


@nb.njit(cache=True, nogil=True)
def _extent(
    spans: npt.NDArray[np.int32], fringe: npt.NDArray[np.int32], cols: int
) -> tuple[int, int]:
    """Return the first and last column (excluded) that a parcel touches in a row."""
    first, last = cols, 0
    for s in range(len(spans)):
        first, last = min(first, spans[s, 0]), max(last, spans[s, 1])
    for f in range(len(fringe)):
        first, last = min(first, fringe[f, 0]), max(last, fringe[f, 0] + 1)
    return first, last


@nb.njit(cache=True, nogil=True, error_model="numpy")
def _sum_row(
    source: Floats, area: Floats, scale: float, first: int, last: int, running: Ints
) -> int:
    """Scale a row and sum it along; return how many amounts are missing or too large.

    Where there are any, `running` is of no use.
    """
    limit = 2.0**PIXEL_BITS
    factor = area[0] * scale
    odd, total = 0, np.int64(0)
    # views from zero: the compiler then knows that no index is negative
    amounts, sums = source[first:last], running[first : last + 1]
    for j in range(amounts.size):
        amount = amounts[j] * (factor if area.size == 1 else area[first + j] * scale)
        odd += not abs(amount) < limit
        sums[j + 1] = np.int64(np.rint(amount))
    sums[0] = total
    for j in range(1, sums.size):  # apart from the rounding, which then goes many at a time
        total += sums[j]
        sums[j] = total
    return odd


@nb.njit(cache=True, nogil=True)
def _scale_row(
    source: Floats, area: Floats, scale: float, first: int, last: int, target: Floats
) -> None:
    for j in range(first, last):
        target[j] = source[j] * (area[0 if area.size == 1 else j] * scale)


@nb.njit(cache=True, nogil=True)
def _top_in_scope(
    amounts: Floats,
    groups: npt.NDArray[np.int16],
    scope: npt.NDArray[np.bool_],
    first: int,
    last: int,
) -> float:
    top = 0.0
    for j in range(first, last):
        if scope[groups[j]]:
            top = max(top, abs(amounts[j]))
    return top


@nb.njit(cache=True, nogil=True)
def _take_holes(
    amounts: Floats, area: Floats, scale: float, first: int, last: int, holes: Floats
) -> None:
    """Set the area of each missing amount, and the amount to nothing."""
    for j in range(first, last):
        holes[j] = 0.0
        if np.isnan(amounts[j]):
            holes[j] = area[0 if area.size == 1 else j] * scale
            amounts[j] = 0.0


@nb.njit(cache=True, nogil=True)
def _run_up(amounts: Floats, first: int, last: int, running: Ints) -> None:
    """Round to whole numbers and sum them along the row, before each cell."""
    total = np.int64(0)
    for j in range(first, last):
        running[j] = total
        total += np.int64(np.rint(amounts[j]))
    running[last] = total


@nb.njit(cache=True, nogil=True)
def _add_spans(
    spans: npt.NDArray[np.int32],
    span_from: int,
    span_to: int,
    groups: npt.NDArray[np.int16],
    group_count: int,
    active: Ints,
    running: Ints,
    high: Ints,
    low: Ints,
) -> None:
    """Add the whole cells of a row, a run of one group in one parcel at a time."""
    for s in range(span_from, span_to):
        start, end = spans[s, 0], spans[s, 1]
        while start < end:
            group = groups[start]
            stop = start + 1
            while stop < end and groups[stop] == group:
                stop += 1
            zone = spans[s, 2] * group_count + group
            for q in active:
                _add(high, low, zone, q, running[q, stop] - running[q, start])
            start = stop


def add_block(
    sums: Sums,
    cover: Coverage,
    values: Floats,
    area: Floats,
    scales: Floats,
    groups: npt.NDArray[np.int16],
    scope: npt.NDArray[np.bool_],
    counts: npt.NDArray[np.bool_],
    row_from: int,
) -> float:
    """Add a block of rows to a tile's sums; see `accumulate`."""
    return float(
        accumulate(
            values, area, scales, groups, scope, counts, cover.span_offsets, cover.spans,
            cover.fringe_offsets, cover.fringe, cover.fringe_weight, row_from, sums.high, sums.low,
        )
    )  # fmt: skip
