"""What has happened to pledges since they were valued: land disturbed, prices moved, days due."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
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
from lending.watch.days import Calendar
from lending.watch.notices import Kind, Notice, made
from lending.watch.pledges import Pledged
from lending.watch.revaluation import by_the_plan
from lending.watch.since import KEPT_CRS, Since, hectares, lost_shares, with_lost

__all__ = ["Found", "calendar_notices", "disturbance_notices", "price_notices", "stood", "valued"]

PRECISION = 1e-7
"""Degrees to which two copies of an alert are the same."""
COMMON_CRS = "EPSG:4326"
Found = tuple[Notice, Valuation | None]
"""A notice, and the valuation after it."""


def stood(pledges: Sequence[Pledged], notices: Iterable[Notice]) -> tuple[Pledged, ...]:
    """Return pledges as notices, in their order, left them: what comes next is valued with it."""
    last = {one.pledge_id: one.since for one in notices}
    return tuple(one.after(last.get(one.pledge_id, one.since)) for one in pledges)


def disturbance_notices(
    pledges: Sequence[Pledged], alerts: gpd.GeoDataFrame, known: Collection[str], on: date,
    calendar: Calendar | None = None,
) -> Iterator[Found]:  # fmt: skip
    """Yield a notice for each pledge whose land an alert touches that it was not told of yet.

    Only those pledges are valued anew. Alerts from before the base date of a valuation are in it
    already. Land under several alerts, in this file or an earlier one, is lost once. Below the
    policy's `disturbed_share` of a pledge nothing is told.

    Parameters
    ----------
    alerts : GeoDataFrame with the columns of `sinks.satellite.disturbance.alerts`
    known : collection of str
        Events that notices were made of, as `PLEDGE/EVENT`.
    """
    if alerts.empty:
        return
    keyed = alerts.assign(event=_digests(alerts)).drop_duplicates("event")
    for pledged in pledges:
        base = pledged.valuation.inputs.facts.base_date
        recent = keyed[[base <= day <= on for day in keyed["date"]]]
        if recent.empty:
            continue
        land = pledged.land.to_crs(recent.crs)
        near = recent[recent.intersects(shapely.union_all(land.geometry.to_numpy()))]
        new = [e for e in near["event"] if f"{pledged.pledge_id}/{e}" not in known]
        if new:
            yield from _disturbed(pledged, land, near, on, calendar)


def _disturbed(
    pledged: Pledged, land: gpd.GeoDataFrame, near: gpd.GeoDataFrame, on: date,
    calendar: Calendar | None,
) -> Iterator[Found]:  # fmt: skip
    met = gpd.overlay(land, near[["date", "geometry"]], keep_geom_type=True)
    if met.empty:  # a border in common is no disturbance
        return
    pieces = met.dissolve(["parcel_id", "date"]).to_crs(KEPT_CRS)
    now = with_lost(pledged.since, dict(zip(pieces.index, pieces.geometry, strict=True)))
    _, before = lost_shares(pledged.since.lost, pledged.land)
    _, share = lost_shares(now.lost, pledged.land)
    least = pledged.valuation.inputs.policy.warnings.disturbed_share or 0.0
    if not share or share < least:
        return
    first, area = min(met["date"]), float(hectares(pledged.land.geometry).sum()) * share
    what = Text(
        f"{len(near)} 处预警触及质押林地；至今共 {amounts.area(area, 'zh')} 受干扰，占 {share:.1%}"
        f"（此前 {before:.1%}），本次最早 {first}。只减未来的吨数。",
        f"Alerts ({len(near)}) touch the pledged land. Disturbed by now: "
        f"{amounts.area(area, 'en')}, {share:.1%} of it (before: {before:.1%}); the first of these "
        f"on {first}. Only tonnes to come are less.",
    )
    yield valued("disturbance", pledged, tuple(near["event"]), what, on, first, now, calendar)


def price_notices(
    pledges: Sequence[Pledged], rows: Sequence[PriceRow], known: Collection[str], on: date,
    calendar: Calendar | None = None,
) -> Iterator[Found]:  # fmt: skip
    """Yield a notice for each pledge whose market's price crossed a line of its policy.

    Falls are against the price of the valuation; a line that an earlier price had crossed is told
    again only if the price has since moved by the policy's `price_change`.
    """
    for pledged in pledges:
        inputs = pledged.valuation.inputs
        was = inputs.price
        own = [
            r for r in rows
            if r.market == was.market and r.price is not None and was.last_day < r.last_day <= on
        ]  # fmt: skip
        if not own or was.price is None:
            continue
        newest = max(own, key=lambda row: row.last_day)
        told = pledged.since.price or was
        line = _crossed(pledged, newest, told)
        event = f"{newest.id}@{line:g}"
        if not line or f"{pledged.pledge_id}/{event}" in known:
            continue
        moved = (newest.price or 0.0) / was.price - 1
        what = Text(
            f"{newest.market} 价格 {was.price:g}（{was.last_day}）→ {newest.price:g}"
            f"（{newest.last_day}），变动 {moved:+.1%}，达到 {line:.0%}。",
            f"The price of {newest.market} went from {was.price:g} ({was.last_day}) to "
            f"{newest.price:g} ({newest.last_day}), {moved:+.1%}: it reaches {line:.0%}.",
        )
        now = pledged.since.model_copy(update={"price": newest, "priced_on": on})
        yield valued("price", pledged, (event,), what, on, newest.last_day, now, calendar)


def _crossed(pledged: Pledged, newest: PriceRow, told: PriceRow) -> float:
    """Return the highest line that a price reaches and the one told last did not; 0 for none."""
    policy, was = pledged.valuation.inputs.policy, pledged.valuation.inputs.price.price or 0.0
    change = policy.revaluation.price_change

    def reached(price: float | None) -> set[float]:
        moved = (price or 0.0) / was - 1
        lines = {line for line in policy.warnings.price_fall if moved <= -line}
        return lines | ({change} if abs(moved) >= change else set())

    new = reached(newest.price)
    if told is not pledged.valuation.inputs.price:
        again = abs((newest.price or 0.0) / (told.price or 1.0) - 1) >= change
        new = (new or {change}) if again else new - reached(told.price)
    return max(new, default=0.0)


def calendar_notices(
    pledges: Sequence[Pledged], rows: Sequence[PriceRow], known: Collection[str], on: date,
    calendar: Calendar | None = None,
) -> Iterator[Found]:  # fmt: skip
    """Yield a notice for each pledge whose valuation is due by the policy's months.

    With a calendar of working days, what falls due on a day off is due on the first one that is
    worked.
    """
    for pledged in pledges:
        inputs = pledged.valuation.inputs
        months = inputs.policy.revaluation.every_months
        last = pledged.since.valued_on or inputs.facts.base_date
        due = months_later(last, months)
        due = calendar.first_from(due) if calendar else due
        if due > on or f"{pledged.pledge_id}/{due}" in known:
            continue
        what = Text(
            f"上次估值 {last}，政策每 {months} 个月重估一次，{due} 到期。",
            f"Last valued {last}; the policy values every {months} months: due {due}.",
        )
        try:
            days = inputs.policy.prices.validity_days
            row = price_at([*rows, inputs.price], inputs.price.market, on, days)
        except GepError as error:
            problem = Text(error.say("zh"), error.say("en"))
            unmade = f"{due} not valued"
            if f"{pledged.pledge_id}/{unmade}" not in known:
                yield made("calendar", pledged, (unmade,), what, on, due, pledged.since, None,
                           problem, calendar=calendar), None  # fmt: skip
        else:
            new = {"price": row, "priced_on": on, "valued_on": on}
            now = pledged.since.model_copy(update=new)
            yield valued("calendar", pledged, (str(due),), what, on, due, now, calendar)


def valued(
    kind: Kind, pledged: Pledged, events: tuple[str, ...], what: Text, on: date, event_on: date,
    now: Since, calendar: Calendar | None,
) -> Found:  # fmt: skip
    """Return the notice of what is known now, with the valuation after it, or why there is none."""
    try:
        after = now.value(pledged.valuation, pledged.land)
    except GepError as error:
        problem = Text(error.say("zh"), error.say("en"))
        return made(kind, pledged, events, what, on, event_on, pledged.since, None, problem,
                    calendar=calendar), None  # fmt: skip
    plan = by_the_plan(pledged.valuation, after)
    if plan.zh:
        what = Text(f"{what.zh}{plan.zh}", f"{what.en} {plan.en}")
    return made(kind, pledged, events, what, on, event_on, now, after, calendar=calendar), after


def _digests(alerts: gpd.GeoDataFrame) -> "pd.Series[str]":
    """Return what tells an alert from all others, in whatever file it comes: source, day, shape."""
    shapes = alerts.geometry.to_crs(COMMON_CRS).to_numpy()
    exact = shapely.normalize(shapely.set_precision(shapes, PRECISION))
    told = [
        hashlib.sha256(f"{source}|{day}|".encode() + shapely.to_wkb(shape)).hexdigest()[:12]
        for source, day, shape in zip(alerts["source"], alerts["date"], exact, strict=True)
    ]
    return pd.Series(told, index=alerts.index, dtype="str")
