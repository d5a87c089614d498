"""What is known of a holding and its market: the facts file of a valuation, nothing assumed.

A cost that there is none of is written as 0: what is left out is asked for.
"""

from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_catalog.complaints import Refused
from data_catalog.text import Language, Text, in_language
from data_catalog.toml_files import read_checked
from lending.prices.rows import PriceRow

__all__ = [
    "Comparable",
    "Comparables",
    "Costs",
    "Cycle",
    "Ends",
    "Event",
    "Facts",
    "Harvest",
    "Holding",
    "OptionFacts",
    "OtherRight",
    "Outlay",
    "PracticeFacts",
    "PricePath",
    "PricePoint",
    "PriceProcess",
    "Residual",
    "Simulation",
    "Soil",
    "Tonnes",
    "Withdrawn",
    "example_facts",
    "read_facts",
]

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Positive: TypeAlias = Annotated[float, Field(gt=0)]
NotNegative: TypeAlias = Annotated[float, Field(ge=0)]
Money: TypeAlias = Annotated[Decimal, Field(ge=0)]
ByAge: TypeAlias = dict[Annotated[int, Field(ge=0, le=500)], Money]
"""CNY by age of the stand, years."""
When: TypeAlias = date | Annotated[float, Field(ge=0, le=500)]
"""A date, or years from the base date."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Holding(_Section):
    """The constant-yield form: an area that takes up the same every year.

    `cv` is the standard error of the yearly tonnes over their mean.
    """

    area_mu: Positive
    yield_tCO2e_per_mu: Positive  # noqa: N815
    """Per year."""
    cv: NotNegative
    source: str
    claimed_tonnes: Positive | None = None
    """What the applicant or the press states for the whole term."""


class Tonnes(_Section):
    """What the tonnes have had deducted already, and what still is to be."""

    deducted: tuple[Literal["buffer", "leakage", "uncertainty"], ...] = ()
    """In `net_tCO2e` of the vintages already."""
    deducted_shares: dict[Literal["buffer", "uncertainty"], Share] = {}
    """What share each of them took; where it is not told, the haircut for the same stays whole."""
    buffer: Share | None = None
    leakage: Share | None = None

    @model_validator(mode="after")
    def _shares_of_what_is_deducted(self) -> "Tonnes":
        others = ", ".join(name for name in self.deducted_shares if name not in self.deducted)
        if others:
            raise Refused(Text(
                f"deducted_shares 中的 {others} 不在 deducted 中。",
                f"deducted_shares has {others}, which is not in deducted.",
            ))  # fmt: skip
        return self


class Ends(_Section):
    """What ends the crediting: the earliest counts."""

    crediting: When
    tenure: When
    programme: When


class Cycle(_Section):
    """From growing to being paid."""

    monitoring_months: Annotated[int, Field(gt=0, le=600)]
    lag_months: Annotated[int, Field(ge=0, le=600)]
    """From verification to payment."""
    first_verification: date | None = None
    """The first whose payment is to come; by default one monitoring period from the base date."""
    grown_since: date | None = None
    """What grew before this day is sold and paid unless it is told as issued: it does not count.
    By default a holding's tonnes count from the base date, those of vintages all."""


class Costs(_Section):
    """CNY, as they fall due; the fee is a share of the receipts."""

    development: Money
    monitoring_yearly: Money
    verification: Money
    """Each time."""
    issuance: Money
    """Each time."""
    fee: Share
    owner_share: Share
    """What is due to the owners of the land, the village."""
    owner_share_of: Literal["receipts", "net"] = "receipts"
    """`net`: of the receipts less the costs of the same monitoring period."""
    protection_yearly: Money = Decimal(0)
    """Guards, fire, pests."""
    tax: Share = 0.0
    """Of the receipts."""
    paid_already: Money = Decimal(0)
    """Sunk: shown, never counted."""
    source: str


class PricePoint(_Section):
    """The price at a time; in between it changes linearly, after the last it stays."""

    years: NotNegative
    price: Positive


class PricePath(_Section):
    """The price over time: of a market's newest row, or given, with its date and source."""

    market: str
    row: PriceRow | None = None
    """Given in the facts instead of found by the market."""
    growth: Annotated[float, Field(gt=-1)] = 0.0
    """Per year."""
    points: tuple[PricePoint, ...] = ()
    scenarios: dict[str, Positive] = {}
    """Other prices of the base date, CNY/t_CO2e, to be shown beside."""
    source: str
    """Of the path: why it grows, falls or stays."""

    @model_validator(mode="after")
    def _goes_one_way(self) -> "PricePath":
        years = [point.years for point in self.points]
        if years != sorted(set(years)):
            raise Refused(Text("points 的年数须依次增大。", "points must be of rising years."))
        if years and self.growth:
            raise Refused(
                Text("growth 与 points 只能给出一个。", "growth and points exclude each other.")
            )
        return self


class Withdrawn(_Section):
    """Tonnes that are no collateral any more: of vintages that overlap the interval."""

    reason: Literal["sold", "cancelled", "retired", "court", "promised"]
    tonnes: Positive
    vintage_from: date
    vintage_to: date
    parcel_id: str = ""
    note: str = ""
    short: bool = False
    """Fewer than that are left, as land was lost or fewer came: all that are left are taken off."""

    @model_validator(mode="after")
    def _has_days(self) -> "Withdrawn":
        if self.vintage_to <= self.vintage_from:
            raise Refused(
                Text("vintage_to 须晚于 vintage_from。", "vintage_to must be after vintage_from.")
            )
        return self


class Comparable(_Section):
    """A trade and what makes it unlike ours; factors multiply its price."""

    name: str
    price: Positive
    weight: Share
    vintage: Positive = 1.0
    type: Positive = 1.0
    region: Positive = 1.0
    volume: Positive = 1.0
    date: Positive = 1.0
    arms_length: bool = True
    source: str


class Comparables(_Section):
    """Market approach."""

    trades: tuple[Comparable, ...]
    tonnes: Positive | None = None
    """By default the lower bound of the tonnes."""


class Outlay(_Section):
    """What was spent at the end of a year, counted from the first."""

    year: Annotated[int, Field(ge=1)]
    amount: Money


class CostApproach(_Section):
    """Replacement cost with a return."""

    outlays: tuple[Outlay, ...]
    years: Annotated[int, Field(ge=1)]
    return_rate: Annotated[float, Field(gt=-1)]
    site_factor: Positive
    source: str


class PracticeFacts(_Section):
    """A rule of practice to show beside; what is not given comes from the case's rows."""

    method: str
    case: str = ""
    """A case of the catalogue: `anji-2021`, `lishui-compensation` ..."""
    ratio: Positive | None = None
    multiple: Positive | None = None
    yearly_income: Money | None = None
    value: Money | None = None
    """GEP, VEP, assessed carbon value, expected revenue: what the rule multiplies."""
    forest_part: Money = Decimal(0)
    tonnes: Positive | None = None
    price: Positive | None = None
    years: Positive | None = None
    """For the rate that a multiple implies."""


class Residual(_Section):
    """What a timber sale leaves, CNY."""

    revenue: Money
    costs: Money
    """With taxes."""
    profit: Money


class Harvest(_Section):
    """A stand until its final harvest; CNY by age of the stand."""

    final: Money
    """Net income of the final harvest."""
    thinnings: ByAge = {}
    costs: ByAge = {}
    rotation: Annotated[int, Field(ge=1, le=500)]
    age: Annotated[int, Field(ge=0, le=500)]
    return_rate: Annotated[float, Field(gt=-1)]
    site_factor: Positive

    @model_validator(mode="after")
    def _ends_with_the_harvest(self) -> "Harvest":
        if max((self.age, *self.thinnings, *self.costs)) > self.rotation:
            message = "an age is beyond the rotation / 林龄超过轮伐期"
            raise ValueError(message)
        return self


class Soil(_Section):
    """Bare forest land over endless rotations; CNY by age of the stand."""

    final: Money
    thinnings: ByAge = {}
    costs: ByAge = {}
    rotation: Annotated[int, Field(ge=1, le=500)]
    return_rate: Positive
    overhead: Money
    """Yearly cost."""

    @model_validator(mode="after")
    def _ends_with_the_harvest(self) -> "Soil":
        if max((0, *self.thinnings, *self.costs)) > self.rotation:
            message = "an age is beyond the rotation / 林龄超过轮伐期"
            raise ValueError(message)
        return self


class OtherRight(_Section):
    """Timber, land or compensation income: a right of its own, never part of the carbon value.

    Worth an appraised `value`, a `yearly_income` until a day, or by a method for forests.
    """

    right: Literal["timber", "land", "compensation"]
    value: Money | None = None
    yearly_income: Money | None = None
    until: When | None = None
    residual: Residual | None = None
    harvest: Harvest | None = None
    soil: Soil | None = None
    same_benefit_as_carbon: bool = False
    """Pays for the same tonnes: not allowed beside carbon by the programme."""
    source: str

    @model_validator(mode="after")
    def _is_worth_something(self) -> "OtherRight":
        ways = (self.value, self.yearly_income, self.residual, self.harvest, self.soil)
        if sum(way is not None for way in ways) != 1:
            raise Refused(
                Text(
                    "value、yearly_income、residual、harvest、soil 须且只须给出一个。",
                    "one of value, yearly_income, residual, harvest and soil is needed.",
                )
            )
        return self


class OptionFacts(_Section):
    """Real option on the price: reported, never lent against."""

    volatility: Positive
    years: Positive
    risk_free: float
    strike: Positive
    """Cost of bringing a tonne to the market, CNY/t_CO2e."""
    source: str


class Event(_Section):
    """Loss of standing tonnes by a yearly event."""

    name: str
    yearly_probability: Share
    loss_share: Share
    source: str


class PriceProcess(_Section):
    """How the price moves at random, per year."""

    model: Literal["gbm", "ou"]
    volatility: NotNegative
    drift: float = 0.0
    """GBM."""
    reversion: Positive | None = None
    mean: Positive | None = None
    """OU on the log of the price: long-run median, CNY/t_CO2e."""
    source: str

    @model_validator(mode="after")
    def _has_its_numbers(self) -> "PriceProcess":
        if self.model == "ou" and (self.reversion is None or self.mean is None):
            raise Refused(Text("ou 需要 reversion 与 mean。", "ou needs reversion and mean."))
        return self


class Simulation(_Section):
    """Draws over tonnes, price and events."""

    draws: Annotated[int, Field(ge=100, le=1_000_000)]
    seed: Annotated[int, Field(ge=0)]
    price: PriceProcess
    events: tuple[Event, ...] = ()
    tonnes_price: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Correlation of the tonnes' error with the price's."""
    price_events: Annotated[float, Field(ge=-1, le=1)] = 0.0
    """Correlation of the price with bad years."""


class Facts(_Section):
    """All of it. Either `holding` is given, or vintages beside this file."""

    base_date: date
    subject: str = ""
    """What is valued, as people call it."""
    right: str = "carbon_income"
    holding: Holding | None = None
    tonnes: Tonnes = Tonnes()
    ends: Ends
    cycle: Cycle
    costs: Costs
    price: PricePath
    title_grade: str = ""
    withdrawn: tuple[Withdrawn, ...] = ()
    loan: Annotated[Decimal | None, Field(gt=0)] = None
    """CNY asked for."""
    loan_term_years: Positive | None = None
    practice: tuple[PracticeFacts, ...] = ()
    comparables: Comparables | None = None
    cost: CostApproach | None = None
    other_rights: tuple[OtherRight, ...] = ()
    option: OptionFacts | None = None
    simulation: Simulation | None = None

    @model_validator(mode="after")
    def _grows_by_now(self) -> "Facts":
        since = self.cycle.grown_since
        if since is not None and since > self.base_date:
            raise Refused(Text(
                f"cycle.grown_since（{since}）晚于评估基准日 {self.base_date}。",
                f"cycle.grown_since ({since}) is after the base date {self.base_date}.",
            ))  # fmt: skip
        return self


def read_facts(path: Path) -> Facts:
    """Return the facts of a file.

    Raises
    ------
    ProjectError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    return read_checked(Facts, path)


def example_facts(language: Language) -> str:
    """Return a facts file whose numbers are synthetic, with comments in one language."""
    return in_language(resources.files("lending.valuation") / "example.toml", language)
