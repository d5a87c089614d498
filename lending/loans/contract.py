"""The contract of a loan as one TOML file: terms, steps of the rate, security, loss, green record.

Everything but `[loan]` may be left out; what is left out is not worked out, and nothing stands in
for it.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data_catalog.errors import LoanError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Language, Text, in_language
from data_catalog.toml_files import read_checked
from lending.conflicts.rules import bundled_rules
from lending.loans.green_record import GreenLoan
from lending.loans.rate_steps import RateRule, RateStep
from lending.loans.schedule import Schedule, schedule
from lending.loans.terms import Frequency, RateChange, Repayment, Terms

__all__ = ["Contract", "ExpectedLoss", "GivenRight", "example_contract", "read_contract"]

Share: TypeAlias = Annotated[Decimal, Field(ge=0, le=1)]
Money: TypeAlias = Annotated[Decimal, Field(ge=0)]
Name: TypeAlias = Annotated[str, Field(min_length=1)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class GivenChange(_Section):
    """A new reference rate."""

    since: date
    rate: Decimal


class Loan(_Section):
    """What was agreed on; see `lending.loans.terms.Terms`."""

    number: Name
    bank: Name
    borrower: Name
    amount: Decimal
    """CNY."""
    rate: Decimal
    drawn: date
    instalments: int
    every: Frequency = "monthly"
    repayment: Repayment = "annuity"
    grace: int = 0
    day_count: str = "30/360"
    first_due: date | None = None
    tenure_end: date | None = None
    """Last day of the right that secures the loan."""
    rate_changes: tuple[GivenChange, ...] = ()
    early_fee: Share | None = None
    """Of the principal that is paid early."""
    late_surcharge: Share | None = None
    """By how much of itself the rate is higher while a payment is late."""


class GivenStep(_Section):
    """A step of the rate; see `lending.loans.rate_steps.RateStep`."""

    reached: Money
    change: Decimal


class Verified(_Section):
    """The result of a year; without an amount nobody verified it."""

    year: int
    amount: Decimal | None = None
    since: date
    """From this day on the result changes the rate."""


class Sustainability(_Section):
    """Steps of the rate by a target; see `lending.loans.rate_steps.RateRule`."""

    indicator: Name
    targets: dict[int, Decimal]
    steps: tuple[GivenStep, ...]
    lowest: Decimal
    highest: Decimal
    less_is_better: bool = False
    verified: tuple[Verified, ...] = ()

    def rule(self) -> RateRule:
        """Return the rule."""
        return RateRule(
            indicator=Text(self.indicator, self.indicator), targets=self.targets,
            steps=tuple(RateStep(one.reached, one.change) for one in self.steps),
            lowest=self.lowest, highest=self.highest, less_is_better=self.less_is_better,
        )  # fmt: skip


class GivenRight(_Section):
    """A right that secures the loan: its lending value, or the valuation file that says it."""

    id: Name
    code: Name
    """Of the rights matrix: CARB_F, CARB_I, TREE, COMP ..."""
    lending_value: Money | None = None
    valuation: str = ""
    """Beside this file: its carbon, or of TREE, LAND and COMP the other right that it values."""

    @model_validator(mode="after")
    def _one_of_both(self) -> "GivenRight":
        if (self.lending_value is None) == (not self.valuation):
            message = "either lending_value or valuation / lending_value 与 valuation 须给出其一"
            raise ValueError(message)
        return self


class GivenSecurity(_Section):
    """Security that is no right on the forest: recorded apart."""

    kind: Name
    value: Money


class ExpectedLoss(_Section):
    """PD from the bank's records; what disposal brings, or the share that is lost."""

    default_probability: Share
    loss_given_default: Share | None = None
    disposal_value: Money | None = None
    disposal_cost: Money | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "ExpectedLoss":
        sold = (self.disposal_value is None, self.disposal_cost is None)
        if sold != (self.loss_given_default is not None,) * 2:
            message = (
                "either loss_given_default, or disposal_value and disposal_cost / "
                "loss_given_default 与（disposal_value、disposal_cost）须给出其一"
            )
            raise ValueError(message)
        return self


class Green(_Section):
    """Facts for the green-loan statistics that the loan itself does not say."""

    branch: Name
    borrower_id: Name
    borrower_size: Name
    use_class: Name
    industry: Name
    five_class: Name
    guarantee_type: Name
    overdue: Money
    total_investment: Annotated[Decimal, Field(gt=0)]
    tce: Money | None = None
    co2e: Money | None = None
    cod: Money | None = None
    nh3n: Money | None = None
    so2: Money | None = None
    nox: Money | None = None
    water: Money | None = None
    method: str = ""
    verifier: str = ""


class Contract(_Section):
    """All of it."""

    loan: Loan
    sustainability: Sustainability | None = None
    rights: tuple[GivenRight, ...] = ()
    other_security: tuple[GivenSecurity, ...] = ()
    expected_loss: ExpectedLoss | None = None
    income: str = ""
    """Table of expected income beside this file: date, amount, kind."""
    green: Green | None = None

    def terms(self) -> Terms:
        """Return the terms, with the rates that verified results have led to.

        Raises
        ------
        LoanError or Problems
            If no schedule can be made of them.
        """
        own = self.loan
        terms = Terms(
            amount=own.amount, rate=own.rate, drawn=own.drawn, instalments=own.instalments,
            every=own.every, repayment=own.repayment, grace=own.grace, day_count=own.day_count,
            first_due=own.first_due,
            rate_changes=tuple(RateChange(one.since, one.rate) for one in own.rate_changes),
        )  # fmt: skip
        return replace(terms, rate_changes=(*terms.rate_changes, *self.steps()))

    def steps(self) -> tuple[RateChange, ...]:
        """Return the rates that verified results have led to, in order; none without a rule."""
        if self.sustainability is None:
            return ()
        if self.loan.rate_changes:
            raise LoanError(where=self.loan.number, problem=Text(
                "rate_changes 与 [sustainability] 不能并用：各档从一个基准利率算起。请只留其一。",
                "rate_changes and [sustainability] exclude each other: steps count from one base "
                "rate. Keep one of both.",
            ))  # fmt: skip
        known = self.sustainability.verified
        return self.sustainability.rule().rate_changes(
            self.loan.rate, {one.year: one.amount for one in known},
            {one.year: one.since for one in known},
        )  # fmt: skip

    def schedule(self) -> Schedule:
        """Return the instalments."""
        return schedule(self.terms())

    def fee(self) -> Decimal:
        """Return the fee on what is paid early, a fraction.

        Raises
        ------
        LoanError
            If the contract does not say.
        """
        return self._stated("early_fee", self.loan.early_fee)

    def surcharge(self) -> Decimal:
        """Return by how much of itself the rate is higher while a payment is late.

        Raises
        ------
        LoanError
            If the contract does not say.
        """
        return self._stated("late_surcharge", self.loan.late_surcharge)

    def _stated(self, name: str, value: Decimal | None) -> Decimal:
        if value is None:
            raise LoanError(where=self.loan.number, problem=Text(
                f"合同没有写明 loan.{name}。请补充（没有则为 0）。",
                f"the contract does not state loan.{name}. Add it (0 if there is none).",
            ))  # fmt: skip
        return value

    def green_loan(self, day: date) -> GreenLoan:
        """Return the loan's row of the statistics of a day.

        Raises
        ------
        LoanError
            If the contract has no [green], or the loan is more than the project costs.
        """
        if self.green is None:
            raise LoanError(where=self.loan.number, problem=Text(
                "没有 [green] 一节，不能编制绿色贷款统计。请补充。",
                "has no section [green] for the green-loan statistics. Add it.",
            ))  # fmt: skip
        made = self.schedule()
        running = next((one for one in made.instalments if one.due > day), made.instalments[-1])
        return GreenLoan(
            report_date=day, bank=self.loan.bank, loan_id=self.loan.number,
            balance=made.balance(day), rate=running.rate, term=made.end,
            collateral_right=" ".join(dict.fromkeys(one.code for one in self.rights)),
            **self.green.model_dump(),
        )  # fmt: skip


def read_contract(path: Path) -> Contract:
    """Return the contract of a file.

    Raises
    ------
    ProjectError, UnknownNameError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    found = read_checked(Contract, path)
    known = bundled_rules().rights
    raise_all(
        UnknownNameError(
            where=f"{path.name} [[rights]]", kind=Text("权利", "right"), name=one.code,
            hint=suggestion(one.code, known),
        )
        for one in found.rights
        if one.code not in known
    )  # fmt: skip
    return found


def example_contract(language: Language) -> str:
    """Return a contract whose numbers are made up, with comments in one language."""
    return in_language(resources.files("lending.loans") / "example.toml", language)
