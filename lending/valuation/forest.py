"""Timber and compensation income: rights of their own, valued apart from carbon.

residual   E = W - C - F
harvest    E = K [A_u + sum D_a (1+p)^(u-a)] / (1+p)^(u-n+1) - sum_i C_i / (1+p)^(i-n+1)
Faustmann  B = [A_u + sum D_a (1+p)^(u-a) - sum C_i (1+p)^(u-i+1)] / [(1+p)^u - 1] - V / p
annuity    E = A / p       for ever;    A (1 - (1+p)^-n) / p for n years
"""

from collections.abc import Mapping
from decimal import Decimal

from data_catalog.spec import Citation
from data_catalog.text import Text
from lending.policy.model import Policy
from lending.valuation.facts import Facts, OtherRight
from lending.valuation.money import ANNUITY, annuity_factor
from lending.valuation.result import OtherRightValue, money
from lending.valuation.timing import years_between

__all__ = ["SOURCE", "faustmann", "harvest_value", "other_right", "perpetuity", "residual_value"]

SOURCE = Citation("lyt_2407", "forest valuation, recalled")
FORMULAS: Mapping[str, tuple[Text, str]] = {
    "residual_value": (Text("市场价倒算法", "residual value"), r"E = W - C - F"),
    "harvest_value": (
        Text("收获现值法", "harvest value"),
        r"E = K \frac{A_u + \sum_a D_a (1+p)^{u-a}}{(1+p)^{u-n+1}} - "
        r"\sum_i \frac{C_i}{(1+p)^{i-n+1}}",
    ),
    "faustmann": (
        Text("林地期望价法", "soil expectation value (Faustmann)"),
        r"B = \frac{A_u + \sum_a D_a (1+p)^{u-a} - \sum_i C_i (1+p)^{u-i+1}}{(1+p)^u - 1} "
        r"- \frac{V}{p}",
    ),
    "perpetuity": (Text("年金资本化法", "capitalised annuity"), r"E = A / p"),
}
"""What each is called, and its equation."""


def residual_value(revenue: float, costs: float, profit: float) -> float:
    """Return what is left of a timber sale after cost, tax and profit, CNY."""
    return revenue - costs - profit


def harvest_value(
    final: float, thinnings: Mapping[int, float], costs: Mapping[int, float],
    *, rotation: int, age: int, rate: float, site: float,
) -> float:  # fmt: skip
    """Return the value of a stand of some age, CNY.

    Parameters
    ----------
    final : float
        Net income of the final harvest at the age `rotation`, CNY.
    thinnings, costs : mapping of age to CNY
        Of this age and later.
    """
    grown = 1 + rate
    income = final + sum(d * grown ** (rotation - a) for a, d in thinnings.items() if a >= age)
    spent = sum(c / grown ** (i - age + 1) for i, c in costs.items() if i >= age)
    return site * income / grown ** (rotation - age + 1) - spent


def faustmann(
    final: float, thinnings: Mapping[int, float], costs: Mapping[int, float],
    *, rotation: int, rate: float, overhead: float,
) -> float:  # fmt: skip
    """Return the value of bare forest land over endless rotations, CNY.

    Parameters
    ----------
    overhead : float
        Yearly cost, CNY.
    """
    grown = 1 + rate
    income = final + sum(d * grown ** (rotation - a) for a, d in thinnings.items())
    spent = sum(c * grown ** (rotation - i + 1) for i, c in costs.items())
    return (income - spent) / (grown**rotation - 1) - overhead / rate


def perpetuity(yearly: float, rate: float) -> float:
    """Return what a yearly income for ever is worth, CNY."""
    return yearly / rate


def other_right(facts: Facts, right: OtherRight, policy: Policy, tenure: float) -> OtherRightValue:
    """Return the value of another right; its lending value only by a rule of the policy.

    A value below nothing is nothing: a right cannot be made to owe.
    """
    worth, formula = _by_method(right) or _by_income(facts, right, policy, tenure)
    rule = next((one for one in policy.rights if one.right == right.right), None)
    value = max(money(worth), money(0))
    lending = money(value * (1 - Decimal(str(rule.haircut)))) if rule else None
    return OtherRightValue(
        right=right.right, value=value, lending_value=lending,
        max_loan=money(lending * Decimal(str(rule.max_ltv))) if rule and lending else None,
        addable=lending is not None and not right.same_benefit_as_carbon,
        formula=formula, source=right.source,
    )  # fmt: skip


def _by_method(right: OtherRight) -> tuple[float, str] | None:
    """Return an appraised value, or that of a method for forests, CNY, and the formula."""
    if right.value is not None:
        return float(right.value), "V"
    if (sale := right.residual) is not None:
        worth = residual_value(float(sale.revenue), float(sale.costs), float(sale.profit))
        return worth, FORMULAS["residual_value"][1]
    if (stand := right.harvest) is not None:
        worth = harvest_value(
            float(stand.final), _numbers(stand.thinnings), _numbers(stand.costs),
            rotation=stand.rotation, age=stand.age, rate=stand.return_rate,
            site=stand.site_factor,
        )  # fmt: skip
        return worth, FORMULAS["harvest_value"][1]
    if (land := right.soil) is not None:
        worth = faustmann(
            float(land.final), _numbers(land.thinnings), _numbers(land.costs),
            rotation=land.rotation, rate=land.return_rate, overhead=float(land.overhead),
        )  # fmt: skip
        return worth, FORMULAS["faustmann"][1]
    return None


def _by_income(facts: Facts, right: OtherRight, policy: Policy, tenure: float) -> tuple[float, str]:
    """Return the present value of a yearly income until its end or that of the tenure, CNY."""
    until = right.until if right.until is not None else tenure
    if not isinstance(until, float):
        until = years_between(facts.base_date, until, policy.discount.day_count)
    years = max(0.0, min(until, tenure))
    factor = annuity_factor(policy.discount.yearly(), years)
    return float(right.yearly_income or 0) * factor, ANNUITY.formula


def _numbers(by_age: Mapping[int, Decimal]) -> dict[int, float]:
    return {age: float(amount) for age, amount in by_age.items()}
