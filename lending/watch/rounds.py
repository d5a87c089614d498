"""One round of the watch: everything that has come in, each pledge valued with all that is known.

In a registry a notice is an event of its chain, written in one transaction; the book beside it is a
copy. What is known already is then read from the chain alone: a run that was stopped between a
valuation and its notice makes it again, one stopped between the notice and the book copies it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

import geopandas as gpd

from lending.prices.rows import PriceRow
from lending.registry import Registry, User
from lending.valuation.result import Vintage
from lending.watch.book import keep_valuation, known_events, read_book, write_notice
from lending.watch.credited import vintage_notices
from lending.watch.days import Calendar
from lending.watch.layers import Layer, alerts_of_layer
from lending.watch.notices import Notice
from lending.watch.pledges import Pledged
from lending.watch.registered import note_in, noted_in
from lending.watch.warning import Signal, sales_signals, warning_notices
from lending.watch.watching import (
    Found,
    calendar_notices,
    disturbance_notices,
    price_notices,
    stood,
)

__all__ = ["Seen", "keep", "keep_in", "round_of"]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What has come in.

    Parameters
    ----------
    alerts : GeoDataFrames with the columns of `sinks.satellite.disturbance.alerts`
    layers : new layers, of which the windows of the pledged parcels are read
    vintages : rows monitored or issued
    prices : rows of the markets
    moved : bool
        Whether prices are watched; rows are needed by the calendar too.
    due : bool
        Whether what is due by the calendar of the policy is valued.
    signals : early warnings
    calendar : working days, if the user gives them
    """

    alerts: tuple[gpd.GeoDataFrame, ...] = ()
    layers: tuple[Layer, ...] = ()
    vintages: tuple[Vintage, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    moved: bool = False
    due: bool = False
    signals: tuple[Signal, ...] = ()
    calendar: Calendar | None = None


def round_of(
    pledges: Sequence[Pledged], told: Sequence[Notice], seen: Seen, on: date
) -> Iterator[Found]:
    """Yield the notices of a round, in the order in which one is valued upon the other.

    Parameters
    ----------
    told : sequence of Notice
        All that were made before.
    """
    known, days = known_events(told), seen.calendar
    standing = stood(pledges, told)

    def each(found: Iterator[Found]) -> Iterator[Found]:
        nonlocal standing
        new = list(found)
        standing = stood(standing, [notice for notice, _ in new])
        yield from new

    yield from each(vintage_notices(standing, seen.vintages, known, on, days))
    for alerts in seen.alerts:
        yield from each(disturbance_notices(standing, alerts, known, on, days))
    for layer in seen.layers:
        of_each = (
            disturbance_notices((one,), alerts_of_layer(one.land, layer), known, on, days)
            for one in standing
        )
        yield from each(chain.from_iterable(of_each))
    if seen.moved:
        yield from each(price_notices(standing, seen.prices, known, on, days))
    if seen.due:
        yield from each(calendar_notices(standing, seen.prices, known, on, days))
    sales = sales_signals(standing, seen.prices, on) if seen.moved else ()
    signals = (*seen.signals, *sales)
    yield from each(warning_notices(standing, signals, known, on, days))


def keep(folder: Path, found: Iterator[Found]) -> list[Notice]:
    """Write the notices of a round into the book, and return them."""
    made = []
    for notice, valuation in found:
        write_notice(folder, notice, valuation)
        made.append(notice)
    return made


def keep_in(registry: Registry, user: User, folder: Path, found: Iterator[Found]) -> list[Notice]:
    """Note the notices of a round in the registry, copy them into the book, and return them."""
    made = []
    for notice, valuation in found:
        keep_valuation(folder, notice, valuation)
        note_in(registry, user, notice)
        made.append(notice)
    copied = {notice.id for notice in read_book(folder)}
    for notice in noted_in(registry, user.organisation):
        if notice.id not in copied:
            write_notice(folder, notice, None)
    return made
