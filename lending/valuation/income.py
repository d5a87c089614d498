"""Income approach: what the tonnes to come are worth, period by period.

    receipt_k = tonnes_k P(t_k) (1 - fee)             t_k = verified + lag
    NPV = -dev + sum_t [receipt - monitor - verify - issue - owner - tax]_t (1 + r)^-t

Past tonnes are a part of their own: issued ones are sold at once, monitored ones after one
verification and the lag. What was paid before the base date is sunk.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text
from lending.policy.model import DayCount
from lending.prices.paths import Rise, price_path, steepest_rise
from lending.valuation.facts import Costs, Facts, PricePath
from lending.valuation.money import discount
from lending.valuation.timing import Schedule, months_later, years_between
from lending.valuation.tonnes import Lots, in_periods

__all__ = [
    "PARTS",
    "RECEIPT",
    "Flow",
    "Plan",
    "flows",
    "plan_of",
    "present",
    "present_draws",
    "receipt",
]

Numbers = npt.NDArray[np.float64]
PartName = Literal["past", "future"]
PARTS: dict[PartName, Text] = {
    "past": Text("已监测的碳汇量", "tonnes monitored"),
    "future": Text("未来的碳汇量", "tonnes to come"),
}


def receipt(tonnes: Numbers, price: Numbers, fee: Numbers) -> Numbers:
    """Return what a sale brings after the exchange's fee."""
    return tonnes * price * (1 - fee)


RECEIPT = Model(
    id="receipt",
    title=Text("售碳收入", "Receipt"),
    formula=r"R_k = N_k\, P(t_k)\,(1 - f), \quad t_k = t_{verified,k} + lag",
    source=Citation("lending_research", "income approach, receipt_k"),
    inputs={
        "tonnes": Column(symbol="N_k", units="t_CO2e"),
        "price": Column(symbol="P", units="CNY/t_CO2e"),
        "fee": Column(symbol="f", units="1"),
    },
    kernel=receipt,
    output=Output(name="receipt", units="CNY", total="CNY", low=0, high=1e15),
)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """Payments of one kind and part: (n,) arrays; what is received is positive."""

    kind: str
    part: PartName
    years: Numbers
    amount: Numbers
    tonnes: Numbers | None = None
    price: Numbers | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a valuation pays and receives by, before a price and a rate.

    Parameters
    ----------
    future, future_mean : (periods,) arrays
        t_CO2e by monitoring period: lower bound, and estimate.
    past, past_mean : (2,) arrays
        t_CO2e: issued, and monitored.
    past_paid : (2,) array
        Years from the base date to their payment.
    """

    schedule: Schedule
    future: Numbers
    future_mean: Numbers
    past: Numbers
    past_mean: Numbers
    past_paid: Numbers
    costs: Costs
    start: float
    """CNY/t_CO2e at the base date."""
    path: PricePath
    drawn: dict[PartName, Numbers] | None = None
    """Prices of random draws, (draws, periods), instead of the path; tonnes then have draws too."""

    def prices(self, part: PartName, years: Numbers) -> Numbers:
        """Return P(t)."""
        if self.drawn is not None:
            return self.drawn[part]
        points = [(point.years, point.price) for point in self.path.points]
        return price_path(self.start, self.path.growth, points, years)

    def worth(self, rate: float) -> Numbers:
        """Return what the tonnes bring today before costs: issued, monitored, to come, (3,) CNY."""
        paid = self.schedule.paid
        past = self.past * self.prices("past", self.past_paid) * discount(rate, self.past_paid)
        future = self.future * self.prices("future", paid) * discount(rate, paid)
        return np.array([*past, future.sum()])

    def steepest_rise(self) -> Rise:
        """Return the part of the price path that grows fastest."""
        points = [(point.years, point.price) for point in self.path.points]
        return steepest_rise(self.start, self.path.growth, points)

    def at_price(self, start: float) -> "Plan":
        """Return the plan with another price of the base date; stated points move with it."""
        by = start / self.start
        points = tuple(p.model_copy(update={"price": p.price * by}) for p in self.path.points)
        return replace(self, start=start, path=self.path.model_copy(update={"points": points}))

    def at_mean(self) -> "Plan":
        """Return the plan with estimates instead of lower bounds."""
        return replace(self, future=self.future_mean, past=self.past_mean)

    def times(self, share: float) -> "Plan":
        """Return the plan with so much of its tonnes, costs unchanged."""
        return replace(
            self, future=self.future * share, future_mean=self.future_mean * share,
            past=self.past * share, past_mean=self.past_mean * share,
        )  # fmt: skip


def plan_of(
    facts: Facts, price: float, lots: Lots, schedule: Schedule, years: float, day_count: DayCount
) -> Plan:
    """Return the plan of lots that are there by T."""
    sold = months_later(facts.base_date, facts.cycle.lag_months)
    paid = years_between(facts.base_date, sold, day_count)
    ends = schedule.verified

    def past(amount: Numbers) -> Numbers:
        return np.array([amount[lots.issued].sum(), amount[lots.monitored].sum()])

    return Plan(
        schedule=schedule, costs=facts.costs, start=price, path=facts.price,
        future=in_periods(lots, lots.lower, ends, years),
        future_mean=in_periods(lots, lots.mean, ends, years),
        past=past(lots.lower), past_mean=past(lots.mean), past_paid=np.array([0.0, paid]),
    )  # fmt: skip


def flows(plan: Plan) -> list[Flow]:
    """Return every payment of a plan."""
    return [*_past(plan), *_future(plan)]


def _future(plan: Plan) -> Iterable[Flow]:
    costs, when = plan.costs, plan.schedule
    events = np.ones(len(when.verified))
    to_verify = (when.verified > 0).astype(np.float64)
    prices = plan.prices("future", when.paid)
    receipts = RECEIPT(tonnes=plan.future, price=prices, fee=costs.fee)
    once = np.zeros(1)
    if receipts.any():
        yield Flow(kind="receipt", part="future", years=when.paid, amount=receipts,
                   tonnes=plan.future, price=prices)  # fmt: skip
    for kind, years, amount in (
        ("development", once, np.ones(1) * float(costs.development)),
        ("monitoring", when.yearly, np.ones(len(when.yearly)) * float(costs.monitoring_yearly)),
        ("protection", when.yearly, np.ones(len(when.yearly)) * float(costs.protection_yearly)),
        ("verification", when.verified, to_verify * float(costs.verification)),
        ("issuance", when.paid, events * float(costs.issuance)),
        ("tax", when.paid, receipts * costs.tax),
        ("owner", when.paid, costs.owner_share * _shared(plan, receipts)),
    ):
        if amount.any():
            yield Flow(kind=kind, part="future", years=years, amount=-amount)


def _shared(plan: Plan, receipts: Numbers) -> Numbers:
    """Return what the owners have a share of, by period."""
    costs, when = plan.costs, plan.schedule
    if costs.owner_share_of == "receipts":
        return receipts
    period = np.searchsorted(when.verified, when.yearly)
    yearly = float(costs.monitoring_yearly) + float(costs.protection_yearly)
    spent = np.bincount(period, minlength=len(receipts))[: len(receipts)] * yearly
    events = float(costs.verification) + float(costs.issuance)
    return np.maximum(0.0, receipts * (1 - costs.tax) - spent - events)


def _past(plan: Plan) -> Iterable[Flow]:
    if not plan.past.any():
        return
    costs, paid = plan.costs, plan.past_paid
    prices = plan.prices("past", paid)
    receipts = RECEIPT(tonnes=plan.past, price=prices, fee=costs.fee)
    # the issued ones are verified already
    to_verify = ((plan.past > 0) & (np.arange(len(paid)) > 0)).astype(np.float64)
    verify: Numbers = to_verify * float(costs.verification)
    issue: Numbers = to_verify * float(costs.issuance)
    net: Numbers = np.maximum(0.0, receipts * (1 - costs.tax) - verify - issue)
    owner = costs.owner_share * (receipts if costs.owner_share_of == "receipts" else net)
    yield Flow(kind="receipt", part="past", years=paid, amount=receipts, tonnes=plan.past,
               price=prices)  # fmt: skip
    for kind, years, amount in (
        ("verification", np.zeros(len(paid)), verify), ("issuance", paid, issue),
        ("tax", paid, receipts * costs.tax), ("owner", paid, owner),
    ):  # fmt: skip
        if amount.any():
            yield Flow(kind=kind, part="past", years=years, amount=-amount)


def present(found: Iterable[Flow], rate: float) -> dict[PartName, float]:
    """Return the present value of each part, CNY."""
    return {part: float(worth) for part, worth in present_draws(found, rate).items()}


def present_draws(found: Iterable[Flow], rate: float) -> dict[PartName, Numbers]:
    """Return the present value of each part, CNY: of each draw, (draws,), where there are any."""
    worth: dict[PartName, Numbers] = {"past": np.zeros(()), "future": np.zeros(())}
    for flow in found:
        worth[flow.part] = worth[flow.part] + (flow.amount * discount(rate, flow.years)).sum(-1)
    return worth
