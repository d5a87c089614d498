"""A valuation in numbers, before it is written down: what stress and sensitivity do again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.policy.model import HaircutKind
from lending.prices.rows import check_age
from lending.valuation.gates import (
    bound_gate,
    owed_gate,
    path_gate,
    rate_gate,
    rejected,
    yield_gate,
)
from lending.valuation.haircuts import applied, factor, rate_of
from lending.valuation.income import Flow, Plan, flows, plan_of, present
from lending.valuation.result import AppliedHaircut, Gate, Inputs, Vintage
from lending.valuation.timing import Horizon, horizon, schedule
from lending.valuation.tonnes import (
    Lots,
    Taken,
    clipped,
    in_periods,
    lots_of_holding,
    lots_of_vintages,
    volume_taken,
)

__all__ = ["Worked", "all_payments", "stressed", "worked"]

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Worked:
    """Numbers of a valuation, CNY and t_CO2e.

    Parameters
    ----------
    growing : years that tonnes are counted for: until T, or until the last vintage ends
    parts : present value of the past and the future tonnes, before haircuts
    haircuts : what is taken off each part
    gates : what the plausibility of tonnes and price path is, whatever is lent on them
    """

    inputs: Inputs
    rate: float
    horizon: Horizon
    growing: float
    lots: Lots
    plan: Plan
    flows: tuple[Flow, ...]
    parts: Mapping[Literal["past", "future"], float]
    haircuts: tuple[AppliedHaircut, ...]
    factor: float
    gates: tuple[Gate, ...] = ()

    @property
    def value(self) -> float:
        """Return the present value of all tonnes, before haircuts; may be negative."""
        return self.parts["past"] + self.parts["future"]

    @property
    def refused(self) -> bool:
        """Return whether a gate leaves nothing to lend on."""
        return rejected(self.gates) is not None

    @property
    def lending_value(self) -> float:
        """Return what is left of the value; a part that costs more than it brings lowers it."""
        return 0.0 if self.refused else max(0.0, self.value) * self.factor

    @property
    def yearly_income(self) -> float:
        """Return the lower bound of a year's tonnes at the price of the base date, CNY."""
        return self.yearly(self.lots.lower) * self.plan.start

    def yearly(self, amount: Numbers) -> float:
        """Return what of some amounts, a lot each, grows in a year from the base date until T.

        What is monitored or issued, or grew before, does not come again.
        """
        if not self.growing:
            return 0.0
        from_now = in_periods(self.lots, amount, np.array([0.0, self.growing]), self.growing)[-1]
        return float(from_now) / self.growing


def worked(inputs: Inputs) -> Worked:
    """Return the numbers of a valuation.

    Raises
    ------
    GepError
        If the price is stale, or an input is missing or contradicts another.
    """
    facts, policy, price = inputs.facts, inputs.policy, inputs.price
    check_age(price, facts.base_date, policy.prices.validity_days)
    if price.price is None:
        raise ProjectError(where=f"price {price.id}", problem=Text(
            "只有价格区间，没有均价或收盘价。请提供一个价格。",
            "has a range and no mean or close. Give a price.",
        ))  # fmt: skip
    count, rate = policy.discount.day_count, policy.discount.yearly()
    until = horizon(facts, count)
    lots = _lots(inputs, until.years)
    if lots.past.any():
        policy.haircut("liquidity")  # near market, but only for as much as the market takes
    # once T is over nothing counts that is not issued, not even what waits for its payment
    if not until.years:
        lots = replace(lots, monitored=np.zeros_like(lots.monitored))
    first, last = (lots.first, min(until.years, lots.last)) if until.years else (0.0, 0.0)
    growing = max(0.0, last)
    when = schedule(facts, first, last, count)
    plan = plan_of(facts, price.price, lots, when, growing, count)
    bounded = replace(lots, mean=np.where(lots.unbounded, 0.0, lots.mean))
    known = plan_of(facts, price.price, bounded, when, growing, count)
    found = tuple(flows(plan))
    rates: dict[HaircutKind, float] = {
        one.kind: rate_of(one, facts, price, rate) for one in policy.haircuts
    }
    haircuts = applied(policy, rates, _counted(inputs, lots, plan, known))
    return Worked(
        inputs=inputs, rate=rate, horizon=until, growing=growing, lots=lots, plan=plan, flows=found,
        parts=present(found, rate), haircuts=haircuts,
        factor=factor(haircuts, policy.haircut_mode),
        gates=tuple(_gates(inputs, lots, plan)),
    )  # fmt: skip


def _counted(of: Inputs, lots: Lots, plan: Plan, known: Plan) -> Mapping[HaircutKind, Taken]:
    """Return what the tonnes have had off already; rows of vintages differ in their bounds.

    Parameters
    ----------
    known : the plan without the estimates of tonnes that have no bound
    """
    if of.facts.holding is not None:
        return lots.counted
    rate = of.policy.discount.yearly()
    volume = volume_taken(
        known.at_mean().worth(rate), plan.worth(rate), of.policy, lots.counted.get("volume")
    )
    return lots.counted if volume is None else lots.counted | {"volume": volume}


def _gates(inputs: Inputs, lots: Lots, plan: Plan) -> Iterable[Gate]:
    rise = plan.steepest_rise()
    if rise.yearly > 0:
        yield path_gate(rise, inputs.policy.prices.max_growth)
    unbounded = lots.unbounded
    if unbounded.any():
        left = float(plan.past.sum() + plan.future.sum())
        yield bound_gate(int(unbounded.sum()), float(lots.mean[unbounded].sum()), left)
    rate = inputs.policy.discount.yearly()
    if rate < 0:
        yield rate_gate(rate)
    for gone, taken in zip(inputs.facts.withdrawn, lots.withdrawn, strict=True):
        if taken < gone.tonnes:
            yield owed_gate(gone, taken)
    if inputs.facts.holding is not None:
        yield yield_gate(inputs.facts.holding.yield_tCO2e_per_mu)


def _lots(inputs: Inputs, years: float) -> Lots:
    facts = inputs.facts
    if (facts.holding is None) == (not inputs.vintages):
        raise ProjectError(where="holding", problem=Text(
            "须且只须给出 [holding]（面积与单位面积年碳汇量）或年份表之一。",
            "give either [holding], area and yearly yield, or a table of vintages.",
        ))  # fmt: skip
    if facts.holding is not None:
        return lots_of_holding(facts, inputs.policy, years)
    return lots_of_vintages(facts, inputs.policy, inputs.vintages)


def stressed(
    inputs: Inputs, *, price: float = 1.0, tonnes: float = 1.0, lag_months: int = 0,
    rate: float | None = None,
) -> Inputs:  # fmt: skip
    """Return inputs under stress; everything else is kept, the haircuts too.

    Parameters
    ----------
    price, tonnes : float
        Times the price of the base date (stated points move with it), times area or tonnes.
    lag_months : int
        More months from verification to payment.
    rate : float, optional
        Discount rate instead of the policy's.
    """
    facts, policy = inputs.facts, inputs.policy
    cycle = facts.cycle.model_copy(update={"lag_months": facts.cycle.lag_months + lag_months})
    points = tuple(p.model_copy(update={"price": p.price * price}) for p in facts.price.points)
    holding = facts.holding
    if holding is not None:
        holding = holding.model_copy(update={"area_mu": holding.area_mu * tonnes})
    rows = tuple(_fewer(inputs, tonnes))
    facts = facts.model_copy(update={
        "cycle": cycle, "holding": holding, "withdrawn": clipped(facts, rows),
        "price": facts.price.model_copy(update={"points": points}),
    })  # fmt: skip
    if rate is not None:
        plain = policy.discount.model_copy(update={"rate": rate, "parts": ()})
        policy = policy.model_copy(update={"discount": plain})
    old = inputs.price.price
    row = inputs.price.model_copy(update={"price": old and old * price})
    return inputs.model_copy(update={
        "facts": facts, "policy": policy, "price": row,
        "vintages": rows,
    })  # fmt: skip


def _fewer(inputs: Inputs, share: float) -> list[Vintage]:
    names = ("gross_tCO2e", "net_tCO2e", "se_tCO2e", "lower_tCO2e")
    found: list[Vintage] = []
    for row in inputs.vintages:
        amounts = {n: getattr(row, n) for n in names}
        scaled = {n: None if a is None else a * share for n, a in amounts.items()}
        found.append(row.model_copy(update=scaled))
    return found


def all_payments(found: tuple[Flow, ...]) -> tuple[Numbers, Numbers]:
    """Return all payments and their years, (n,) each."""
    amounts = np.concatenate([flow.amount for flow in found]) if found else np.zeros(0)
    years = np.concatenate([flow.years for flow in found]) if found else np.zeros(0)
    return amounts, years
