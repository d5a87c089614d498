"""Days and years of a valuation: what ends it, and when is verified and paid.

years      whole years by the calendar, and the days that are left over 365
act/365    days over 365
30/360     twelve months of 30 days
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.policy.model import DayCount
from lending.valuation.facts import Facts, When

__all__ = [
    "ENDS",
    "Horizon",
    "Schedule",
    "day_at",
    "first_verification",
    "horizon",
    "months_later",
    "schedule",
    "years_between",
]

Numbers = npt.NDArray[np.float64]
ENDS = {
    "crediting": Text("计入期止", "end of crediting"),
    "tenure": Text("权属期限止", "end of tenure"),
    "programme": Text("机制期限止", "end of the programme"),
}
YEAR, MONTHS, MONTH = 365, 12, 30


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or the month's last where it is shorter."""
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def years_between(start: date, end: date, day_count: DayCount) -> float:
    """Return the years from one day to another, negative to an earlier one."""
    if end < start:
        return -years_between(end, start, day_count)
    if day_count == "act/365":
        return (end - start).days / YEAR
    if day_count == "30/360":
        days = min(end.day, MONTH) - min(start.day, MONTH)
        months = MONTHS * (end.year - start.year) + end.month - start.month
        return (months * MONTH + days) / (MONTHS * MONTH)
    whole = end.year - start.year
    if months_later(start, MONTHS * whole) > end:
        whole -= 1
    return whole + (end - months_later(start, MONTHS * whole)).days / YEAR


def day_at(start: date, years: float, day_count: DayCount) -> date:
    """Return the day some years on, as `years_between` counts them.

    Under 30/360 a 31st counts as the 30th, and whole months lead to the same day of the month.
    """
    if day_count == "act/365":
        return start + timedelta(days=round(years * YEAR))
    if day_count == "30/360":
        months, days = divmod(round(years * MONTHS * MONTH), MONTH)
        if not days:
            return months_later(start, months)
        more, before = divmod(min(start.day, MONTH) + days - 1, MONTH)
        first = months_later(start.replace(day=1), months + more)
        last = calendar.monthrange(first.year, first.month)[1]
        return first.replace(day=min(before + 1, last))
    whole = int(years)
    return months_later(start, MONTHS * whole) + timedelta(days=round((years - whole) * YEAR))


def _years(when: When, start: date, day_count: DayCount) -> float:
    return years_between(start, when, day_count) if isinstance(when, date) else float(when)


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """Years from the base date to each end, and to the earliest."""

    ends: dict[str, float]

    @property
    def bound_by(self) -> str:
        """Return what ends it: crediting, tenure or programme."""
        return min(self.ends, key=lambda name: self.ends[name])

    @property
    def years(self) -> float:
        """Return T."""
        return self.ends[self.bound_by]


def first_verification(facts: Facts) -> date:
    """Return the first verification that is still to be paid."""
    cycle = facts.cycle
    return cycle.first_verification or months_later(facts.base_date, cycle.monitoring_months)


def horizon(facts: Facts, day_count: DayCount) -> Horizon:
    """Return T = min(crediting, tenure, programme) in years, 0 where it is over.

    No value comes after it.
    """
    ends = facts.ends
    return Horizon(ends={
        name: max(0.0, _years(when, facts.base_date, day_count))
        for name, when in (
            ("crediting", ends.crediting), ("tenure", ends.tenure), ("programme", ends.programme)
        )
    })  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Monitoring periods that are paid after the base date.

    Parameters
    ----------
    verified, paid : (n,) arrays
        Years from the base date to the end of each period and to its payment. The first may have
        ended before it. The last ends at its regular time, also where T cuts off its tonnes.
    yearly : (m,) array
        Years to the yearly costs, at the end of each year begun before T.
    """

    verified: Numbers
    paid: Numbers
    yearly: Numbers


def schedule(facts: Facts, since: float, years: float, day_count: DayCount) -> Schedule:
    """Return when is verified and paid what grows between two times.

    Parameters
    ----------
    since, years : float
        From the base date; negative where it grew before.

    Raises
    ------
    ProjectError
        If the first verification is not after the day from which tonnes count, or is paid already.
    """
    start, cycle = facts.base_date, facts.cycle
    first = first_verification(facts)
    if first <= (cycle.grown_since or start):
        day = cycle.grown_since or start
        zh, en = ("评估基准日", "the base date") if day == start else ("grown_since",) * 2
        raise ProjectError(where="cycle.first_verification", problem=Text(
            f"{first} 不晚于{zh} {day}。请填写下一次核证的日期。",
            f"{first} is not after {en} {day}. Give the day of the next verification.",
        ))  # fmt: skip
    if months_later(first, cycle.lag_months) <= start:
        raise ProjectError(where="cycle.first_verification", problem=Text(
            f"{first} 的核证在评估基准日 {start} 已付款。请填写下一次，并把 grown_since 改为该日。",
            f"what is verified on {first} is paid by the base date {start}. Give the next one, and "
            "this day as grown_since.",
        ))  # fmt: skip

    def ends_from(
        first: date, months: int, lag: int, since: float
    ) -> tuple[list[float], list[float]]:
        verified, paid, number = [since], [], 0
        while verified[-1] < years:
            end = months_later(first, months * number)
            verified.append(years_between(start, end, day_count))
            paid.append(years_between(start, months_later(end, lag), day_count))
            number += 1
        return verified[1:], paid

    verified, paid = ends_from(first, cycle.monitoring_months, cycle.lag_months, since)
    yearly, _ = ends_from(months_later(start, MONTHS), MONTHS, 0, 0.0)
    return Schedule(verified=np.array(verified), paid=np.array(paid), yearly=np.array(yearly))
