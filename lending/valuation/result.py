"""The valuation file: all inputs, every step and the results, to be computed again to the cent.

Money is Decimal CNY with two places, rounded half up when it is written; tonnes are t_CO2e with
three places. What is in between is computed in binary floating point.
"""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data_catalog.complaints import Refused
from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.policy.model import Policy
from lending.prices.rows import PriceRow
from lending.valuation.facts import Facts

__all__ = [
    "SCHEMA",
    "AppliedHaircut",
    "Bound",
    "Cause",
    "Cost",
    "Draws",
    "Gate",
    "Inputs",
    "OptionValue",
    "OtherRightValue",
    "Part",
    "Payment",
    "Practice",
    "Results",
    "Scenario",
    "Sensitivity",
    "Step",
    "Valuation",
    "Vintage",
    "Words",
    "json_schema",
    "money",
    "money_or_none",
    "read_valuation",
    "recompute",
    "tonnes",
]

SCHEMA = "gep-valuation/1"
CENT, KILOGRAM = Decimal("0.01"), Decimal("0.001")
EXACT = 14
"""Significant digits of binary floating point that survive another order of additions."""
Money: TypeAlias = Decimal
"""CNY, two places."""
Tonnes: TypeAlias = Decimal
"""t_CO2e, three places."""


def money(amount: float | Decimal) -> Money:
    """Return an amount in CNY to the cent, half up."""
    return _rounded(amount, CENT)


def money_or_none(amount: float | None) -> Money | None:
    """Return an amount to the cent; None stays."""
    return None if amount is None else money(amount)


def tonnes(amount: float | Decimal) -> Tonnes:
    """Return t_CO2e to the kilogram, half up."""
    return _rounded(amount, KILOGRAM)


def _rounded(amount: float | Decimal, unit: Decimal) -> Decimal:
    """Round half up; what lies a hair off the half, as machines differ in their last bit, is on it.

    The hair is the last of `EXACT` significant digits, all of which every machine agrees in.
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(format(amount, f".{EXACT}g"))
    return exact.quantize(unit, ROUND_HALF_UP)


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Words(_Record):
    """A text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> "Words":
        """Take a label."""
        return cls(zh=text.zh, en=text.en)

    def text(self) -> Text:
        """Return it as a label."""
        return Text(self.zh, self.en)


class Vintage(_Record):
    """Tonnes of a parcel in [vintage_from, vintage_to); the columns of `sinks.credits.vintages`."""

    parcel_id: str
    vintage_from: date
    vintage_to: date
    gross_tCO2e: float | None = None  # noqa: N815
    net_tCO2e: Annotated[float, Field(ge=0)]  # noqa: N815
    se_tCO2e: Annotated[float | None, Field(ge=0)] = None  # noqa: N815
    lower_tCO2e: float | None = None  # noqa: N815
    confidence: Annotated[float | None, Field(gt=0, lt=1)] = None
    methodology: str = ""
    kind: Literal["ex_ante", "monitored", "issued"]
    serial_from: str = ""
    serial_to: str = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> "Vintage":
        if self.vintage_to <= self.vintage_from:
            raise Refused(
                Text("vintage_to 须晚于 vintage_from。", "vintage_to must be after vintage_from.")
            )
        lower, net = self.lower_tCO2e, self.net_tCO2e
        if lower is not None and lower > net:
            raise Refused(Text(
                f"下限 lower_tCO2e = {lower:g} t 高于 net_tCO2e = {net:g} t。请核对两列。",
                f"lower_tCO2e = {lower:g} t is a lower bound and exceeds net_tCO2e = {net:g} t. "
                "Check both columns.",
            ))  # fmt: skip
        return self


class Inputs(_Record):
    """All that a valuation is made of."""

    facts: Facts
    policy: Policy
    price: PriceRow
    """The row at the start of the price path."""
    vintages: tuple[Vintage, ...] = ()
    """Empty in the constant-yield form."""
    tonnes_quantiles: tuple[float, ...] = ()
    """Of drawn totals over their mean, at evenly spaced shares; empty: normal with `cv`."""


class Step(_Record):
    """One line of the explanation."""

    id: str
    title: Words
    amount: Decimal
    units: str
    formula: str
    source: str
    note: Words = Words(zh="", en="")


class Payment(_Record):
    """What falls due at a time; what is received is positive."""

    years: float
    """From the base date."""
    day: date
    kind: Literal[
        "receipt", "development", "monitoring", "protection", "verification", "issuance", "owner",
        "tax",
    ]  # fmt: skip
    part: Literal["past", "future"]
    tonnes: Tonnes | None = None
    price: Decimal | None = None
    amount: Money
    discounted: Money


class AppliedHaircut(_Record):
    """A haircut of the policy: what it is, what of it was taken, and why no more."""

    kind: str
    rate: float
    applied: float
    """What is left of `rate` where a share is in the tonnes already; 0 where that is as much."""
    reason: Words
    source: str


class Part(_Record):
    """The tonnes that have been monitored, or those to come; priced apart."""

    part: Literal["past", "future"]
    mean: Tonnes
    lower: Tonnes
    value: Money
    """Present value, before haircuts."""
    haircuts: tuple[AppliedHaircut, ...]
    factor: float
    lending_value: Money
    """Negative where the part costs more than it brings: it then lowers that of the other."""


class Practice(_Record):
    """What a rule of practice gives, beside the prudent figure."""

    method: str
    case: str
    title: Words
    formula: str
    limit: Money
    """The loan that the rule allows."""
    implied_price: Decimal | None = None
    """CNY per tonne of the lower bound that the loan would be."""
    implied_rate: float | None = None
    over_prudent: float | None = None
    """Limit over the prudent highest loan; None where that is 0."""
    source: str


class Cost(_Record):
    """Value by an approach other than income; none of them is lent against by itself."""

    approach: Literal["market", "cost"]
    value: Money
    per_tonne: Decimal | None = None
    formula: str
    source: str


class OtherRightValue(_Record):
    """Timber or compensation: apart from carbon, and only added where a loan says so."""

    right: str
    value: Money
    lending_value: Money | None
    """None where the policy has no rule for the right."""
    max_loan: Money | None
    addable: bool
    """Not where it pays for the same benefit as carbon."""
    formula: str
    source: str


class OptionValue(_Record):
    """Value of waiting: reported, never lent against."""

    value: Money
    per_tonne: Decimal
    lent_against: Literal[False] = False
    formula: str
    source: str


class Bound(_Record):
    """A rule that limits the loan."""

    rule: str
    title: Words
    limit: Money | None
    """None where the rule does not limit an amount but the term."""
    binds: bool
    note: Words = Words(zh="", en="")


class Gate(_Record):
    """A check of plausibility."""

    id: str
    level: Literal["ok", "flag", "reject"]
    text: Words
    value: float | None = None


class Sensitivity(_Record):
    """What the value is if one thing changes."""

    id: str
    title: Words
    change: str
    value: Money
    difference: Money


class Scenario(_Record):
    """What the value is under another price."""

    name: str
    price: Decimal
    value: Money
    lending_value: Money


class Cause(_Record):
    """What one uncertainty costs: P50 less P5 of the value if nothing else varied."""

    id: str
    title: Words
    width: Money


class Draws(_Record):
    """The value over random tonnes, prices and events."""

    draws: int
    seed: int
    mean: Money
    p5: Money
    p50: Money
    p95: Money
    loss_probability: float
    """That the value is below the loan asked for, or below zero where none is."""
    causes: tuple[Cause, ...]


class Results(_Record):
    """What is found."""

    years: float
    years_bound_by: str
    """crediting, tenure or programme."""
    tonnes_mean: Tonnes
    tonnes_lower: Tonnes
    value: Money
    """Present value of past and future, before haircuts."""
    lending_value: Money
    max_loan: Money
    max_term_years: float
    bound_by: str
    """The rule that gives `max_loan`."""
    loan: Money | None
    coverage_ratio: float | None
    """Lending value of carbon over the loan asked for: the headline."""
    carbon_share_of_loan: float | None
    """Of the loan asked for, what carbon may secure under the policy; at most 1."""
    coverage_with_other_rights: float | None
    break_even_price: Decimal | None
    break_even_area_mu: Decimal | None
    irr: float | None
    parts: tuple[Part, ...]
    payments: tuple[Payment, ...]
    bounds: tuple[Bound, ...]
    gates: tuple[Gate, ...]
    practice: tuple[Practice, ...]
    approaches: tuple[Cost, ...]
    other_rights: tuple[OtherRightValue, ...]
    option: OptionValue | None
    scenarios: tuple[Scenario, ...]
    sensitivity: tuple[Sensitivity, ...]
    draws: Draws | None


class Valuation(_Record):
    """A valuation, whole: from `inputs` alone the rest is computed again."""

    schema_id: Literal["gep-valuation/1"] = "gep-valuation/1"
    software: str
    inputs: Inputs
    steps: tuple[Step, ...]
    results: Results

    @property
    def example(self) -> bool:
        """Return whether it was made with a policy whose numbers are examples."""
        return self.inputs.policy.example

    def to_json(self) -> str:
        """Return the valuation file."""
        return self.model_dump_json(indent=1) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of the valuation file."""
    return Valuation.model_json_schema()


def read_valuation(text: str, where: str) -> Valuation:
    """Return a valuation file as it stands.

    Raises
    ------
    ProjectError
        If it is none; names the first place that cannot be read.
    """
    try:
        return Valuation.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ProjectError(where=where, problem=Text(
            f"不是 {SCHEMA} 格式的估值文件（{place}：{first['msg']}）。",
            f"is no valuation file of schema {SCHEMA} ({place}: {first['msg']}).",
        )) from error  # fmt: skip


def recompute(text: str) -> Valuation:
    """Return the valuation made again from the inputs of a valuation file.

    Equal to that in the file, to the cent, where the file was not altered.

    Raises
    ------
    ProjectError
        If the text is no valuation file of this schema.
    """
    from lending.valuation.value import value

    try:
        inputs = Inputs.model_validate_json(json.dumps(json.loads(text)["inputs"]))
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise ProjectError(where="valuation", problem=Text(
            f"不是 {SCHEMA} 格式的估值文件。", f"is no valuation file of schema {SCHEMA}."
        )) from error  # fmt: skip
    return value(inputs)
