"""A valuation made again after something changed: land lost, a new price, a later day."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import numpy as np

from data_catalog.text import Text
from lending.paper import amounts
from lending.policy.model import DayCount
from lending.prices.paths import price_path
from lending.prices.rows import PriceRow
from lending.valuation.facts import Cycle, Facts, PricePath, PricePoint, When
from lending.valuation.result import Inputs, Valuation, Vintage
from lending.valuation.timing import (
    ENDS,
    day_at,
    first_verification,
    months_later,
    years_between,
)
from lending.valuation.tonnes import clipped
from lending.valuation.value import value

__all__ = [
    "at_price",
    "by_the_plan",
    "not_issued_since",
    "planned",
    "replaced",
    "with_vintages",
    "without_land",
]


def with_vintages(valuation: Valuation, rows: Sequence[Vintage]) -> Valuation:
    """Return the value with monitored or issued tonnes in the place of those expected.

    Monitored tonnes that were issued since count as issued. Of what is sold or promised no more is
    withdrawn than there is of them: a gate tells the rest.
    """
    rows = not_issued_since(rows, rows)
    kept = [old for old in valuation.inputs.vintages if not any(replaced(old, row) for row in rows)]
    every = tuple(sorted([*kept, *rows], key=lambda row: (row.parcel_id, row.vintage_from)))
    left = _with_facts(valuation.inputs, withdrawn=clipped(valuation.inputs.facts, every))
    return value(left.model_copy(update={"vintages": every}))


def replaced(old: Vintage, row: Vintage) -> bool:
    """Return whether a row stands for an older one: for what it expected, or for the same units.

    What was expected or monitored is of its parcel, and all its days are in it; what was issued has
    its days and serials, as in a table that is told once more.
    """
    if old.parcel_id != row.parcel_id:
        return False
    if old.kind == "issued":
        return row.kind == "issued" and _told(old) == _told(row)
    return row.vintage_from <= old.vintage_from and old.vintage_to <= row.vintage_to


def not_issued_since(rows: Iterable[Vintage], known: Iterable[Vintage]) -> list[Vintage]:
    """Return the rows less the monitored ones in whose place issued ones are known."""
    issued = [row for row in known if row.kind == "issued"]
    return [
        row for row in rows
        if row.kind == "issued" or not any(replaced(row, one) for one in issued)
    ]  # fmt: skip


def without_land(
    valuation: Valuation, lost: Mapping[str, float], whole: float, since: Mapping[str, date]
) -> Valuation:
    """Return the value without the tonnes to come of land that was disturbed; nothing else moves.

    Base date and price stay those of the valuation, so that what differs is the forest alone.
    Tonnes that were monitored or issued already are not touched: a loss of theirs is what the
    programme's buffer is for. In the constant-yield form what grew on the lost land and is not
    paid yet is lost with it.

    Parameters
    ----------
    lost : mapping of parcel to the share of its area that was disturbed
    whole : float
        Share of all pledged land that was disturbed.
    since : mapping of parcel to the day of its first disturbance
        Vintages of the parcel that end by then stay.
    """
    inputs = valuation.inputs
    holding = inputs.facts.holding
    if holding is None or inputs.vintages:
        rows = tuple(
            _less(row, lost[row.parcel_id], since[row.parcel_id]) if row.parcel_id in lost else row
            for row in inputs.vintages
        )
        left = _with_facts(inputs, withdrawn=clipped(inputs.facts, rows))
        return value(left.model_copy(update={"vintages": rows}))
    if whole >= 1:
        # a holding has to have some area: nothing grows on it any more
        over = inputs.facts.ends.model_copy(update={"crediting": 0.0})
        return value(_with_facts(inputs, ends=over))
    smaller = holding.model_copy(update={"area_mu": holding.area_mu * (1 - whole)})
    return value(_with_facts(inputs, holding=smaller))


def at_price(valuation: Valuation, row: PriceRow, day: date) -> Valuation:
    """Return the value on another day at another price.

    A path of points moves with the price, by what the price is over that of the path on the day.
    Whatever was told in years from the base date stays the day it is. Verification and payment
    keep to theirs: what grew and is not paid yet by the plan of the valuation counts on, what is
    paid counts no more; so no tonne is forgotten and none counts twice. What was paid to develop
    the project before the new day is sunk.
    """
    facts = valuation.inputs.facts
    count = valuation.inputs.policy.discount.day_count
    ends = {
        name: _dated(getattr(facts.ends, name), facts.base_date, count)
        for name in type(facts.ends).model_fields
    }
    others = tuple(
        one if one.until is None
        else one.model_copy(update={"until": _dated(one.until, facts.base_date, count)})
        for one in facts.other_rights
    )  # fmt: skip
    costs = facts.costs
    if day > facts.base_date:
        sunk = costs.paid_already + costs.development
        costs = costs.model_copy(update={"development": Decimal(0), "paid_already": sunk})
    moved = _with_facts(
        valuation.inputs, base_date=day, price=_path(valuation.inputs, row, day),
        ends=facts.ends.model_copy(update=ends), cycle=_cycle(valuation.inputs, day), costs=costs,
        other_rights=others,
    ).model_copy(update={"price": row})  # fmt: skip
    return value(moved)


def planned(valuation: Valuation, day: date) -> Decimal:
    """Return the lending value that a valuation's own plan and price path give on a day, CNY.

    What is worth less on that day has lost something that was not expected of it.
    """
    facts = valuation.inputs.facts
    if day <= facts.base_date:
        return valuation.results.lending_value
    row, path = valuation.inputs.price, facts.price
    years = years_between(facts.base_date, day, valuation.inputs.policy.discount.day_count)
    points = [(one.years, one.price) for one in path.points]
    then = price_path(row.price or 0.0, path.growth, points, np.array([years]))
    own = row.model_copy(update={"price": float(then[0]), "first_day": day, "last_day": day})
    alone = _with_facts(valuation.inputs, simulation=None, option=None, practice=())
    expected = at_price(valuation.model_copy(update={"inputs": alone}), own, day)
    return expected.results.lending_value


def by_the_plan(valuation: Valuation, now: Valuation) -> Text:
    """Say what a valuation made again on a later day takes as paid, verified or over by its plan.

    Empty where nothing is.
    """
    was, day = valuation.inputs.facts, now.inputs.facts.base_date
    over = day_at(
        was.base_date, valuation.results.years, valuation.inputs.policy.discount.day_count
    )
    if was.base_date < day and over <= day:
        bound = ENDS[valuation.results.years_bound_by]
        return Text(
            f"{bound.zh}（{over}）已过：除已签发的以外，不再计入任何碳汇量。",
            f"The {bound.en} ({over}) has passed: no tonnes count any more, but for what is told "
            "as issued.",
        )
    said: list[Text] = []
    cycle = now.inputs.facts.cycle
    paid = [
        one for one in valuation.results.payments
        if one.kind == "receipt" and one.part == "future" and one.day <= day
    ]  # fmt: skip
    if paid:
        tonnes = amounts.tonnes(sum((one.tonnes or Decimal(0) for one in paid), Decimal(0)))
        total = sum((one.amount for one in paid), Decimal(0))
        said.append(Text(
            f"按原估值的计划，{cycle.grown_since} 前生长的 {tonnes} 已核证、售出，至 {day} 收款 "
            f"{amounts.yuan(total, 'zh')}：除已签发的以外不再计入。请核对款项是否收到、"
            "是否用于还款。",
            f"By the plan of the valuation {tonnes} that grew before {cycle.grown_since} were "
            f"verified, sold and by {day} paid, {amounts.yuan(total, 'en')}: they count no more, "
            "but for what is told as issued. Ask whether the money came and paid back the loan.",
        ))  # fmt: skip
    verified = first_verification(now.inputs.facts)
    if verified <= day:
        due = months_later(verified, cycle.lag_months)
        said.append(Text(
            f"{verified} 应核证的碳汇量按计划 {due} 收款，此前仍计入。请核对核证是否完成。",
            f"Tonnes that were to be verified on {verified} count until they are to be paid, on "
            f"{due}. Ask whether they were verified.",
        ))  # fmt: skip
    return Text("".join(one.zh for one in said), " ".join(one.en for one in said))


def _told(row: Vintage) -> tuple[date, date, str, str]:
    return row.vintage_from, row.vintage_to, row.serial_from, row.serial_to


def _less(row: Vintage, lost: float, since: date) -> Vintage:
    if row.kind != "ex_ante" or row.vintage_to <= since or not lost:
        return row
    numbers = {
        name: None if amount is None else amount * (1 - lost)
        for name, amount in (
            ("gross_tCO2e", row.gross_tCO2e), ("net_tCO2e", row.net_tCO2e),
            ("se_tCO2e", row.se_tCO2e), ("lower_tCO2e", row.lower_tCO2e),
        )
    }  # fmt: skip
    return row.model_copy(update=numbers)


def _with_facts(inputs: Inputs, **changed: object) -> Inputs:
    facts: Facts = inputs.facts.model_copy(update=changed)
    return inputs.model_copy(update={"facts": facts})


def _dated(when: When, base: date, count: DayCount) -> date:
    return when if isinstance(when, date) else day_at(base, float(when), count)


def _path(inputs: Inputs, row: PriceRow, day: date) -> PricePath:
    """Return the path of prices from a row of a day on; its points stay the days they are."""
    facts, was = inputs.facts, inputs.price.price
    base, count, path = facts.base_date, inputs.policy.discount.day_count, facts.price
    shift = years_between(base, day, count)
    ratio = 1.0
    if row.price and was:
        told = [(one.years, one.price) for one in path.points]
        ratio = row.price / float(price_path(was, 0.0, told, np.array([shift]))[0])
    # two points of one day are one: the later
    left = {
        years_between(day, day_at(base, one.years, count), count): one.price * ratio
        for one in path.points
    }
    points = tuple(
        PricePoint(years=years, price=price) for years, price in left.items() if years > 0
    )
    return path.model_copy(update={"points": points, "row": row})


def _cycle(inputs: Inputs, day: date) -> Cycle:
    """Return the cycle on a later day: since when is not paid, and the verification of that."""
    facts, cycle = inputs.facts, inputs.facts.cycle
    if day <= facts.base_date:
        since = cycle.grown_since and min(cycle.grown_since, day)
        plan = {"first_verification": first_verification(facts), "grown_since": since}
        return cycle.model_copy(update=plan)
    waiting = [one.vintage_from for one in inputs.vintages if one.kind != "issued"]
    since = cycle.grown_since or min([facts.base_date, *waiting])
    first = first_verification(facts)
    days = (months_later(first, n * cycle.monitoring_months) for n in itertools.count())
    paid = list(itertools.takewhile(lambda one: months_later(one, cycle.lag_months) <= day, days))
    return cycle.model_copy(update={
        "first_verification": months_later(first, len(paid) * cycle.monitoring_months),
        "grown_since": paid[-1] if paid else since,
    })  # fmt: skip
