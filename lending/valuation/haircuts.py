"""Haircuts: what the policy takes off a value, and never twice for what is taken already.

price      1 - exp(-z sigma sqrt(h / 252))          lognormal value at risk
liquidity  1 - (1 - c) (1 + r)^-w                   w = stock / yearly sales
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

__all__ = [
    "LIQUIDITY",
    "PRICE_AT_RISK",
    "applied",
    "factor",
    "liquidity_haircut",
    "price_at_risk",
    "rate_of",
]

Numbers = npt.NDArray[np.float64]
TAKEN = Text("按政策", "by the policy")
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


def applied(
    policy: Policy, rates: Mapping[HaircutKind, float], counted: Mapping[HaircutKind, Text]
) -> tuple[AppliedHaircut, ...]:
    """Return every haircut of the policy, with nothing taken where it is counted already.

    Parameters
    ----------
    counted : mapping of kind to words
        What the tonnes or the value have in them; no policy can take it off again.
    """
    return tuple(
        AppliedHaircut(
            kind=one.kind, rate=rates[one.kind],
            applied=0.0 if one.kind in counted else rates[one.kind],
            reason=Words.of(counted.get(one.kind, TAKEN)), source=one.source,
        )
        for one in policy.haircuts
    )  # fmt: skip


def factor(haircuts: tuple[AppliedHaircut, ...], mode: str) -> float:
    """Return what is left of a value, between 0 and 1."""
    if mode == "additive":
        return max(0.0, 1 - sum(one.applied for one in haircuts))
    return math.prod(1 - one.applied for one in haircuts)
