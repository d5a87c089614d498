"""Market and cost approach: other ways to a value, beside the income approach.

    market  V = sum_i w_i P_i K_vintage K_type K_region K_volume K_date N,   sum w = 1
    cost    V = sum_i C_i (1 + p)^(n - i + 1) K

A purchase by order of a court or an agency is no arm's length price and does not count.
"""

import math

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.parameters import engine_number
from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text
from lending.valuation.facts import Comparables, CostApproach
from lending.valuation.result import Cost, money

__all__ = ["COMPARABLE", "REPLACEMENT", "comparable_price", "cost_value", "market_value",
           "replacement_cost"]  # fmt: skip

Numbers = npt.NDArray[np.float64]
RULES = "valuation"


def comparable_price(
    weight: Numbers, price: Numbers, vintage: Numbers, type: Numbers,  # noqa: A002
    region: Numbers, volume: Numbers, date: Numbers,
) -> Numbers:  # fmt: skip
    """Return what a trade adds to the price of ours."""
    factors = vintage * type * region
    return weight * price * factors * volume * date


def replacement_cost(
    outlay: Numbers, return_rate: Numbers, years: Numbers, site: Numbers
) -> Numbers:
    """Return what an outlay of some years ago is worth with its return."""
    grown = (1 + return_rate) ** years
    return outlay * grown * site


def _factor(symbol: str) -> Column:
    return Column(symbol=symbol, units="1")


COMPARABLE = Model(
    id="comparable_price",
    title=Text("可比交易的修正价格", "Adjusted price of a comparable trade"),
    formula=r"P = \sum_i w_i P_i K_v K_t K_r K_n K_d, \quad \sum w_i = 1",
    source=Citation("lending_research", "market approach; at least 3 trades"),
    inputs={
        "weight": _factor("w_i"), "price": Column(symbol="P_i", units="CNY/t_CO2e"),
        "vintage": _factor("K_v"), "type": _factor("K_t"), "region": _factor("K_r"),
        "volume": _factor("K_n"), "date": _factor("K_d"),
    },
    kernel=comparable_price,
    output=Output(name="price", units="CNY/t_CO2e", total="CNY/t_CO2e", low=0, high=1e6),
)  # fmt: skip
REPLACEMENT = Model(
    id="replacement_cost",
    title=Text("重置成本", "Replacement cost"),
    formula=r"V = K \sum_i C_i (1 + p)^{n - i + 1}",
    source=Citation("lyt_2407", "cost approach, recalled"),
    inputs={
        "outlay": Column(symbol="C_i", units="CNY"), "return_rate": _factor("p"),
        "years": _factor("n-i+1"), "site": _factor("K"),
    },
    kernel=replacement_cost,
    output=Output(name="value", units="CNY", total="CNY", low=0, high=1e15),
    empirical="years are the exponent",
)  # fmt: skip


def market_value(facts: Comparables, tonnes: float) -> Cost:
    """Return tonnes at the weighted price of comparable trades.

    Raises
    ------
    ProjectError
        If there are too few trades at arm's length, or their weights do not sum to one.
    """
    trades = facts.trades
    least = int(engine_number("least_comparables"))
    forced = [trade.name for trade in trades if not trade.arms_length]
    if forced:
        names = ", ".join(forced)
        raise ProjectError(where="comparables", problem=Text(
            f"{names} 是法院或机关购买，不是公平交易价格。请换成公平交易。",
            f"{names} was bought by order of a court or an agency, not at arm's length. "
            "Give other trades.",
        ))  # fmt: skip
    if len(trades) < least:
        raise ProjectError(where="comparables", problem=Text(
            f"只有 {len(trades)} 宗交易，至少需要 {least} 宗。",
            f"has {len(trades)} trades; at least {least} are needed.",
        ))  # fmt: skip
    weights = math.fsum(trade.weight for trade in trades)
    if abs(weights - 1) > engine_number("weight_precision"):
        raise ProjectError(where="comparables", problem=Text(
            f"权重之和为 {weights:g}，应为 1。", f"weights sum to {weights:g}; they must sum to 1."
        ))  # fmt: skip
    price = math.fsum(
        float(COMPARABLE(**{name: getattr(trade, name) for name in COMPARABLE.inputs}))
        for trade in trades
    )
    return Cost(
        approach="market", value=money(price * (facts.tonnes or tonnes)), per_tonne=money(price),
        formula=COMPARABLE.formula, source="; ".join(trade.source for trade in trades),
    )  # fmt: skip


def cost_value(facts: CostApproach) -> Cost:
    """Return the replacement cost of what was spent.

    Raises
    ------
    ProjectError
        If an outlay is of a year after the last.
    """
    late = [one.year for one in facts.outlays if one.year > facts.years]
    if late:
        raise ProjectError(where="cost.outlays", problem=Text(
            f"第 {late[0]} 年晚于 years = {facts.years}。请更正其中之一。",
            f"year {late[0]} is after years = {facts.years}. Correct one of both.",
        ))  # fmt: skip
    total = math.fsum(
        float(REPLACEMENT(
            outlay=float(one.amount), return_rate=facts.return_rate,
            years=facts.years - one.year + 1, site=facts.site_factor,
        ))
        for one in facts.outlays
    )  # fmt: skip
    return Cost(
        approach="cost", value=money(total), formula=REPLACEMENT.formula, source=facts.source
    )
