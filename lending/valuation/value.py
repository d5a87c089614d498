"""A valuation from its inputs: tonnes, value, haircuts, limits, and every step of it.

`value` is a function of `Inputs` alone, so that a valuation file can be computed again.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import ValidationError

from data_catalog.complaints import complaints
from data_catalog.errors import ProjectError, TableError, raise_all
from data_catalog.text import Text
from lending.policy.model import Policy
from lending.prices.rows import PriceRow, price_at, price_rows
from lending.valuation.approaches import cost_value, market_value
from lending.valuation.explanation import explained
from lending.valuation.facts import Facts, PracticeFacts
from lending.valuation.forest import other_right
from lending.valuation.gates import (
    MARKET,
    START,
    arms_length_gate,
    draws_gate,
    issued_gate,
    known_prices,
    policy_gate,
    price_gate,
    return_gate,
    stated_price_gate,
    tonnes_gate,
)
from lending.valuation.income import Flow
from lending.valuation.limits import bounds_of, longest_term, term_gate
from lending.valuation.money import discount, internal_rate
from lending.valuation.option import option_value
from lending.valuation.practice import CASE, Known, practice
from lending.valuation.result import (
    Cost,
    Gate,
    Inputs,
    OtherRightValue,
    Part,
    Payment,
    Practice,
    Results,
    Valuation,
    Vintage,
    money,
    money_or_none,
    tonnes,
)
from lending.valuation.sensitivity import (
    break_even_area,
    break_even_price,
    scenarios,
    sensitivity,
)
from lending.valuation.simulation import rise_of_process, simulated
from lending.valuation.timing import day_at
from lending.valuation.tonnes import NET_TONNES, in_periods
from lending.valuation.twice import check_counted_once, issued_beside_others
from lending.valuation.worked import Worked, all_payments, worked

__all__ = ["inputs_of", "read_inputs", "value", "vintages_of"]

NO_AMOUNT = Text(
    "由所给的数得不出金额：有的数过大或过小，或日期超出日历。请检查事实、政策与年份表。",
    "the numbers given lead to no amount: some are too large or too small, or a date leaves the "
    "calendar. Check facts, policy and vintages.",
)


def vintages_of(table: pd.DataFrame) -> tuple[Vintage, ...]:
    """Return the rows of a table of vintages (`sinks.credits.vintages.read_vintages`).

    Raises
    ------
    TableError or Problems
        All rows that cannot be used, at once.
    """
    plain = table.astype(object).where(table.notna(), None)
    rows: list[Vintage] = []
    errors: list[TableError] = []
    for number, row in enumerate(plain.to_dict("records"), start=1):
        try:
            rows.append(Vintage.model_validate(row))
        except ValidationError as error:
            column, said = next(complaints(error))
            errors.append(TableError(
                where=Text(f"碳汇年份表第 {number} 行", f"vintages, row {number}"),
                problem=Text(f"{column} 列：{said.zh}", f"column {column}: {said.en}"),
            ))  # fmt: skip
    raise_all(errors)
    return tuple(rows)


def inputs_of(
    facts: Facts, policy: Policy, vintages: Sequence[Vintage] = (),
    prices: Iterable[PriceRow] = (), tonnes_quantiles: tuple[float, ...] = (),
    where: str = "vintages",
) -> Inputs:  # fmt: skip
    """Return the inputs of a valuation, with the newest price of the facts' market.

    Parameters
    ----------
    prices : rows of the user's own, taken beside the bundled ones
    tonnes_quantiles : see `lending.valuation.simulation.quantiles_of_draws`
    where : the file of the vintages

    Raises
    ------
    GepError
        If the market is not known, its newest price is older than the policy allows, a row is
        monitored or issued before it has grown, or two count the same days or serials.
    """
    check_counted_once(vintages, where)
    raise_all(_not_grown_yet(facts.base_date, vintages, where))
    row = facts.price.row or price_at(
        [*price_rows(), *prices], facts.price.market, facts.base_date, policy.prices.validity_days
    )
    return Inputs(
        facts=facts, policy=policy, price=row, vintages=tuple(vintages),
        tonnes_quantiles=tonnes_quantiles,
    )  # fmt: skip


def _not_grown_yet(base: date, vintages: Iterable[Vintage], where: str) -> list[ProjectError]:
    return [
        ProjectError(where=where, problem=Text(
            f"第 {number} 行（{row.parcel_id}，{row.kind}）止于 {row.vintage_to}，晚于评估基准日 "
            f"{base}：已监测或已签发的量不会晚于基准日。请核对日期，尚未生长的改为 ex_ante。",
            f"row {number} ({row.parcel_id}, {row.kind}) ends on {row.vintage_to}, after the base "
            f"date {base}: what is monitored or issued has grown by then. Check the dates; what is "
            "still to grow is ex_ante.",
        ))
        for number, row in enumerate(vintages, start=1)
        if row.kind != "ex_ante" and row.vintage_to > base
    ]  # fmt: skip


def read_inputs(
    facts: Path, policy: Path, vintages: Path | None = None, prices: Path | None = None
) -> Inputs:
    """Return the inputs of files.

    Raises
    ------
    GepError
        All that is wrong with one of them, at once.
    """
    from lending.policy.reading import read_policy
    from lending.prices.rows import read_prices
    from lending.valuation.facts import read_facts
    from sinks.credits.vintages import read_vintages

    rows = vintages_of(read_vintages(vintages)) if vintages else ()
    own = read_prices(prices) if prices else ()
    where = vintages.name if vintages else "vintages"
    return inputs_of(read_facts(facts), read_policy(policy), rows, own, where=where)


def value(inputs: Inputs) -> Valuation:
    """Return a valuation.

    Raises
    ------
    GepError
        If the price is stale, an input is missing or contradicts another, vintages count twice, or
        the numbers lead to no amount.
    """
    check_counted_once(inputs.vintages)
    try:
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            of = worked(inputs)
            results = _results(of)
            steps = explained(of, results)
    except (ArithmeticError, ValueError) as error:
        raise ProjectError(where="valuation", problem=NO_AMOUNT) from error
    return Valuation(
        software=f"gep-toolkit {version('gep-toolkit')}", inputs=inputs, steps=steps,
        results=results,
    )  # fmt: skip


def _results(of: Worked) -> Results:
    facts = of.inputs.facts
    lower, mean = _total(of, mean=False), _total(of, mean=True)
    approaches = tuple(_approaches(facts, lower))
    gates = tuple(_gates(of, mean, approaches))
    bounds = bounds_of(of, gates)
    bound = next(one for one in bounds if one.binds)
    limit = bound.limit if bound.limit is not None else money(0)
    known = Known(
        tonnes=_gross(of), price=of.plan.start, lower=lower, max_loan=limit,
        yearly_income=_yearly_gross(of) * of.plan.start,
    )  # fmt: skip
    others = tuple(
        other_right(facts, right, of.inputs.policy, of.horizon.ends["tenure"])
        for right in facts.other_rights
    )
    lending = of.lending_value
    loan = facts.loan
    return Results(
        years=of.horizon.years, years_bound_by=of.horizon.bound_by,
        tonnes_mean=tonnes(mean), tonnes_lower=tonnes(lower), value=money(of.value),
        lending_value=money(lending), max_loan=limit, max_term_years=longest_term(of),
        bound_by=bound.rule, loan=loan,
        coverage_ratio=lending / float(loan) if loan else None,
        carbon_share_of_loan=min(1.0, float(limit / loan)) if loan else None,
        coverage_with_other_rights=_with_others(lending, others, float(loan) if loan else None),
        break_even_price=money_or_none(break_even_price(of)),
        break_even_area_mu=money_or_none(break_even_area(of)),
        irr=internal_rate(*all_payments(of.flows)), parts=tuple(_parts(of)),
        payments=tuple(_payments(of)), bounds=bounds, gates=gates,
        practice=tuple(_practice(facts, known)), approaches=approaches,
        other_rights=others,
        option=option_value(facts.option, of.plan.start, lower) if facts.option else None,
        scenarios=scenarios(of), sensitivity=sensitivity(of), draws=simulated(of),
    )  # fmt: skip


def _total(of: Worked, *, mean: bool) -> float:
    plan = of.plan.at_mean() if mean else of.plan
    return float(plan.past.sum() + plan.future.sum())


def _gross(of: Worked) -> float:
    """Return gross tonnes until T as practice counts them: no bound, buffer or leakage.

    Where a loss was avoided the claim is more than the removal: then it is the claim that counts.
    """
    holding = of.inputs.facts.holding
    if holding is not None:
        return holding.area_mu * holding.yield_tCO2e_per_mu * of.horizon.years
    gross = _claims(of)
    to_come = in_periods(of.lots, gross, of.plan.schedule.verified, of.growing).sum()
    return float(gross[of.lots.past].sum() + to_come)


def _yearly_gross(of: Worked) -> float:
    """Return the gross tonnes of a year to come as practice counts them."""
    holding = of.inputs.facts.holding
    if holding is not None:
        return holding.area_mu * holding.yield_tCO2e_per_mu if of.growing else 0.0
    return of.yearly(_claims(of))


def _claims(of: Worked) -> npt.NDArray[np.float64]:
    """Return the gross tonnes of each vintage, (n,), less what is withdrawn of it."""
    rows, taken = of.inputs.vintages, of.inputs.facts.tonnes
    gross = np.array([max(r.net_tCO2e, r.gross_tCO2e or 0.0) for r in rows])
    net = NET_TONNES(
        gross=np.array([r.net_tCO2e for r in rows]), lower=1.0, buffer=taken.buffer or 0.0,
        leakage=taken.leakage or 0.0,
    )  # fmt: skip
    return np.maximum(0.0, gross - (net - of.lots.mean))


def _with_others(
    lending: float, others: Iterable[OtherRightValue], loan: float | None
) -> float | None:
    added = [float(o.lending_value) for o in others if o.addable and o.lending_value is not None]
    return (lending + sum(added)) / loan if loan and added else None


def _parts(of: Worked) -> Iterable[Part]:
    for part, worth in of.parts.items():
        mean, lower = (
            (of.plan.past_mean, of.plan.past)
            if part == "past"
            else (of.plan.future_mean, of.plan.future)
        )
        if mean.any() or worth:
            yield Part(
                part=part, mean=tonnes(mean.sum()), lower=tonnes(lower.sum()), value=money(worth),
                haircuts=of.haircuts, factor=of.factor,
                lending_value=money(0 if of.refused else worth * of.factor),
            )  # fmt: skip


def _payments(of: Worked) -> Iterable[Payment]:
    found = [one for flow in of.flows for one in _of_flow(of, flow)]
    yield from sorted(found, key=lambda one: (one.years, one.part, one.kind))


def _of_flow(of: Worked, flow: Flow) -> Iterable[Payment]:
    worth = flow.amount * discount(of.rate, flow.years)
    start, count = of.inputs.facts.base_date, of.inputs.policy.discount.day_count
    for i, years in enumerate(flow.years):
        if flow.amount[i]:
            yield Payment.model_validate({
                "years": float(years), "day": day_at(start, float(years), count),
                "kind": flow.kind, "part": flow.part, "amount": money(flow.amount[i]),
                "discounted": money(worth[i]),
                "tonnes": None if flow.tonnes is None else tonnes(flow.tonnes[i]),
                "price": None if flow.price is None else money(flow.price[i]),
            })  # fmt: skip


def _gates(of: Worked, mean: float, approaches: Iterable[Cost]) -> Iterable[Gate]:
    facts, policy = of.inputs.facts, of.inputs.policy
    yield arms_length_gate(of.inputs.price)
    yield from of.gates
    if facts.base_date < policy.valid_from:
        yield policy_gate(facts.base_date, policy.valid_from)
    holding = facts.holding
    if holding is not None and holding.claimed_tonnes is not None and of.horizon.years:
        yearly = holding.area_mu * holding.yield_tCO2e_per_mu
        yield tonnes_gate(yearly, of.horizon.years, holding.claimed_tonnes)
    beside = issued_beside_others(of.inputs.vintages)
    if beside:
        yield issued_gate(beside)
    yield from _price_gates(of, mean, approaches)
    if facts.simulation is not None:
        rise = rise_of_process(facts.simulation.price, of.plan.start)
        if rise.yearly > 0:
            yield draws_gate(rise, policy.prices.max_growth)
    term = term_gate(of)
    if term is not None:
        yield term


def _price_gates(of: Worked, mean: float, approaches: Iterable[Cost]) -> Iterable[Gate]:
    """Yield what is to be asked of prices and returns that the facts state or imply."""
    facts = of.inputs.facts
    bounds = of.inputs.policy.warnings.implied_price or known_prices(price_rows())
    yield from stated_price_gate(of.plan.start, bounds, START)
    for one in approaches:
        if one.per_tonne is not None:
            yield from stated_price_gate(float(one.per_tonne), bounds, MARKET)
    for right in facts.other_rights:
        low = return_gate(right, of.rate)
        if low is not None:
            yield low
    if facts.loan is not None and mean:
        yield price_gate(float(facts.loan), mean, bounds)


def _practice(facts: Facts, known: Known) -> Iterable[Practice]:
    asked = facts.practice
    if not any(one.method == "GROSS_SPOT" for one in asked):
        asked = (PracticeFacts(method="GROSS_SPOT", case=CASE), *asked)
    for one in asked:
        yield practice(one, known)


def _approaches(facts: Facts, lower: float) -> Iterable[Cost]:
    if facts.comparables is not None:
        yield market_value(facts.comparables, lower)
    if facts.cost is not None:
        yield cost_value(facts.cost)
