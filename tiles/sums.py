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
        """Add another's rows to the zones given."""
        np.add.at(self.high, zones, other.high)
        np.add.at(self.low, zones, other.low)
        self.carry()

    def carry(self) -> None:
        """Bring `low` back into its 32 bits."""
        self.high += self.low >> LIMB_BITS
        self.low &= LIMB_MASK

    def over(self, scales: Floats) -> Floats:
        """Return the sums as float64, each quantity divided by its scale."""
        return (self.high * float(1 << LIMB_BITS) + self.low) / scales


@nb.njit(cache=True, nogil=True, error_model="numpy")
def accumulate(  # noqa: C901, PLR0912  (one pass over a row: splitting it would cost the speed)
    values: Floats,
    area: Floats,
    scales: Floats,
    groups: npt.NDArray[np.int16],
    scope: npt.NDArray[np.bool_],
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
    high, low : (parcel * group, 2 * quantity + 1)
        Sums, changed in place: amounts, area, missing area of each amount.

    Returns
    -------
    float
        Largest scaled amount met; from 2**PIXEL_BITS on a declared range was broken.
    """
    quantities, rows, cols = values.shape
    group_count = scope.shape[1]
    columns = 2 * quantities + 1
    limit = 2.0**PIXEL_BITS
    scaled = np.empty((columns, cols))
    running = np.zeros((columns, cols + 1), np.int64)
    gap = np.zeros(columns, np.bool_)
    largest = 0.0
    for i in range(rows):
        row = row_from + i
        if span_offsets[row] == span_offsets[row + 1] and (
            fringe_offsets[row] == fringe_offsets[row + 1]
        ):
            continue
        cell_row = min(i, area.shape[0] - 1)
        one_area = area.shape[1] == 1
        for q in range(quantities + 1):
            target = scaled[q]
            scale = scales[q]
            if q == quantities:
                for j in range(cols):
                    target[j] = np.rint(area[cell_row, 0 if one_area else j] * scale)
            elif one_area:
                factor = area[cell_row, 0] * scale
                source = values[q, i]
                for j in range(cols):
                    target[j] = source[j] * factor
            else:
                source = values[q, i]
                for j in range(cols):
                    target[j] = source[j] * (area[cell_row, j] * scale)
            missing = 0
            top = 0.0
            for j in range(cols):
                amount = target[j]
                missing += amount != amount
                top = max(top, abs(amount) if amount == amount else 0.0)
            if top >= limit and q < quantities:
                top = 0.0
                for j in range(cols):
                    if scope[q, groups[i, j]] and target[j] == target[j]:
                        top = max(top, abs(target[j]))
            largest = max(largest, top)
            if q < quantities:
                gap[quantities + 1 + q] = missing > 0
                if missing > 0:
                    hole = scaled[quantities + 1 + q]
                    for j in range(cols):
                        is_hole = target[j] != target[j]
                        cell = area[cell_row, 0 if one_area else j]
                        hole[j] = cell * scales[quantities + 1 + q] if is_hole else 0.0
                        if is_hole:
                            target[j] = 0.0
            gap[q] = True
        for q in range(columns):
            if gap[q]:
                total = np.int64(0)
                for j in range(cols):
                    running[q, j] = total
                    total += np.int64(np.rint(scaled[q, j]))
                running[q, cols] = total
        for s in range(span_offsets[row], span_offsets[row + 1]):
            start = spans[s, 0]
            zone = spans[s, 2] * group_count
            while start < spans[s, 1]:
                group = groups[i, start]
                end = start + 1
                while end < spans[s, 1] and groups[i, end] == group:
                    end += 1
                for q in range(columns):
                    if gap[q]:
                        amount_sum = running[q, end] - running[q, start]
                        high[zone + group, q] += amount_sum >> LIMB_BITS
                        low[zone + group, q] += amount_sum & LIMB_MASK
                start = end
        for f in range(fringe_offsets[row], fringe_offsets[row + 1]):
            col = fringe[f, 0]
            zone = fringe[f, 1] * group_count + groups[i, col]
            share = fringe_weight[f] / UNIT
            for q in range(columns):
                if gap[q]:
                    part = np.int64(np.rint(scaled[q, col] * share))
                    high[zone, q] += part >> LIMB_BITS
                    low[zone, q] += part & LIMB_MASK
    return largest


def add_block(
    sums: Sums,
    cover: Coverage,
    values: Floats,
    area: Floats,
    scales: Floats,
    groups: npt.NDArray[np.int16],
    scope: npt.NDArray[np.bool_],
    row_from: int,
) -> float:
    """Add a block of rows to a tile's sums; see `accumulate`."""
    return float(
        accumulate(
            values, area, scales, groups, scope, cover.span_offsets, cover.spans,
            cover.fringe_offsets, cover.fringe, cover.fringe_weight, row_from, sums.high, sums.low,
        )
    )  # fmt: skip
