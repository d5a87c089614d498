"""The terms of a loan: amount, rate, dates, and how it is paid back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date
from decimal import Decimal
from itertools import pairwise
from typing import Literal, TypeAlias, get_args

from data_catalog.errors import GepError, LoanError, raise_all
from data_catalog.text import Text
from lending.loans.day_count import DAY_COUNTS, MONTHS_OF_YEAR, DayCount, at_day, months_after
from lending.loans.money import CENT, EXACT, LOAN, NOTHING, money_problem

__all__ = ["FREQUENCIES", "REPAYMENTS", "Frequency", "RateChange", "Repayment", "Terms"]

Frequency: TypeAlias = Literal["monthly", "quarterly", "yearly"]
Repayment: TypeAlias = Literal["annuity", "equal-principal", "bullet"]
FREQUENCIES: dict[Frequency, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
"""Months between two due dates."""
REPAYMENTS: dict[Repayment, Text] = {
    "annuity": Text("等额本息", "annuity"),
    "equal-principal": Text("等额本金", "equal principal"),
    "bullet": Text("按期付息、到期还本", "bullet: interest as it falls due, principal at the end"),
}


@dataclass(frozen=True, slots=True)
class RateChange:
    """A new yearly rate, from the first period that begins on the date or later."""

    since: date
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What borrower and bank agreed on.

    Parameters
    ----------
    amount : Decimal, CNY
        To the cent.
    rate : Decimal, fraction a year
        Nominal; 0 for a loan without interest.
    drawn : date
        The day from which interest runs.
    instalments : int
        Number of due dates, those of the grace included.
    every : monthly, quarterly or yearly
    grace : int
        First due dates on which interest is paid and no principal.
    first_due : date, optional
        By default one period after the loan is drawn; then the first period is a whole one.
    due_day : int, optional
        Day of the month of all due dates, where a shorter month cuts the first due date off.
    rate_changes : tuple of RateChange
        Steps of the margin, or a new reference rate. An annuity is reckoned anew at each.
    """

    amount: Decimal
    rate: Decimal
    drawn: date
    instalments: int
    every: Frequency = "monthly"
    repayment: Repayment = "annuity"
    grace: int = 0
    day_count: str = "30/360"
    first_due: date | None = None
    due_day: int | None = None
    rate_changes: tuple[RateChange, ...] = ()

    def __post_init__(self) -> None:
        """Refuse terms that no schedule can be made of, all problems at once."""
        raise_all(self._problems())

    @property
    def days(self) -> DayCount:
        """Return how days are counted."""
        return DAY_COUNTS[self.day_count]

    def due_dates(self) -> tuple[date, ...]:
        """Return the due dates: always the same day of the month, or the month's last."""
        months = FREQUENCIES[self.every]
        start = self.first_due or self.drawn
        skipped = 0 if self.first_due else 1
        dues = (months_after(start, months * (k + skipped)) for k in range(self.instalments))
        return tuple(at_day(due, self.due_day or start.day) for due in dues)

    def years(self) -> tuple[Decimal, ...]:
        """Return the part of a year that each period counts as."""
        periods = pairwise((self.drawn, *self.due_dates()))
        if not self.days.by_months:
            return tuple(self.days.years(start, due) for start, due in periods)
        whole = EXACT.divide(Decimal(FREQUENCIES[self.every]), Decimal(MONTHS_OF_YEAR))
        first = self.days.years(*next(periods)) if self.first_due else whole
        return (first, *(whole for _ in range(self.instalments - 1)))

    def rate_from(self, day: date) -> Decimal:
        """Return the yearly rate of a period that begins on that day."""
        rate = self.rate
        for change in sorted(self.rate_changes, key=lambda change: change.since):
            if change.since <= day:
                rate = change.rate
        return rate

    def _problems(self) -> Iterator[GepError]:
        where = LOAN
        amount = Text("贷款金额", "the amount")
        if problem := money_problem(amount, self.amount, least=CENT, where=where):
            yield problem
        for rate in (self.rate, *(change.rate for change in self.rate_changes)):
            if not rate.is_finite() or not NOTHING <= rate < 1:
                yield _wrong(
                    f"年利率为 {rate}，应为 0 到 1 之间的小数，如 0.0435。",
                    f"the yearly rate is {rate}; it must be a fraction from 0 to 1, as 0.0435.",
                )
        for name, value, choices in (
            ("every", self.every, FREQUENCIES),
            ("repayment", self.repayment, get_args(Repayment)),
            ("day_count", self.day_count, DAY_COUNTS),
        ):
            if value not in choices:
                listed = ", ".join(choices)
                yield _wrong(
                    f"{name} 为 {value}，应为下列之一：{listed}。",
                    f"{name} is {value!r}; it must be one of {listed}.",
                )
        if self.instalments < 1:
            yield _wrong(
                f"期数为 {self.instalments}，至少应有一期。",
                f"there are {self.instalments} instalments; there must be at least one.",
            )
        elif not 0 <= self.grace < self.instalments:
            yield _wrong(
                f"宽限期为 {self.grace} 期，应少于全部 {self.instalments} 期。",
                f"the grace is {self.grace} instalments; it must be fewer than all "
                f"{self.instalments}.",
            )
        years = self.instalments * FREQUENCIES.get(self.every, 1) // MONTHS_OF_YEAR
        if max(self.drawn, self.first_due or self.drawn).year + years >= MAXYEAR:
            yield _wrong(
                f"{self.instalments} 期的贷款将在 {MAXYEAR} 年之后到期，请减少期数。",
                f"a loan of {self.instalments} instalments would end after the year {MAXYEAR}; "
                "give fewer.",
            )
        yield from self._due_problems()

    def _due_problems(self) -> Iterator[GepError]:
        if self.first_due is not None and self.first_due <= self.drawn:
            yield _wrong(
                f"首个还款日 {self.first_due} 应晚于放款日 {self.drawn}。",
                f"the first due date {self.first_due} must be after the loan is drawn on "
                f"{self.drawn}.",
            )
        start = self.first_due or self.drawn
        if self.due_day is not None and (
            self.due_day < start.day or at_day(start, self.due_day) != start
        ):
            yield _wrong(
                f"due_day 为 {self.due_day}，应为 {start} 的日，或在其为月末时更晚的日。",
                f"due_day is {self.due_day}; it must be the day of {start}, or a later one where "
                "that is the last day of its month.",
            )


def _wrong(zh: str, en: str) -> LoanError:
    return LoanError(where=LOAN, problem=Text(zh, en))
