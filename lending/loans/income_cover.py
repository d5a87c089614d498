"""Does the income pay the loan: DSCR year by year, on carbon alone and with other income.

    DSCR = income / (interest + principal)

over the years of the loan. A year of the loan reaches from the day after one anniversary to the
next anniversary: what is received on a due date can pay what is due on it. Income after the right
has ended counts for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lending.loans.day_count import MONTHS_OF_YEAR, months_after
from lending.loans.money import NOTHING, ratio
from lending.loans.schedule import Schedule

__all__ = ["IncomeCover", "Receipt", "YearCover", "income_cover"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """Income that is expected on a day, CNY; from carbon or from anything else."""

    day: date
    amount: Decimal
    carbon: bool = True


@dataclass(frozen=True, slots=True)
class YearCover:
    """One year of the loan, (after, until], in CNY."""

    after: date
    until: date
    carbon: Decimal
    other: Decimal
    service: Decimal

    @property
    def dscr_carbon(self) -> Decimal | None:
        """Return carbon income over debt service; None where nothing is due."""
        return ratio(self.carbon, self.service)

    @property
    def dscr(self) -> Decimal | None:
        """Return all income over debt service; None where nothing is due."""
        return ratio(self.carbon + self.other, self.service)


@dataclass(frozen=True, slots=True)
class IncomeCover:
    """All years of the loan."""

    years: tuple[YearCover, ...]

    @property
    def lowest_carbon(self) -> Decimal | None:
        """Return the lowest DSCR of a year on carbon income alone."""
        return min((y.dscr_carbon for y in self.years if y.dscr_carbon is not None), default=None)

    @property
    def lowest(self) -> Decimal | None:
        """Return the lowest DSCR of a year on all income."""
        return min((y.dscr for y in self.years if y.dscr is not None), default=None)

    @property
    def whole_carbon(self) -> Decimal | None:
        """Return all carbon income of the loan's life over all debt service."""
        carbon = sum((y.carbon for y in self.years), NOTHING)
        return ratio(carbon, sum((y.service for y in self.years), NOTHING))


def income_cover(
    of: Schedule, receipts: Iterable[Receipt], tenure_end: date | None = None
) -> IncomeCover:
    """Return income and debt service of each year of a loan.

    Parameters
    ----------
    receipts : iterable of Receipt
        Net of costs. Those outside the loan's life, or after the end of the right, do not count.
    tenure_end : date, optional
        Last day on which the right gives carbon income.
    """
    counted = [
        r for r in receipts if not r.carbon or tenure_end is None or r.day <= tenure_end
    ]  # fmt: skip
    years: list[YearCover] = []
    after = of.terms.drawn
    while after < of.end:
        until = months_after(of.terms.drawn, MONTHS_OF_YEAR * (len(years) + 1))
        inside = [r for r in counted if after < r.day <= min(until, of.end)]
        years.append(YearCover(
            after, until,
            carbon=sum((r.amount for r in inside if r.carbon), NOTHING),
            other=sum((r.amount for r in inside if not r.carbon), NOTHING),
            service=sum((i.payment for i in of.instalments if after < i.due <= until), NOTHING),
        ))  # fmt: skip
        after = until
    return IncomeCover(tuple(years))
