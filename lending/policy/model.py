"""What a bank's policy says, as a frozen model: the TOML file's sections and keys."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_catalog.complaints import Refused
from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.policy.early_warnings import early_warnings

__all__ = [
    "HAIRCUTS",
    "Caps",
    "Concentration",
    "DayCount",
    "Discount",
    "Haircut",
    "HaircutKind",
    "Ladder",
    "Policy",
    "Premium",
    "Prices",
    "Revaluation",
    "RightRule",
    "Warnings",
]

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Level: TypeAlias = Annotated[float, Field(ge=0.5, lt=1)]
"""One-sided: below one half a lower bound would lie above the estimate."""
Positive: TypeAlias = Annotated[float, Field(gt=0)]
DayCount: TypeAlias = Literal["years", "act/365", "30/360"]
HaircutKind: TypeAlias = Literal[
    "price", "volume", "permanence", "title", "liquidity", "settlement", "correlation"
]
HAIRCUTS: dict[HaircutKind, Text] = {
    "price": Text("价格折扣", "price haircut"),
    "volume": Text("数量折扣", "volume haircut"),
    "permanence": Text("非持久性折扣", "non-permanence haircut"),
    "title": Text("权属折扣", "title haircut"),
    "liquidity": Text("流动性折扣", "liquidity haircut"),
    "settlement": Text("结算与费用折扣", "settlement haircut"),
    "correlation": Text("相关性附加", "correlation add-on"),
}
"""What a haircut is for."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Premium(_Section):
    """One part of a discount rate that is built up."""

    name: str
    rate: float
    source: str


class Discount(_Section):
    """The yearly rate: as it is, or the sum of its parts; each with its source."""

    rate: Annotated[float | None, Field(gt=-1)] = None
    source: str = ""
    parts: tuple[Premium, ...] = ()
    day_count: DayCount
    """`years`: whole years by the calendar and days over 365 of the last one."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "Discount":
        if (self.rate is None) == (not self.parts):
            raise Refused(
                Text(
                    "rate 与 parts 须且只须给出一个。",
                    "either rate or parts is needed, and only one of them.",
                )
            )
        return self

    def yearly(self) -> float:
        """Return the rate per year, compounded once a year."""
        return sum(p.rate for p in self.parts) if self.rate is None else self.rate


class Haircut(_Section):
    """A share taken off a value, as it stands or worked out.

    `fixed` needs `rate`. `value_at_risk` needs `volatility`, `confidence` and `days` (trading
    days until sold), `days_in_year`. `sell_through` needs `concession`, and the market's stock
    and yearly sales, which the facts give. `grades` needs a share for each grade of title, or
    "refuse".
    """

    kind: HaircutKind
    method: Literal["fixed", "value_at_risk", "sell_through", "grades"] = "fixed"
    rate: Share | None = None
    volatility: Positive | None = None
    confidence: Level | None = None
    days: Positive | None = None
    days_in_year: Positive | None = None
    concession: Share | None = None
    grades: dict[str, Share | Literal["refuse"]] = {}
    source: str

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> "Haircut":
        needs: dict[str, tuple[object, ...]] = {
            "fixed": (self.rate,),
            "value_at_risk": (self.volatility, self.confidence, self.days, self.days_in_year),
            "sell_through": (self.concession,),
            "grades": (self.grades or None,),
        }
        if any(value is None for value in needs[self.method]):
            raise Refused(
                Text(
                    f"方法 {self.method} 缺少所需的数。",
                    f"method {self.method} lacks numbers it needs.",
                )
            )
        return self


class Caps(_Section):
    """What a loan may not exceed; only `max_ltv` must be given."""

    max_ltv: Annotated[float, Field(gt=0, le=1)]
    max_loan: Annotated[Decimal | None, Field(gt=0)] = None
    """CNY."""
    max_term_years: Positive | None = None
    max_share_of_appraisal: Annotated[float | None, Field(gt=0)] = None
    """Loan over the value before haircuts."""
    max_multiple_of_annual: Positive | None = None
    """Loan over the carbon income of a year."""
    months_before_tenure_end: Annotated[float, Field(ge=0)] = 0
    """The loan must end so many months before the last creditable day."""


class Ladder(_Section):
    """Loan-to-value lines on the lending value, and falls of value since the last valuation."""

    yellow_ltv: Positive
    orange_ltv: Positive
    red_ltv: Positive
    yellow_fall: Share
    red_fall: Share
    top_up_days: Annotated[int, Field(gt=0)]
    """Working days to top up."""
    release_margin: Share
    """LTV has to be below the highest allowed by so much before a part is released."""

    @model_validator(mode="after")
    def _rises(self) -> "Ladder":
        if not self.yellow_ltv <= self.orange_ltv <= self.red_ltv:
            raise Refused(
                Text(
                    "三条线须依次升高：yellow_ltv、orange_ltv、red_ltv。",
                    "yellow_ltv, orange_ltv and red_ltv must rise in this order.",
                )
            )
        return self


class Concentration(_Section):
    """Highest shares of the portfolio's lending value; what is not given has no limit."""

    single: Share | None = None
    township: Share | None = None
    watershed: Share | None = None
    species: Share | None = None
    programme: Share | None = None
    right: Share | None = None
    region: Share | None = None
    buyer: Share | None = None
    verifier: Share | None = None
    insurer: Share | None = None


class Revaluation(_Section):
    """When a value is made anew."""

    every_months: Annotated[int, Field(gt=0)]
    valid_months: Annotated[int, Field(gt=0)]
    """A valuation older than this backs no new loan."""
    deviation_flag: Share
    deviation_veto: Share
    """Outside appraisal against the bank's own value."""
    price_change: Share
    """A price that moved so far, up or down, since the last valuation calls for a new one."""


class Warnings(_Section):
    """Rules of early warning; what is not given is not watched."""

    watched: tuple[str, ...] = ()
    """Ids of lending/early_warnings.csv."""
    disturbed_share: Share | None = None
    """Of a pledge's land; a smaller one is not told."""
    price_fall: tuple[Share, ...] = ()
    sell_through: Share | None = None
    sell_through_quarters: Annotated[int | None, Field(gt=0)] = None
    pest_km: Positive | None = None
    overdue_months: tuple[int, ...] = ()
    """Verification, issuance."""
    alert_days: tuple[int, ...] = ()
    """Before maturity or the end of a registration."""
    implied_price: tuple[Positive, Positive] | None = None
    """CNY per t_CO2e that a figure may imply without being flagged."""

    @model_validator(mode="after")
    def _known(self) -> "Warnings":
        rules = early_warnings()
        unknown = [name for name in self.watched if name not in rules]
        if unknown:
            message = f"watched: {', '.join(unknown)} is not known / 没有这样的预警"
            raise ValueError(message)
        for name in self.watched:
            lacks = [key for key in rules[name].thresholds if getattr(self, key) in {None, ()}]
            if lacks:
                message = f"watched: {name} needs {', '.join(lacks)} / 预警缺少阈值"
                raise ValueError(message)
        return self


class RightRule(_Section):
    """What a right beside carbon (timber, compensation) is lent against, after its haircut."""

    right: str
    haircut: Share
    max_ltv: Annotated[float, Field(gt=0, le=1)]
    source: str


class Prices(_Section):
    """Which prices are taken."""

    validity_days: Annotated[int, Field(gt=0)]
    """A price older than this at the base date is refused."""
    max_growth: Share = 0.0
    """Nothing is lent against a price path that rises by more a year, anywhere on it."""


class Policy(_Section):
    """All of it.

    `confidence` is the one-sided level of the lower bound of the tonnes.
    """

    bank: str
    version: str
    valid_from: date
    example: bool = False
    """An example is marked as such on everything that is made with it."""
    confidence: Level
    haircut_mode: Literal["multiplicative", "additive"]
    discount: Discount
    haircuts: tuple[Haircut, ...] = ()
    caps: Caps
    ladder: Ladder
    concentration: Concentration = Concentration()
    revaluation: Revaluation
    warnings: Warnings = Warnings()
    prices: Prices
    rights: tuple[RightRule, ...] = ()
    """Of other rights; one that is not here is valued and not lent against."""

    def haircut(self, kind: HaircutKind) -> Haircut:
        """Return the haircut of a kind.

        Raises
        ------
        ProjectError
            If the policy has none: no share stands in for it.
        """
        for one in self.haircuts:
            if one.kind == kind:
                return one
        title = HAIRCUTS[kind]
        raise ProjectError(where=f"{self.bank} {self.version}", problem=Text(
            f"政策没有“{title.zh}”（{kind}）一项。请补充 [[haircuts]]。",
            f"the policy has no {title.en} ({kind}). Add one to [[haircuts]].",
        ))  # fmt: skip

    @model_validator(mode="after")
    def _each_kind_once(self) -> "Policy":
        kinds = [one.kind for one in self.haircuts]
        if len(set(kinds)) != len(kinds):
            raise Refused(Text("同一种折扣给出了两次。", "a kind of haircut is given twice."))
        return self
