"""The repayment schedule: what is due on which day, to the cent, down to a balance of 0.00.

With period rates i_k = yearly rate x part of a year, the annuity of a balance B is

    P = B / sum_k prod_{j<=k} 1 / (1 + i_j)

which is B / n at a rate of nothing. Interest and payments are rounded to the cent; the last
instalment pays what is left.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from itertools import accumulate, pairwise
from operator import mul

from data_catalog.errors import LoanError
from data_catalog.text import Text
from lending.loans.money import EXACT, LOAN, NOTHING, cents
from lending.loans.terms import Terms

__all__ = ["Instalment", "Schedule", "annuity", "check_tenure", "schedule"]


@dataclass(frozen=True, slots=True)
class Instalment:
    """One due date. All amounts in CNY, to the cent."""

    number: int
    due: date
    rate: Decimal
    opening: Decimal
    interest: Decimal
    principal: Decimal
    closing: Decimal

    @property
    def payment(self) -> Decimal:
        """Return interest and principal together."""
        return self.interest + self.principal


@dataclass(frozen=True, slots=True)
class Schedule:
    """All instalments of a loan, in order."""

    terms: Terms
    instalments: tuple[Instalment, ...]

    @property
    def end(self) -> date:
        """Return the last due date."""
        return self.instalments[-1].due

    @property
    def interest(self) -> Decimal:
        """Return the interest of all instalments, CNY."""
        return sum((one.interest for one in self.instalments), NOTHING)

    @property
    def paid(self) -> Decimal:
        """Return the payments of all instalments, CNY."""
        return sum((one.payment for one in self.instalments), NOTHING)

    def balance(self, day: date) -> Decimal:
        """Return the principal that is outstanding after the payments due up to a day, CNY."""
        left = [one.closing for one in self.instalments if one.due <= day]
        return left[-1] if left else self.terms.amount


def annuity(balance: Decimal, rates: Sequence[Decimal]) -> Decimal:
    """Return the equal payment that pays a balance back over periods of these rates, unrounded."""
    with localcontext(EXACT):
        return balance / sum(accumulate((1 / (1 + rate) for rate in rates), mul), NOTHING)


def schedule(terms: Terms) -> Schedule:
    """Return the instalments of a loan."""
    with localcontext(EXACT):
        return Schedule(terms, tuple(_instalments(terms)))


def check_tenure(of: Schedule, tenure_end: date) -> None:
    """Refuse a loan that is paid back only after the right that secures it has ended.

    Raises
    ------
    LoanError
        Names both days.
    """
    if of.end > tenure_end:
        raise LoanError(
            where=LOAN,
            problem=Text(
                f"最后还款日 {of.end} 晚于权利到期日 {tenure_end}：到期后的收入不能担保本贷款。"
                "请缩短贷款期限，或先续期权利。",
                f"the last instalment is due on {of.end}, after the right ends on {tenure_end}: "
                "no income after that day can secure it. Shorten the loan, or extend the right "
                "first.",
            ),
        )


def _instalments(terms: Terms) -> Iterator[Instalment]:
    dues = terms.due_dates()
    periods = list(pairwise((terms.drawn, *dues)))
    years = terms.years()
    opening, payment, before = terms.amount, NOTHING, None
    for k, (start, due) in enumerate(periods):
        rate = terms.rate_from(start)
        if k >= terms.grace and (k == terms.grace or rate != before):
            payment = cents(annuity(opening, [rate * part for part in years[k:]]))
        before = rate
        interest = cents(opening * rate * years[k])
        principal = (
            opening if k == len(dues) - 1 else _principal(terms, k, opening, interest, payment)
        )
        yield Instalment(k + 1, due, rate, opening, interest, principal, opening - principal)
        opening -= principal


def _principal(
    terms: Terms, k: int, opening: Decimal, interest: Decimal, payment: Decimal
) -> Decimal:
    """Return the principal of an instalment that is not the last, CNY."""
    if k < terms.grace or terms.repayment == "bullet":
        return NOTHING
    if terms.repayment == "equal-principal":
        share = cents(terms.amount / (terms.instalments - terms.grace))
    else:
        share = payment - interest
    return min(max(share, NOTHING), opening)
