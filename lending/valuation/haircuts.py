"""Haircuts: what the policy takes off a value, and never twice for what is taken already.

price      1 - exp(-z sigma sqrt(h / 252))          lognormal value at risk
liquidity  1 - (1 - c) (1 + r)^-w                   w = stock / yearly sales
remainder  max(0, (h - taken r) / (1 - taken))      where a share is in the tonnes already
           r = 1, or what the others leave          where haircuts multiply, or add up
factor     prod(1 - h)  or  max(0, 1 - sum h)       as the policy states
"""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from data_catalog.errors import ProjectError
from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text
from lending.policy.model import Haircut, HaircutKind, Policy
from lending.prices.rows import PriceRow
from lending.valuation.facts import Facts
from lending.valuation.result import AppliedHaircut, Words
from lending.valuation.tonnes import Taken, percent

__all__ = [
    "LIQUIDITY",
    "PRICE_AT_RISK",
    "applied",
    "factor",
    "liquidity_haircut",
    "price_at_risk",
    "rate_of",
    "remainder",
]

Numbers = npt.NDArray[np.float64]
BY_POLICY = Text("按政策", "by the policy")
NO_MORE = Text("不再扣", "no more")
REFUSED = "refuse"


def price_at_risk(z: Numbers, volatility: Numbers, days: Numbers, days_in_year: Numbers) -> Numbers:
    """Return the share of its value that a lognormal price may lose until it is sold."""
    years = days / days_in_year
    return -np.expm1(-z * volatility * np.sqrt(years))


def liquidity_haircut(
    stock: Numbers, yearly_sales: Numbers, concession: Numbers,
    rate: Numbers,
) -> Numbers:  # fmt: skip
    """Return what waiting for a buyer costs, and what is conceded to find one."""
    wait = stock / yearly_sales
    return 1 - (1 - concession) * (1 + rate) ** -wait


PRICE_AT_RISK = Model(
    id="price_at_risk",
    title=Text("价格折扣（对数正态 VaR）", "Price haircut (lognormal VaR)"),
    formula=r"h = 1 - \exp(-z\,\sigma \sqrt{d / D})",
    source=Citation("lending_research", "haircuts, price"),
    inputs={
        "z": Column(symbol="z", units="1"),
        "volatility": Column(symbol=r"\sigma", units="1"),
        "days": Column(symbol="d", units="day"),
        "days_in_year": Column(symbol="D", units="day"),
    },
    kernel=price_at_risk,
    output=Output(name="price_at_risk", units="1", total="1", low=0, high=1),
    empirical="volatility is per square root of a year of D trading days",
)
LIQUIDITY = Model(
    id="liquidity_haircut",
    title=Text("流动性折扣（去化率）", "Liquidity haircut (sell-through)"),
    formula=r"h = 1 - (1 - c)(1 + r)^{-w}, \quad w = S_{stock} / S_{year}",
    source=Citation("lending_research", "haircuts, liquidity"),
    inputs={
        "stock": Column(symbol="S_{stock}", units="t_CO2e"),
        "yearly_sales": Column(symbol="S_{year}", units="t_CO2e"),
        "concession": Column(symbol="c", units="1"),
        "rate": Column(symbol="r", units="1"),
    },
    kernel=liquidity_haircut,
    output=Output(name="liquidity_haircut", units="1", total="1", low=0, high=1),
    empirical="the wait in years is the exponent",
)


def rate_of(haircut: Haircut, facts: Facts, price: PriceRow, rate: float) -> float:
    """Return the share a haircut takes; 1 where title is refused.

    Raises
    ------
    ProjectError
        If the facts or the market do not say what the haircut needs.
    """
    if haircut.method == "value_at_risk":
        z = ndtri(haircut.confidence)
        return float(PRICE_AT_RISK(
            z=z, volatility=haircut.volatility, days=haircut.days,
            days_in_year=haircut.days_in_year,
        ))  # fmt: skip
    if haircut.method == "sell_through":
        if price.listed is None or price.sold is None or not price.sales_per_year:
            raise ProjectError(where=f"price {price.id}", problem=Text(
                "流动性折扣需要挂牌量、已售量和年成交量（listed、sold、sales_per_year）。请补充。",
                "the liquidity haircut needs listed, sold and sales_per_year. Give them.",
            ))  # fmt: skip
        return float(LIQUIDITY(
            stock=max(0.0, price.listed - price.sold), yearly_sales=price.sales_per_year,
            concession=haircut.concession, rate=rate,
        ))  # fmt: skip
    if haircut.method == "grades":
        found = haircut.grades.get(facts.title_grade)
        if found is None:
            names = ", ".join(haircut.grades)
            raise ProjectError(where="title_grade", problem=Text(
                f"为“{facts.title_grade}”，政策的等级为 {names}。请填写其一。",
                f"is {facts.title_grade!r}; the policy's grades are {names}. Give one of them.",
            ))  # fmt: skip
        return 1.0 if found == REFUSED else float(found)
    return float(haircut.rate or 0.0)


def remainder(rate: float, taken: Taken, room: float = 1.0) -> float:
    """Return what of a haircut is left to take: with what the tonnes had off it makes the whole.

    Parameters
    ----------
    room : float
        What is left of the value without this haircut where haircuts add up; 1 where they multiply.
        The tonnes had their share off the whole of it, and so only `room` of that off what is lent.
    """
    left, kept = taken.of * (rate - taken.share * room), 1 - taken.of * taken.share
    if left <= 0:
        return 0.0
    return min(rate, left / kept) if kept > 0 else rate


def applied(
    policy: Policy, rates: Mapping[HaircutKind, float], counted: Mapping[HaircutKind, Taken]
) -> tuple[AppliedHaircut, ...]:
    """Return every haircut of the policy, less what of it the tonnes have had off already.

    Parameters
    ----------
    counted : mapping of kind to what is taken
        No policy can take it off again.
    """
    left = dict(rates)
    for kind in (one.kind for one in policy.haircuts if one.kind in counted):
        room = 1.0
        if policy.haircut_mode == "additive":
            room = max(0.0, 1 - sum(rate for other, rate in left.items() if other != kind))
        left[kind] = remainder(rates[kind], counted[kind], room)
    return tuple(
        _applied(one, rates[one.kind], left[one.kind], counted.get(one.kind))
        for one in policy.haircuts
    )


def _applied(haircut: Haircut, rate: float, left: float, taken: Taken | None) -> AppliedHaircut:
    reason = BY_POLICY
    if taken is not None:
        whole = percent(rate)
        rest = Text(f"补足 {whole}", f"the rest of {whole}") if left else NO_MORE
        reason = Text(f"{taken.reason.zh}：{rest.zh}", f"{taken.reason.en}: {rest.en}")
    return AppliedHaircut(
        kind=haircut.kind, rate=rate, applied=left, reason=Words.of(reason), source=haircut.source
    )


def factor(haircuts: tuple[AppliedHaircut, ...], mode: str) -> float:
    """Return what is left of a value, between 0 and 1."""
    if mode == "additive":
        return max(0.0, 1 - sum(one.applied for one in haircuts))
    return math.prod(1 - one.applied for one in haircuts)
