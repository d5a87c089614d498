"""What the value is if one thing changes, under other prices, and where it breaks even."""

import math
from collections.abc import Callable

from scipy.optimize import brentq

from data_catalog.parameters import engine_number
from data_catalog.text import Text
from lending.valuation.gates import rule
from lending.valuation.income import Plan, flows, present
from lending.valuation.result import Inputs, Scenario, Sensitivity, Words, money
from lending.valuation.worked import Worked, stressed, worked

__all__ = ["break_even_area", "break_even_price", "break_even_share", "scenarios", "sensitivity"]

STEP = "sensitivity_step"


def sensitivity(of: Worked) -> tuple[Sensitivity, ...]:
    """Return the value after each change alone, the largest effect first."""
    steps = {key: rule(STEP, key).value for key in ("price", "tonnes", "rate", "delay")}
    price, tonnes, rate, delay = steps.values()
    inputs = of.inputs
    cases: list[tuple[str, Text, str, Inputs]] = [
        ("price", Text("价格下降", "price falls"), f"-{price:.0%}",
         stressed(inputs, price=1 - price)),
        ("tonnes", Text("碳汇量减少", "fewer tonnes"), f"-{tonnes:.0%}",
         stressed(inputs, tonnes=1 - tonnes)),
        ("rate_up", Text("贴现率上升", "higher discount rate"), f"+{rate:.0%} pt",
         stressed(inputs, rate=of.rate + rate)),
        ("rate_down", Text("贴现率下降", "lower discount rate"), f"-{rate:.0%} pt",
         stressed(inputs, rate=of.rate - rate)),
        ("delay", Text("签发延迟", "later issuance"), f"+{delay:g} m",
         stressed(inputs, lag_months=int(delay))),
    ]  # fmt: skip
    found = []
    for id_, title, change, case in cases:
        value = worked(case).value
        found.append(Sensitivity(
            id=id_, title=Words.of(title), change=change, value=money(value),
            difference=money(value - of.value),
        ))  # fmt: skip
    return tuple(sorted(found, key=lambda one: -abs(one.difference)))


def scenarios(of: Worked) -> tuple[Scenario, ...]:
    """Return the value under each other price that the facts name."""
    found = []
    for name, price in of.inputs.facts.price.scenarios.items():
        case = worked(stressed(of.inputs, price=price / of.plan.start))
        found.append(Scenario(
            name=name, price=money(price), value=money(case.value),
            lending_value=money(case.lending_value),
        ))  # fmt: skip
    return tuple(found)


def break_even_price(of: Worked) -> float | None:
    """Return the price of the base date at which the value is nothing; None where none is."""
    share = break_even_share(of.plan, of.rate, of_price=True)
    return None if share is None else of.plan.start * share


def break_even_area(of: Worked) -> float | None:
    """Return the mu at which the value is nothing, costs unchanged; None without a holding."""
    holding = of.inputs.facts.holding
    share = break_even_share(of.plan, of.rate, of_price=False)
    return None if holding is None or share is None else holding.area_mu * share


def break_even_share(plan: Plan, rate: float, *, of_price: bool) -> float | None:
    """Return what share of the price or of the tonnes pays the costs; None where none does.

    The value is straight in both, unless the owners share what is net of costs: then by halving.
    """

    def worth(share: float) -> float:
        case = plan.at_price(plan.start * share) if of_price else plan.times(share)
        return sum(present(flows(case), rate).values())

    if plan.costs.owner_share and plan.costs.owner_share_of == "net":
        return _halved(worth)
    whole, half = worth(1.0), worth(0.5)
    slope = 2 * (whole - half)
    return None if slope <= 0 else 1 - whole / slope


def _halved(worth: Callable[[float], float]) -> float | None:
    most = engine_number("highest_rate")
    low = math.ulp(1.0)
    if worth(low) * worth(most) > 0:
        return None
    return float(brentq(worth, low, most))
