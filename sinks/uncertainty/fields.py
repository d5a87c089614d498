"""Errors that are alike at near places, as effects of the cells of a lattice.

A field of errors is cut into square cells; the mean error of a cell is a standard normal number
times sqrt(mean correlation within the cell), and two cells' go together as the mean correlation
between them says. A row (a parcel, a township, a total) has an effect of each cell it touches:

    Var = sum_c sum_d e_c e_d rho(c, d)

Effects are linear in the rows, as those of shared sources are: sums over parcels and differences
between dates are sums of effects, and covariance between rows is kept whatever is summed.

Cells are numbered from the origin of the coordinates (or of the grid), so that parcels whose errors
were computed apart still meet in the same cells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numba as nb
import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from sinks.uncertainty.correlation import Correlation, table_of_squares

__all__ = ["Field", "Spread", "stacked"]

Numbers: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Field:
    """The cells of a field of errors and how alike they are.

    Parameters
    ----------
    correlation : Correlation or None
        None where no two cells have anything in common.
    side_m : float, m
        Side of a cell.
    pixels : int or None
        Pixels along a side, where the error is one of whole pixels; None: of points.
    """

    correlation: Correlation | None = None
    side_m: float = 0.0
    pixels: int | None = None

    @property
    def range_in_cells(self) -> float:
        """Return the correlation range in cells, 0 where no two cells are alike."""
        return self.correlation.range_m / self.side_m if self.correlation else 0.0

    def table(self, size: int) -> Numbers:
        """Return the correlation of two cells, by columns and rows apart, (size, size)."""
        if self.correlation is None:
            only = np.zeros((size, size))
            only[0, 0] = 1
            return only
        enough = 1 << (size - 1).bit_length()  # few sizes, so that tables are used again
        return table_of_squares(self.correlation, self.side_m, self.pixels, enough)[:size, :size]

    def told(self) -> str:
        """Return the field for a message."""
        alike = f"{c.model} {c.range_m:g} m" if (c := self.correlation) else "-"
        return f"{alike} / {self.side_m:g} m"

    def coarser(self, factor: int) -> "Field":
        """Return the field of cells that are `factor` times as wide."""
        pixels = None if self.pixels is None else self.pixels * factor
        return Field(self.correlation, self.side_m * factor, pixels)


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Effects of the cells of a field on rows; by row, then by column and row of the lattice.

    Parameters
    ----------
    field : Field
    size : int
        Number of rows.
    row, x, y : (m,) arrays
        Row, and column and row of the cell; each at most once.
    effect : (m,) array
        Signed effect on the row of plus one standard deviation of a point or pixel of the field,
        were it the same all over the cell; in the unit of the rows. NaN where not known.
    """

    field: Field
    size: int
    row: Places
    x: Places
    y: Places
    effect: Numbers

    @classmethod
    def gathered(
        cls,
        field: Field,
        size: int,
        row: npt.ArrayLike,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        effect: npt.ArrayLike,
    ) -> Self:
        """Return the effects with those of the same row and cell added up."""
        row, x, y = (np.asarray(a, dtype=np.int64) for a in (row, x, y))
        effect = np.asarray(effect, dtype=np.float64)
        order = np.lexsort((y, x, row))
        row, x, y, effect = row[order], x[order], y[order], effect[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = (row[1:] != row[:-1]) | (x[1:] != x[:-1]) | (y[1:] != y[:-1])
        if not first.all():
            effect = np.add.reduceat(effect, np.flatnonzero(first))
        row, x, y = row[first], x[first], y[first]
        some = effect != 0
        return cls(field, size, row[some], x[some], y[some], effect[some])

    @classmethod
    def none(cls, field: Field, size: int) -> Self:
        """Return no effect on any row."""
        return cls.gathered(field, size, [], [], [], [])

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Spread":
        """Return the effects on some of the rows."""
        number = np.cumsum(rows) - 1
        kept = rows[self.row]
        return Spread(
            self.field, int(rows.sum()), number[self.row[kept]],
            self.x[kept], self.y[kept], self.effect[kept],
        )  # fmt: skip

    def taken(self, rows: Places) -> "Spread":
        """Return the effects on rows by number, in that order; a row may be taken again."""
        starts = self.starts()
        many = np.diff(starts)[rows]
        new = np.repeat(np.arange(len(rows)), many)
        old = np.arange(len(new)) - np.repeat(np.cumsum(many) - many, many) + starts[rows][new]
        return Spread(self.field, len(rows), new, self.x[old], self.y[old], self.effect[old])

    def times(self, factor: Numbers) -> "Spread":
        """Return the effects on the rows times a number each, (n,)."""
        effect = self.effect * factor[self.row]
        return self.gathered(self.field, self.size, self.row, self.x, self.y, effect)

    def summed(self, place: Places, size: int) -> "Spread":
        """Return the effects on `size` sums, to which the rows belong by `place`, (n,)."""
        return self.gathered(self.field, size, place[self.row], self.x, self.y, self.effect)

    def plus(self, other: "Spread", sign: int = 1) -> "Spread":
        """Return the effects on the sums of two spreads' rows, or with -1 on the differences.

        Raises
        ------
        ProjectError
            If they are of different fields.
        """
        below = other.times(np.full(other.size, sign, dtype=np.float64))
        pair = stacked([self, below])
        return pair.summed(np.concatenate([np.arange(self.size)] * 2), self.size)

    def coarsened(self, factor: int) -> "Spread":
        """Return the effects of cells that are `factor` times as wide: of their mean error."""
        x, y = self.x // factor, self.y // factor
        field = self.field.coarser(factor)
        return self.gathered(field, self.size, self.row, x, y, self.effect)

    def starts(self) -> Places:
        """Return where the effects of each row start, (n + 1,)."""
        return np.searchsorted(self.row, np.arange(self.size + 1)).astype(np.int64)

    def variance(self) -> Numbers:
        """Return the variance of each row, (n,): the sum over all pairs of its cells."""
        if self.field.correlation is None:
            return np.bincount(self.row, self.effect**2, self.size).astype(np.float64)
        starts = self.starts()
        reach = _reach(starts, self.x, self.y)
        return _pair_sums(starts, self.x, self.y, self.effect, self.field.table(reach + 1))

    def variance_in_cells(self, most: int) -> Numbers:
        """Return the variance of each row, (n,), of at most `most` cells each.

        A row of more cells has them joined by two and two until they are few enough.
        """
        result, left, now = np.zeros(self.size), np.arange(self.size), self
        while len(left):
            few = np.diff(now.starts()) <= most
            result[left[few]] = now.chosen(few).variance()
            left, now = left[~few], now.chosen(~few).coarsened(2)
        return result


def stacked(spreads: Sequence[Spread]) -> Spread:
    """Return the rows of several spreads of one field under each other.

    Raises
    ------
    ProjectError
        If they are of different fields.
    """
    fields = {s.field for s in spreads}
    if len(fields) > 1:
        told = "; ".join(sorted(field.told() for field in fields))
        raise ProjectError(
            where=told,
            problem=Text(
                "同名误差来源的相关模型或格网不同，不能合并。请用相同的变程和像元重算，或为两个来源"
                "取不同的名称。",
                "errors of one name have different correlations or cells, so they cannot be put "
                "together. Compute both with the same range and pixels, or name them apart.",
            ),
        )
    ends = np.cumsum([s.size for s in spreads])
    above = ends - [s.size for s in spreads]
    row = np.concatenate([s.row + a for s, a in zip(spreads, above, strict=True)])
    x, y, effect = (np.concatenate([getattr(s, n) for s in spreads]) for n in ("x", "y", "effect"))
    return Spread(spreads[0].field, int(ends[-1]), row, x, y, effect)


@nb.njit(cache=True, nogil=True)
def _reach(starts: Places, x: Places, y: Places) -> int:
    """Return the most columns or rows between two cells of one row."""
    most = 0
    for i in range(starts.size - 1):
        if starts[i] < starts[i + 1]:
            of = slice(starts[i], starts[i + 1])
            most = max(most, x[of].max() - x[of].min(), y[of].max() - y[of].min())
    return most


@nb.njit(cache=True, nogil=True)
def _pair_sums(starts: Places, x: Places, y: Places, effect: Numbers, table: Numbers) -> Numbers:
    """Return for each row the sum over all pairs of its cells of e_c e_d rho(c, d)."""
    sums = np.zeros(starts.size - 1)
    for i in range(sums.size):
        for c in range(starts[i], starts[i + 1]):
            others = 0.0
            for d in range(starts[i], c):
                others += effect[d] * table[abs(x[c] - x[d]), abs(y[c] - y[d])]
            sums[i] += effect[c] * (effect[c] * table[0, 0] + 2 * others)
    return sums
