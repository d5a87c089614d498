"""Periods of change made into vintages: clipped to the crediting period, by calendar year if asked.

A change within a period is taken as even over its days (AR-TOOL14 annualises linearly). The change
from the end of 2015 to the end of 2020 belongs to [2016-01-01, 2021-01-01).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import RunError
from data_catalog.text import Text
from sinks.credits.vintages import interval
from sinks.estimates import Estimates, together

__all__ = ["VINTAGE", "in_vintages"]

VINTAGE = ["vintage_from", "vintage_to"]


def in_vintages(
    change: Estimates, begin: date | None, end: date | None, *, yearly: bool
) -> Estimates:
    """Return the changes by vintage, in the order of time, then of parcels.

    Parameters
    ----------
    change : Estimates with keys parcel_id, year_from, year_to
    begin, end : date or None
        The crediting period [begin, end); what lies outside is left out.
    yearly : bool
        Whether a period of several years is cut into calendar years.

    Returns
    -------
    Estimates with keys parcel_id, year_from, year_to, share, vintage_from, vintage_to
        `share` is what part of the years the vintage covers.

    Raises
    ------
    RunError
        If periods overlap, or nothing lies within the crediting period.
    """
    periods = sorted(
        {(int(a), int(b)) for a, b in zip(change.keys["year_from"], change.keys["year_to"],
                                          strict=True)}
    )  # fmt: skip
    _check(change.keys, periods, yearly=yearly)
    parts = []
    for first, last in periods:
        rows = ((change.keys["year_from"] == first) & (change.keys["year_to"] == last)).to_numpy()
        of_period = change.chosen(rows)
        for year_from, year_to in _cut(first, last, yearly=yearly):
            days = _within(year_from, year_to, begin, end)
            if days is None:
                continue
            since, until = interval(year_from, year_to)
            share = (days[1] - days[0]).days / (until - since).days
            whole = (year_to - year_from) / (last - first)
            part = of_period.times(whole * share, {})
            keys = part.keys[["parcel_id"]].assign(
                year_from=year_from, year_to=year_to, share=share,
                vintage_from=days[0], vintage_to=days[1],
            )  # fmt: skip
            order = np.argsort(keys["parcel_id"].to_numpy(), kind="stable")
            parts.append(_ordered(replace(part, keys=keys), order))
    if not parts:
        raise RunError(where="change", problem=Text(
            f"没有变化落在计入期 [{begin}, {end}) 内。",
            f"no change lies within the crediting period [{begin}, {end}).",
        ))  # fmt: skip
    return together(parts)


def _check(keys: pd.DataFrame, periods: list[tuple[int, int]], *, yearly: bool) -> None:
    """Refuse periods of a parcel that overlap, and vintages that would."""
    ordered = keys.sort_values(["parcel_id", "year_from"])
    before = ordered.groupby("parcel_id")["year_to"].shift()
    twice = ordered[ordered["year_from"] < before]
    if len(twice):
        parcel, year = twice["parcel_id"].iloc[0], twice["year_from"].iloc[0]
        raise RunError(where="change", problem=Text(
            f"宗地 {parcel} 的时期在 {year} 年之后重叠，同一吨会被计两次。",
            f"periods of parcel {parcel} overlap after {year}: a tonne would count twice.",
        ))  # fmt: skip
    for (_, end), (begin, _) in pairwise(periods):
        if begin < end and not yearly:
            raise RunError(where="change", problem=Text(
                f"各宗地的时期不同（一段自 {begin} 年，另一段至 {end} 年）。"
                "请用 --yearly 按年拆分。",
                f"parcels have different periods (one from {begin}, another to {end}). Cut them "
                "into years with --yearly.",
            ))  # fmt: skip


def _cut(first: int, last: int, *, yearly: bool) -> Iterator[tuple[int, int]]:
    if yearly:
        yield from ((year, year + 1) for year in range(first, last))
    else:
        yield first, last


def _within(
    year_from: int, year_to: int, begin: date | None, end: date | None
) -> tuple[date, date] | None:
    since, until = interval(year_from, year_to)
    since, until = max(since, begin or since), min(until, end or until)
    return (since, until) if since < until else None


def _ordered(part: Estimates, order: npt.NDArray[np.intp]) -> Estimates:
    if (order == np.arange(len(order))).all():
        return part
    return Estimates(
        keys=part.keys.iloc[order].reset_index(drop=True), value=part.value[order],
        shared={s: e[order] for s, e in part.shared.items()}, own=part.own[order],
        spatial={s: e.taken(order) for s, e in part.spatial.items()},
    )  # fmt: skip
