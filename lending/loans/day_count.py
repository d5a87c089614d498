"""Days that count as parts of a year: by months of 30 days, or by the calendar.

A whole period between two due dates is so many months, of 30 days each under 30/360, whatever
days the calendar has.
"""

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from data_catalog.text import Text
from lending.loans.money import EXACT

__all__ = ["DAY_COUNTS", "MONTHS_OF_YEAR", "DayCount", "at_day", "months_after"]

MONTHS_OF_YEAR = 12
DAYS_OF_MONTH = 30
DAYS_OF_ROUND_YEAR = 360
DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class DayCount:
    """One way to count the part of a year between two dates.

    Parameters
    ----------
    years : function of two dates
        From the first to the second, in years.
    by_months : bool
        Whether a whole period counts its months, whatever days the calendar has.
    """

    id: str
    title: Text
    years: Callable[[date, date], Decimal]
    by_months: bool = False


def months_after(start: date, months: int) -> date:
    """Return the same day so many months later, or that month's last day if it is shorter."""
    year, month = divmod(start.year * MONTHS_OF_YEAR + start.month - 1 + months, MONTHS_OF_YEAR)
    return at_day(date(year, month + 1, 1), start.day)


def at_day(month: date, day: int) -> date:
    """Return a day of the month of a date, or the month's last day if it is shorter."""
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))


def _actual(days_of_year: int) -> Callable[[date, date], Decimal]:
    def years(start: date, end: date) -> Decimal:
        return EXACT.divide(Decimal((end - start).days), Decimal(days_of_year))

    return years


def _months_of_30_days(start: date, end: date) -> Decimal:
    months = (end.year - start.year) * MONTHS_OF_YEAR + end.month - start.month
    if months > 0 and months_after(start, months) == end:
        return EXACT.divide(Decimal(months), Decimal(MONTHS_OF_YEAR))
    days = min(end.day, DAYS_OF_MONTH) - min(start.day, DAYS_OF_MONTH)
    return EXACT.divide(Decimal(months * DAYS_OF_MONTH + days), Decimal(DAYS_OF_ROUND_YEAR))


def _by_calendar_year(start: date, end: date) -> Decimal:
    """Count the days of each calendar year over that year's own length (ISDA)."""
    total = Decimal(0)
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        days = DAYS_OF_YEAR + calendar.isleap(year)
        total += EXACT.divide(Decimal((last - first).days), Decimal(days))
    return total


DAY_COUNTS: Mapping[str, DayCount] = MappingProxyType({
    one.id: one
    for one in (
        DayCount("30/360", Text("每月按 30 天、每年按 360 天", "months of 30 days, years of 360"),
                 _months_of_30_days, by_months=True),
        DayCount("actual/360", Text("实际天数、每年按 360 天", "actual days, years of 360"),
                 _actual(DAYS_OF_ROUND_YEAR)),
        DayCount("actual/365", Text("实际天数、每年按 365 天", "actual days, years of 365"),
                 _actual(DAYS_OF_YEAR)),
        DayCount("actual/actual", Text("实际天数、各年按其天数", "actual days of each actual year"),
                 _by_calendar_year),
    )
})  # fmt: skip
