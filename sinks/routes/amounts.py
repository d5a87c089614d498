"""Amounts per hectare with the effects of their errors, before they are those of parcels.

The effect of a source is that of plus one of its standard errors, to first order: half the
difference between what the equation gives above and below by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.parameters import Row
from data_catalog.spec import Pixels
from data_catalog.units import conversion
from sinks.estimates import Estimates
from sinks.routes.route import DOUBTFUL
from sinks.uncertainty.fields import Field, Spread
from tiles.rows import BoundRows, distinct

__all__ = [
    "Amounts",
    "Places",
    "evaluated",
    "gathered",
    "nothing",
    "of_parcels",
    "over_plots",
    "spread_out",
    "stacked",
]

Places: TypeAlias = npt.NDArray[np.int64]
NUDGE = float(np.sqrt(np.finfo(np.float64).eps))
"""The relative change of a number by which it is seen whether it decides anything."""
PARCELS = Field()
"""No two parcels have anything in common in what they err in by themselves."""
ID_BYTES = 7
"""A parcel's number fits a signed 64-bit integer, and no two of a nation's parcels are likely
to have the same."""
PLOTS = "plots"
"""What a mean over plots errs in itself."""


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Amounts, (n,), with signed effects by shared source and by what a row itself errs in."""

    value: Pixels
    shared: Mapping[str, Pixels] = field(default_factory=dict)
    own: Mapping[str, Pixels] = field(default_factory=dict)
    provisional: npt.NDArray[np.bool_]

    def at(self, rows: "Places") -> "Amounts":
        """Return the amounts of some of the rows."""
        return Amounts(
            value=self.value[rows], shared={s: e[rows] for s, e in self.shared.items()},
            own={c: e[rows] for c, e in self.own.items()}, provisional=self.provisional[rows],
        )  # fmt: skip

    def plus(self, other: "Amounts") -> "Amounts":
        """Return the sums row by row: what both err in adds up with its sign."""
        return Amounts(
            value=self.value + other.value, shared=_added(self.shared, other.shared),
            own=_added(self.own, other.own), provisional=self.provisional | other.provisional,
        )  # fmt: skip


def _added(one: Mapping[str, Pixels], other: Mapping[str, Pixels]) -> dict[str, Pixels]:
    both = {s: one[s] + other[s] for s in one if s in other}
    return {**one, **other, **both}


def evaluated(
    bound: BoundRows, frame: pd.DataFrame, given: Mapping[str, Amounts] | None = None
) -> Amounts:
    """Return what a model gives for the rows of a table, with the effects of its errors.

    Parameters
    ----------
    frame : DataFrame, (n,) rows
        A column `x_se` is the standard error of the column `x`.
    given : mapping of column to Amounts, optional
        Columns that are themselves worked out, with what they err in.
    """
    value = bound.of_each(len(frame))
    shared: dict[str, Pixels] = {}
    own: dict[str, Pixels] = {}
    provisional = np.zeros(len(frame), dtype=bool)

    def effect(name: str, step: Pixels) -> Pixels:
        arguments = dict(bound.arguments)
        middle = arguments[name]
        up = bound.computed(arguments | {name: middle + step}, len(frame))
        down = bound.computed(arguments | {name: middle - step}, len(frame))
        return np.where(matters(name), (up - down) / 2, 0.0)

    def matters(name: str) -> npt.NDArray[np.bool_]:
        """Return where the number decides anything: a limit does so only where it is reached."""
        arguments = dict(bound.arguments)
        more = bound.computed(arguments | {name: arguments[name] * (1 + NUDGE)}, len(frame))
        less = bound.computed(arguments | {name: arguments[name] * (1 - NUDGE)}, len(frame))
        return np.asarray(more != less)

    for name, origins in bound.origins.items():
        rows, which = distinct(origins)
        units = bound.model.factors()[name].units
        step = np.array([_se(row, units) for row in rows], dtype=np.float64)
        found = effect(name, step[which])
        for number, row in enumerate(rows):
            into, source = (own, name) if row is None else (shared, row.name())
            of_it = np.where(which == number, found, 0.0)
            into[source] = into[source] + of_it if source in into else of_it
        doubtful = np.array([row is not None and row.grade in DOUBTFUL for row in rows], dtype=bool)
        provisional |= doubtful[which] & matters(name)
    for name in bound.model.columns():
        if given and name in given:
            known = given[name]
            shared = _added(shared, {s: effect(name, e) for s, e in known.shared.items()})
            own = _added(own, {s: effect(name, e) for s, e in known.own.items()})
            provisional = provisional | known.provisional
        elif f"{name}_se" in frame:
            own[name] = effect(name, frame[f"{name}_se"].to_numpy(dtype=np.float64))
    return Amounts(value=value, shared=shared, own=own, provisional=provisional)


def _se(row: Row | None, units: str) -> float:
    """Return the standard error of a row in other units; NaN where it, or the row, is not known."""
    return row.se * conversion(row.units, units)[0] if row is not None else np.nan


def nothing(rows: int) -> Amounts:
    """Return amounts of zero that err in nothing."""
    return Amounts(value=np.zeros(rows), provisional=np.zeros(rows, dtype=bool))


def spread_out(amounts: Amounts, rows: Places, length: int, fill: float = np.nan) -> Amounts:
    """Return amounts at their rows among others, which are `fill` and err in nothing."""

    def out(of_rows: npt.ArrayLike, rest: float = 0.0) -> Pixels:
        found = np.full(length, rest)
        found[rows] = of_rows
        return found

    return Amounts(
        value=out(amounts.value, fill), shared={s: out(e) for s, e in amounts.shared.items()},
        own={c: out(e) for c, e in amounts.own.items()}, provisional=out(amounts.provisional) > 0,
    )  # fmt: skip


def stacked(parts: Sequence[Amounts]) -> Amounts:
    """Return the amounts of several parts under each other."""

    def under(of: Sequence[Mapping[str, Pixels]]) -> dict[str, Pixels]:
        names = dict.fromkeys(name for one in of for name in one)
        pairs = list(zip(of, parts, strict=True))
        return {
            name: np.concatenate([one.get(name, np.zeros(len(p.value))) for one, p in pairs])
            for name in names
        }

    return Amounts(
        value=np.concatenate([one.value for one in parts]),
        shared=under([one.shared for one in parts]), own=under([one.own for one in parts]),
        provisional=np.concatenate([one.provisional for one in parts]),
    )  # fmt: skip


def over_plots(amounts: Amounts, place: Places, plot: Places, counts: Places) -> Amounts:
    """Return the mean over the plots of each place, with its sampling error.

    Parameters
    ----------
    amounts : Amounts, (n,)
        Per hectare, of the trees (or their parts) on plots of one size, drawn at random.
    place, plot : (n,) array
        The place and the plot, numbered through, that each is of.
    counts : (m,) array
        Number of plots of each place, those without trees included. The error of the mean of
        one plot is not known: NaN.
    """
    plain = Amounts(value=amounts.value, shared=amounts.shared, provisional=amounts.provisional)
    summed = gathered(plain, place, plot, len(counts))
    pairs, of_pair = np.unique(np.stack([place, plot]), axis=1, return_inverse=True)
    of_plot = np.bincount(of_pair.ravel(), weights=amounts.value, minlength=pairs.shape[1])
    squares = np.bincount(pairs[0], weights=of_plot**2, minlength=len(counts))
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (squares - summed.value**2 / counts) / (counts - 1)
        error = np.where(counts > 1, np.sqrt(np.maximum(variance, 0) / counts), np.nan)
        return Amounts(
            value=summed.value / counts,
            shared={s: e / counts for s, e in summed.shared.items()},
            own={PLOTS: error}, provisional=summed.provisional,
        )  # fmt: skip


def gathered(amounts: Amounts, place: Places, part: Places, places: int) -> Amounts:
    """Return the sums of parts (trees, culms of an age) by place.

    Parameters
    ----------
    place : (n,) array
        Which of the places each amount is of.
    part : (n,) array
        Amounts of one part of one place err in the same thing; those of others in another.
    """

    def add(weights: Pixels, into: Places = place, length: int = places) -> Pixels:
        return np.bincount(into, weights=weights, minlength=length).astype(np.float64)

    pairs, of_pair = np.unique(np.stack([place, part]), axis=1, return_inverse=True)
    own = {
        column: np.sqrt(add(add(e, of_pair.ravel(), pairs.shape[1]) ** 2, pairs[0]))
        for column, e in amounts.own.items()
    }
    return Amounts(
        value=add(amounts.value), shared={s: add(e) for s, e in amounts.shared.items()}, own=own,
        provisional=add(amounts.provisional.astype(np.float64)) > 0,
    )  # fmt: skip


def of_parcels(amounts: Amounts, keys: pd.DataFrame, area: Pixels) -> Estimates:
    """Return the amounts of whole parcels from those per hectare.

    What a parcel errs in by itself (its volume, its plots) is one and the same in all its pools,
    and another in another year: a place of its own for each parcel and year.

    Parameters
    ----------
    keys : DataFrame
        With parcel_id and year.
    area : (n,) array, ha
    """
    shared = {s: e * area for s, e in amounts.shared.items()}
    rows = np.arange(len(area))
    parcels, years = _cells(keys["parcel_id"]), keys["year"].to_numpy(dtype=np.int64)
    return Estimates(
        keys=keys.reset_index(drop=True), value=amounts.value * area,
        shared={s: e for s, e in shared.items() if (e != 0).any()}, own=np.zeros(len(area)),
        spatial={
            column: Spread.gathered(PARCELS, len(area), rows, parcels, years, e * area)
            for column, e in amounts.own.items() if (e != 0).any()
        },
    )  # fmt: skip


def _cells(parcels: "pd.Series[str]") -> Places:
    """Return a number for each parcel, the same in any run."""
    number = {
        parcel: int.from_bytes(blake2b(str(parcel).encode(), digest_size=ID_BYTES).digest(), "big")
        for parcel in parcels.unique()
    }
    return parcels.map(number).to_numpy(dtype=np.int64)
