"""What has happened to pledges since they were valued: land disturbed, prices moved, days due."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from data_catalog.errors import GepError
from data_catalog.text import Text
from lending.paper import amounts
from lending.prices.rows import PriceRow, price_at
from lending.valuation.result import Valuation
from lending.valuation.timing import months_later
from lending.watch.notices import Kind, Notice, made
from lending.watch.pledges import Pledged
from lending.watch.revaluation import at_price, without_land
from sinks.satellite.disturbance.alerts import parcel_disturbance

__all__ = ["calendar_notices", "disturbance_notices", "price_notices"]

PRECISION = 1e-7
"""Degrees to which two copies of an alert are the same."""
COMMON_CRS = "EPSG:4326"
Found = tuple[Notice, Valuation | None]
"""A notice, and the valuation after it."""


def disturbance_notices(
    pledges: Sequence[Pledged], alerts: gpd.GeoDataFrame, known: Collection[str], on: date
) -> Iterator[Found]:
    """Yield a notice for each pledge whose land an alert touches that it was not told of yet.

    Only those pledges are valued anew. Alerts from before the base date of a valuation are in it
    already. Land under several alerts counts once.

    Parameters
    ----------
    alerts : GeoDataFrame with the columns of `sinks.satellite.disturbance.alerts`
    known : collection of str
        Events that notices were made of, as `PLEDGE/EVENT`.
    """
    keyed = alerts.assign(event=_digests(alerts))
    for pledged in pledges:
        base = pledged.valuation.inputs.facts.base_date
        recent = keyed[keyed["date"].map(lambda day: base <= day <= on)]  # noqa: B023  (used at once)
        if recent.empty:
            continue
        land = pledged.land.to_crs(recent.crs)
        near = recent[recent.intersects(shapely.union_all(land.geometry.to_numpy()))]
        new = [e for e in near["event"] if f"{pledged.pledge_id}/{e}" not in known]
        if not new:
            continue
        table = parcel_disturbance(land, near, None)
        disturbed = table["disturbed_ha"].sum()
        if not disturbed:  # a border in common is no disturbance
            continue
        share = min(disturbed / table["area_ha"].sum(), 1.0)
        first = table["first_date"].dropna().min()
        lost = dict(zip(table["parcel_id"], table["disturbed_share"], strict=True))
        after = without_land(pledged.valuation, lost, share, first)
        what = Text(
            f"{len(near)} 处预警覆盖质押林地 {amounts.area(disturbed, 'zh')}，占 {share:.1%}，"
            f"最早 {first}。只减未来的吨数，基准日与价格不变。",
            f"Alerts ({len(near)}) cover {amounts.area(disturbed, 'en')} of the pledged land, "
            f"{share:.1%} of it, the first of {first}. Tonnes to come are less; base date and "
            "price are as they were.",
        )
        events = tuple(near["event"])
        yield made("disturbance", pledged, events, what, on, first, after), after


def price_notices(
    pledges: Sequence[Pledged], rows: Sequence[PriceRow], known: Collection[str], on: date
) -> Iterator[Found]:
    """Yield a notice for each pledge whose market's price moved by a share of its policy."""
    for pledged in pledges:
        inputs = pledged.valuation.inputs
        was, policy = inputs.price, inputs.policy
        own = [
            r for r in rows
            if r.market == was.market and r.price is not None and was.last_day < r.last_day <= on
        ]  # fmt: skip
        if not own or was.price is None:
            continue
        newest = max(own, key=lambda row: row.last_day)
        moved = (newest.price or 0.0) / was.price - 1
        crossed = [t for t in policy.warnings.price_fall if moved <= -t]
        if abs(moved) >= policy.revaluation.price_change:
            crossed.append(policy.revaluation.price_change)
        if not crossed:
            continue
        # the same row that crosses the same line is one event
        events = (f"{newest.id}@{max(crossed):g}",)
        if f"{pledged.pledge_id}/{events[0]}" in known:
            continue
        what = Text(
            f"{newest.market} 价格 {was.price:g}（{was.last_day}）→ {newest.price:g}"
            f"（{newest.last_day}），变动 {moved:+.1%}，达到 {max(crossed):.0%}。",
            f"The price of {newest.market} went from {was.price:g} ({was.last_day}) to "
            f"{newest.price:g} ({newest.last_day}), {moved:+.1%}: it reaches {max(crossed):.0%}.",
        )
        yield _again("price", pledged, events, what, on, newest.last_day, newest)


def calendar_notices(
    pledges: Sequence[Pledged], rows: Sequence[PriceRow], known: Collection[str], on: date
) -> Iterator[Found]:
    """Yield a notice for each pledge whose valuation is due by the policy's calendar."""
    for pledged in pledges:
        inputs = pledged.valuation.inputs
        months = inputs.policy.revaluation.every_months
        due = months_later(inputs.facts.base_date, months)
        if due > on or f"{pledged.pledge_id}/{due}" in known:
            continue
        what = Text(
            f"上次估值 {inputs.facts.base_date}，政策每 {months} 个月重估一次，{due} 到期。",
            f"Last valued {inputs.facts.base_date}; the policy values every {months} months: due "
            f"{due}.",
        )
        try:
            days = inputs.policy.prices.validity_days
            row = price_at([*rows, inputs.price], inputs.price.market, on, days)
        except GepError as error:
            problem = Text(error.say("zh"), error.say("en"))
            unmade = f"{due} not valued"
            if f"{pledged.pledge_id}/{unmade}" not in known:
                yield made("calendar", pledged, (unmade,), what, on, due, None, problem), None
        else:
            yield _again("calendar", pledged, (str(due),), what, on, due, row)


def _again(
    kind: Kind, pledged: Pledged, events: tuple[str, ...], what: Text, on: date, event_on: date,
    row: PriceRow,
) -> Found:  # fmt: skip
    try:
        after = at_price(pledged.valuation, row, on)
    except GepError as error:
        problem = Text(error.say("zh"), error.say("en"))
        return made(kind, pledged, events, what, on, event_on, None, problem), None
    return made(kind, pledged, events, what, on, event_on, after), after


def _digests(alerts: gpd.GeoDataFrame) -> "pd.Series[str]":
    """Return what tells an alert from all others, in whatever file it comes: source, day, shape."""
    shapes = alerts.geometry.to_crs(COMMON_CRS).to_numpy()
    exact = shapely.normalize(shapely.set_precision(shapes, PRECISION))
    told = [
        hashlib.sha256(f"{source}|{day}|".encode() + shapely.to_wkb(shape)).hexdigest()[:12]
        for source, day, shape in zip(alerts["source"], alerts["date"], exact, strict=True)
    ]
    return pd.Series(told, index=alerts.index, dtype="str")
