"""A valuation made again after something changed: land lost, a new price, a later day."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from lending.policy.model import DayCount
from lending.prices.rows import PriceRow
from lending.valuation.facts import Cycle, Facts, When
from lending.valuation.result import Inputs, Valuation, Vintage
from lending.valuation.timing import day_at, months_later
from lending.valuation.tonnes import clipped
from lending.valuation.value import value

__all__ = ["at_price", "replaced", "with_vintages", "without_land"]


def with_vintages(valuation: Valuation, rows: Sequence[Vintage]) -> Valuation:
    """Return the value with monitored or issued tonnes in the place of those expected.

    Of what is sold or promised no more is withdrawn than there is of them: a gate tells the rest.
    """
    kept = [old for old in valuation.inputs.vintages if not any(replaced(old, row) for row in rows)]
    every = tuple(sorted([*kept, *rows], key=lambda row: (row.parcel_id, row.vintage_from)))
    left = _with_facts(valuation.inputs, withdrawn=clipped(valuation.inputs.facts, every))
    return value(left.model_copy(update={"vintages": every}))


def replaced(old: Vintage, row: Vintage) -> bool:
    """Return whether a row stands for what an older one expected: its parcel and all its days."""
    return (
        old.parcel_id == row.parcel_id
        and old.kind != "issued"
        and row.vintage_from <= old.vintage_from
        and old.vintage_to <= row.vintage_to
    )


def without_land(
    valuation: Valuation, lost: Mapping[str, float], whole: float, since: Mapping[str, date]
) -> Valuation:
    """Return the value without the tonnes to come of land that was disturbed; nothing else moves.

    Base date and price stay those of the valuation, so that what differs is the forest alone.
    Tonnes that were monitored or issued already are not touched: a loss of theirs is what the
    programme's buffer is for.

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

    A path of points moves with the price; ends that were told in years from the base date stay
    the days they are. Verification keeps to its days, and what was paid to develop the project
    before the new day is sunk.
    """
    facts = valuation.inputs.facts
    base, was = facts.base_date, valuation.inputs.price.price
    count = valuation.inputs.policy.discount.day_count
    ratio = row.price / was if row.price and was else 1.0
    points = tuple(p.model_copy(update={"price": p.price * ratio}) for p in facts.price.points)
    path = facts.price.model_copy(update={"points": points, "row": row})
    ends = facts.ends.model_copy(
        update={
            name: _dated(getattr(facts.ends, name), base, count)
            for name in type(facts.ends).model_fields
        }
    )
    costs = facts.costs
    if day > base:
        sunk = costs.paid_already + costs.development
        costs = costs.model_copy(update={"development": Decimal(0), "paid_already": sunk})
    first = _next(facts.cycle, base, day, count)
    cycle = facts.cycle.model_copy(update={"first_verification": first})
    moved = _with_facts(
        valuation.inputs, base_date=day, price=path, ends=ends, cycle=cycle, costs=costs
    ).model_copy(update={"price": row})
    return value(moved)


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


def _next(cycle: Cycle, base: date, day: date, count: DayCount) -> date:
    """Return the first verification after a day, in the cycle that runs since the base date."""
    first = months_later(base, cycle.monitoring_months)
    if cycle.first_verification is not None:
        first = _dated(cycle.first_verification, base, count)
    days = (months_later(first, n * cycle.monitoring_months) for n in itertools.count())
    return next(one for one in days if one > day)
