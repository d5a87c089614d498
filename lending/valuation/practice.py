"""Rules of practice, as loans were granted by them: to stand beside the prudent figure.

None of them discounts, deducts a cost or takes a lower bound. The ratios and multiples of known
cases are rows of the catalogue (`practice_ratio`, `practice_multiple`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ParameterMissing, ProjectError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.parameters import Row, bundled
from data_catalog.spec import Citation, Column, Model, Output
from data_catalog.text import Text
from lending.valuation.facts import PracticeFacts
from lending.valuation.money import implied_rate
from lending.valuation.result import Practice, Words, money

__all__ = [
    "CASE",
    "METHODS",
    "Known",
    "carbon_cover",
    "collateral_needed",
    "practice",
    "stated_practice",
]

Numbers = npt.NDArray[np.float64]
SERVICE = Text("贷款实践做法", "rules of practice")
CASE = "anji-2021"
"""The one known case with complete inputs: shown beside every valuation."""


def tonnes_at_price(tonnes: Numbers, price: Numbers, ratio: Numbers) -> Numbers:
    """Return tonnes times price times ratio."""
    return tonnes * price * ratio


def multiple_of_annual(yearly_income: Numbers, multiple: Numbers) -> Numbers:
    """Return so many years of income."""
    return yearly_income * multiple


def multiple_of_value(value: Numbers, multiple: Numbers, forest_part: Numbers) -> Numbers:
    """Return a multiple of the assessed carbon value, and the forest's part."""
    return value * multiple + forest_part


def share_of_value(value: Numbers, ratio: Numbers) -> Numbers:
    """Return a share of a value or a revenue."""
    return value * ratio


def collateral_needed(loan: float, ratio: float) -> float:
    """Return the value that a loan needs at a ratio, CNY."""
    return loan / ratio


def carbon_cover(tonnes: float, price: float, loan: float) -> float:
    """Return what share of a loan the quoted value of the pledged tonnes is."""
    return tonnes * price / loan


TONNES = {
    "tonnes": Column(symbol="N", units="t_CO2e"),
    "price": Column(symbol="P", units="CNY/t_CO2e"),
    "ratio": Column(symbol=r"\rho", units="1"),
}
SHARE = {"value": Column(symbol="V", units="CNY"), "ratio": Column(symbol=r"\rho", units="1")}
WHERE = Citation("lending_research", "method codes of practice")


def _limit() -> Output:
    return Output(name="limit", units="CNY", total="CNY", low=0, high=1e15)


METHODS: Mapping[str, Model] = {
    model.id: model
    for model in (
        Model(
            id="GROSS_SPOT", title=Text("毛量×现价×比例", "gross tonnes at the spot price"),
            formula=r"L = N\,P\,\rho", source=WHERE, inputs=TONNES, kernel=tonnes_at_price,
            output=_limit(),
        ),
        Model(
            id="MARKET_X_RATIO", title=Text("市场均价×比例", "weighted market price times ratio"),
            formula=r"L \le N\,\bar P\,\rho", source=WHERE, inputs=TONNES,
            kernel=tonnes_at_price, output=_limit(),
        ),
        Model(
            id="MULTIPLE_OF_ANNUAL", title=Text("年收益的倍数", "multiple of yearly income"),
            formula=r"L \le k\,a", source=WHERE,
            inputs={"yearly_income": Column(symbol="a", units="CNY"),
                    "multiple": Column(symbol="k", units="1")},
            kernel=multiple_of_annual, output=_limit(),
        ),
        Model(
            id="MULTIPLE_OF_VALUE",
            title=Text("碳汇价值的倍数加林权部分", "multiple of the carbon value and forest part"),
            formula=r"L \le k\,V + F", source=WHERE,
            inputs={"value": Column(symbol="V", units="CNY"),
                    "multiple": Column(symbol="k", units="1"),
                    "forest_part": Column(symbol="F", units="CNY")},
            kernel=multiple_of_value, output=_limit(),
        ),
        Model(
            id="PCT_OF_REVENUE", title=Text("预期收入的比例", "share of the expected revenue"),
            formula=r"L = \rho\,V", source=WHERE, inputs=SHARE, kernel=share_of_value,
            output=_limit(),
        ),
        Model(
            id="VALUE_X_RATIO", title=Text("GEP（VEP）的比例", "share of a GEP or VEP"),
            formula=r"L = \rho\,V", source=WHERE, inputs=SHARE, kernel=share_of_value,
            output=_limit(),
        ),
    )
}  # fmt: skip
ROWS = {"ratio": "practice_ratio", "multiple": "practice_multiple"}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a valuation knows and a rule may use where its facts give nothing."""

    tonnes: float
    """Gross."""
    price: float
    yearly_income: float
    """Gross tonnes of a year at the price."""
    lower: float
    """Lower bound of the tonnes, for the price that a loan implies."""
    max_loan: Decimal


def _method(name: str) -> Model:
    if name not in METHODS:
        raise UnknownNameError(
            where="practice", kind=Text("做法", "rule of practice"), name=name,
            hint=suggestion(name, METHODS),
        )  # fmt: skip
    return METHODS[name]


def _row(method: str, case: str, parameter: str) -> Row:
    row = bundled().find(parameter, case, method)
    if row is None:
        raise ParameterMissing(
            service=SERVICE, standard=case or "-", parameter=parameter, key=f" ({method})"
        )
    return row


def practice(facts: PracticeFacts, known: Known) -> Practice:
    """Return the loan that a rule of practice allows.

    Raises
    ------
    UnknownNameError
        If there is no such rule.
    ParameterMissing
        If neither the facts nor the case have its ratio or multiple.
    ProjectError
        If it needs a value that is not given.
    """
    model = _method(facts.method)
    given: dict[str, Any] = {}
    sources = []
    for name in model.inputs:
        found: Any = getattr(facts, name)
        if found is None and name in ROWS:
            row = _row(model.id, facts.case, ROWS[name])
            found = row.in_units("1")
            sources.append(f"{row.source}: {row.where}")
        elif found is None:
            found = getattr(known, name, None)
        if found is None:
            raise ProjectError(where=f"practice {model.id}", problem=Text(
                f"缺少 {name}。请在 [[practice]] 中填写。", f"{name} is missing. Give it."
            ))  # fmt: skip
        given[name] = float(found)
    return stated_practice(model, given, facts, known, "; ".join(sources))


def stated_practice(
    model: Model, given: Mapping[str, float], facts: PracticeFacts, known: Known, source: str
) -> Practice:
    """Return what a rule gives for its numbers, and what that implies."""
    limit = money(float(model(**given)))
    rate = None
    if "multiple" in given and facts.years is not None:
        rate = implied_rate(given["multiple"], facts.years)
    per_tonne = money(float(limit) / known.lower) if known.lower else None
    return Practice(
        method=model.id, case=facts.case, title=Words.of(model.title), formula=model.formula,
        limit=limit, implied_price=per_tonne, implied_rate=rate,
        over_prudent=float(limit / known.max_loan) if known.max_loan else None,
        source=source or WHERE.key,
    )  # fmt: skip
