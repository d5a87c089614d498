"""New vintages as an event: fewer tonnes monitored or issued than were lent against."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date

from data_catalog.text import Text
from lending.paper import amounts
from lending.valuation.result import Vintage
from lending.watch.days import Calendar
from lending.watch.pledges import Pledged
from lending.watch.revaluation import not_issued_since, replaced
from lending.watch.watching import Found, valued

__all__ = ["unmatched", "vintage_notices"]

MADE = ("monitored", "issued")


def vintage_notices(
    pledges: Sequence[Pledged], rows: Sequence[Vintage], known: Collection[str], on: date,
    calendar: Calendar | None = None,
) -> Iterator[Found]:  # fmt: skip
    """Yield a notice for each pledge of whose tonnes fewer came than its valuation expected.

    A monitored or issued row stands for the expected rows of its parcel whose days all lie in it.
    It is a shortfall where its net tonnes are below theirs; one that is issued stands for what was
    monitored of its days, in one table too. All rows made known of the pledge then take their
    places in the valuation, the fuller ones too.

    Parameters
    ----------
    rows : sequence of Vintage
        Those that are only expected (ex_ante) are left alone.
    """
    by_parcel = defaultdict(list)
    for row in rows:
        if row.kind in MADE and row.vintage_from <= on:
            by_parcel[row.parcel_id].append(row)
    for pledged in pledges:
        expected = pledged.valuation.inputs.vintages
        parcels = {row.parcel_id for row in expected}
        own = [
            row for name in sorted(parcels) for row in by_parcel[name]
            if any(replaced(old, row) for old in expected)
        ]  # fmt: skip
        own = not_issued_since(own, [*own, *pledged.since.vintages])
        short = [row for row in own if row.net_tCO2e < _expected(pledged, row)]
        events = tuple(_event(row) for row in short)
        if all(f"{pledged.pledge_id}/{event}" in known for event in events):
            continue
        was = sum(_expected(pledged, row) for row in short)
        came = sum(row.net_tCO2e for row in short)
        what = Text(
            f"{len(short)} 个年份的监测或签发量为 {amounts.tonnes(came)}，预期 "
            f"{amounts.tonnes(was)}，少 {1 - came / was:.1%}。",
            f"Of {len(short)} vintages {amounts.tonnes(came)} were monitored or issued; "
            f"{amounts.tonnes(was)} had been expected: {1 - came / was:.1%} less.",
        )
        kept = [old for old in pledged.since.vintages if not any(replaced(old, r) for r in own)]
        now = pledged.since.model_copy(update={"vintages": (*kept, *own)})
        last = max(row.vintage_to for row in short)
        yield valued("vintage", pledged, events, what, on, min(last, on), now, calendar)


def unmatched(pledges: Sequence[Pledged], rows: Sequence[Vintage]) -> tuple[str, ...]:
    """Return the pledges that new vintages touch and that cannot be set against them, by name.

    Their valuation is of a holding without vintages, or its years are cut otherwise.
    """
    made = [row for row in rows if row.kind in MADE]
    found = []
    for pledged in pledges:
        own = [row for row in made if row.parcel_id in set(pledged.land["parcel_id"])]
        expected = pledged.valuation.inputs.vintages
        if any(not any(replaced(old, row) for old in expected) for row in own):
            found.append(pledged.pledge_id)
    return tuple(found)


def _expected(pledged: Pledged, row: Vintage) -> float:
    """Return the net tonnes that the valuation expected of a row's parcel and days."""
    return sum(old.net_tCO2e for old in pledged.valuation.inputs.vintages if replaced(old, row))


def _event(row: Vintage) -> str:
    return f"{row.kind} {row.parcel_id} [{row.vintage_from}, {row.vintage_to}) {row.net_tCO2e:.3f}"
