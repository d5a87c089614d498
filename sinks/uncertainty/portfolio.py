"""Draws of what many parcels hold together: IPCC approach 2 for a portfolio.

In each draw a shared source is one number for all rows, a field of errors one number per cell of
its lattice with the cells' correlation, and what is a row's own is a number of its own. The random
numbers of a block of draws depend on the seed, the source's name and the block's number alone.
So draws can be made in any portions, and a source that is added leaves the draws of the others as
they were.

References
----------
IPCC 2006, vol. 1, ch. 3, approach 2.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from data_catalog.parameters import engine_number
from sinks.estimates import Estimates
from sinks.uncertainty.fields import Numbers, Places, Spread
from sinks.uncertainty.random_fields import Singles, lattice_of, normal_numbers

__all__ = ["Portfolio", "simulate"]

Counts = npt.NDArray[np.int32]
OWN_NUMBERS = "own"


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """Draws of totals, and how the draws of each row spread.

    Parameters
    ----------
    keys : DataFrame, (groups,) rows
        What each total is of.
    totals : (draws, groups) array
        In the unit of the estimates.
    quantiles : (q,) array
        Shares of the draws, 0 to 1.
    row_quantiles : (n, q) array
        What that share of each row's draws does not exceed; to within a bin, see the parameter
        `quantile_bins`. NaN where the row or its error is not known.
    """

    keys: pd.DataFrame
    totals: Numbers
    quantiles: Numbers
    row_quantiles: Numbers


def simulate(
    estimates: Estimates,
    *,
    draws: int,
    seed: int,
    by: Iterable[str] = (),
    quantiles: Sequence[float] = (),
    at_least: float | None = None,
    first: int = 0,
) -> Portfolio:
    """Draw the totals of all rows with the same keys.

    Parameters
    ----------
    draws : int
        At least 1.
    seed : int
        Same seed, same draws.
    by : names of key columns
        Rows alike in these are summed, in the order of the keys; none for one total of all.
    quantiles : sequence of shares
        Quantiles of each row to return.
    at_least : float, optional
        A row's draw below this counts as this: 0 for a stock, of which there is no less.
    first : int
        Number of the first draw: draws 0 to 9,999 are the same, made at once or in portions.
    """
    keys, place = estimates.grouped(by)
    errors = _Errors.of(estimates)
    bins = int(engine_number("quantile_bins"))
    reach = int(engine_number("quantile_reach")) * bins if len(quantiles) else 0
    known = np.where(errors.se > 0, errors.se, np.inf)
    counts = np.zeros((len(estimates), 2 * reach), dtype=np.int32)
    totals = np.zeros((len(keys), draws))
    floor = -np.inf if at_least is None else at_least
    made = 0
    for drawn in errors.drawn(seed, first, first + draws):
        part = totals[:, made : made + drawn.shape[1]]
        made += drawn.shape[1]
        _add(estimates.value, drawn, place, floor, part)
        if reach:
            _count(drawn, bins / known, counts)
    shares = np.asarray(quantiles, dtype=np.float64)
    found = estimates.value[:, None] + errors.se[:, None] * _quantiles(counts, shares, bins)
    return Portfolio(
        keys=keys, totals=totals.T, quantiles=shares,
        row_quantiles=np.where(found < floor, floor, found),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Errors:
    """What is drawn for the rows of some estimates: few numbers for all, cells, and rows' own."""

    names: tuple[str, ...]
    shared: Singles  # (n, sources)
    spatial: dict[str, Spread]
    own: Singles
    se: Numbers

    @classmethod
    def of(cls, estimates: Estimates) -> "_Errors":
        """Take a source that touches no two rows by the same cell as the rows' own."""
        own, spatial = estimates.own**2, {}
        for source, spread in estimates.spatial.items():
            if _lonely(spread):
                own = own + spread.variance()
            else:
                spatial[source] = spread
        columns = list(estimates.shared.values())
        shared = np.stack(columns, axis=1) if columns else np.zeros((len(estimates), 0))
        return cls(
            names=tuple(estimates.shared), shared=shared.astype(np.float32),
            spatial=spatial, own=np.sqrt(own).astype(np.float32), se=estimates.se,
        )  # fmt: skip

    def drawn(self, seed: int, first: int, end: int) -> Iterator[Singles]:
        """Yield the errors of the rows in draws `first` to `end` - 1, (n, some draws) each."""
        size = int(engine_number("draws_in_block"))
        fields = {s: (lattice_of(e), _weights(e)) for s, e in self.spatial.items()}
        for block in range(first // size, -(-end // size)):
            common = [normal_numbers(seed, s, block, (size,)) for s in self.names]
            errors = self.shared @ np.stack(common) if common else np.float32(0)
            for source, (lattice, weights) in fields.items():
                errors = errors + weights @ lattice.drawn(seed, source, block, size)
            own = normal_numbers(seed, OWN_NUMBERS, block, (len(self.own), size))
            own *= self.own[:, None]
            own += errors
            kept = slice(max(first - block * size, 0), min(end - block * size, size))
            yield own[:, kept]


def _lonely(spread: Spread) -> bool:
    if spread.field.correlation is not None:
        return False
    cells = np.stack([spread.x, spread.y], axis=1)
    return len(np.unique(cells, axis=0)) == len(cells)


def _weights(spread: Spread) -> sparse.csr_array:
    """Return the effect on each row of each cell that has one, cells in order."""
    cells, column = np.unique(np.stack([spread.x, spread.y], axis=1), axis=0, return_inverse=True)
    shape = (spread.size, len(cells))
    content = (spread.effect.astype(np.float32), (spread.row, column.ravel()))
    return sparse.csr_array(content, shape=shape)


@nb.njit(cache=True, nogil=True)
def _add(value: Numbers, drawn: Singles, place: Places, floor: float, totals: Numbers) -> None:
    """Add the rows' draws, none below the floor, to the totals, (groups, draws)."""
    for i in range(drawn.shape[0]):
        for d in range(drawn.shape[1]):
            amount = value[i] + np.float64(drawn[i, d])
            totals[place[i], d] += np.maximum(amount, floor)  # NaN stays


@nb.njit(cache=True, nogil=True)
def _count(drawn: Singles, per_unit: Numbers, counts: Counts) -> None:
    """Count the draws of each row by bin; the middle bins meet at no error."""
    half = counts.shape[1] // 2
    for i in range(drawn.shape[0]):
        for d in range(drawn.shape[1]):
            at = np.float64(drawn[i, d]) * per_unit[i] + half
            if at < 1:  # the outermost bins take all beyond
                counts[i, 0] += 1
            elif at < 2 * half:
                counts[i, int(at)] += 1
            else:
                counts[i, 2 * half - 1] += 1


@nb.njit(cache=True, nogil=True)
def _quantiles(counts: Counts, shares: Numbers, bins: int) -> Numbers:
    """Return quantiles of each row in standard errors, (n, q), straight within a bin."""
    found = np.empty((counts.shape[0], shares.size))
    half = counts.shape[1] // 2
    for i in range(counts.shape[0]):
        draws = counts[i].sum()
        for q in range(shares.size):
            below, bin_ = 0, 0
            while bin_ < 2 * half - 1 and below + counts[i, bin_] < shares[q] * draws:
                below += counts[i, bin_]
                bin_ += 1
            inside = (shares[q] * draws - below) / max(counts[i, bin_], 1)
            found[i, q] = (bin_ + inside - half) / bins
    return found
