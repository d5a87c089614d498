"""Days that a bank works: a calendar that the user gives, as the public holidays of each year.

Without one, days are counted as the calendar has them, and it is said so. No list of holidays
comes with the toolkit: they are published anew each year, with working weekends in their place.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Text

__all__ = ["Calendar", "Deadline", "deadline", "read_calendar"]

COLUMNS = ("day", "kind")
KINDS = ("holiday", "workday")
SATURDAY = 5
DAY = timedelta(days=1)
BY_WORKING_DAYS = Text("{days} 个工作日，按所给日历", "{days} working days by the calendar given")
BY_ALL_DAYS = Text(
    "{days} 个自然日：没有工作日历（--holidays），未扣除节假日",
    "{days} calendar days: no calendar of holidays was given (--holidays), none is left out",
)
BEYOND = Text(
    "{days} 个自然日：所给日历只到 {year} 年",
    "{days} calendar days: the calendar given ends with {year}",
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Holidays, and Saturdays and Sundays that are worked, of whole years."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]
    """That the calendar tells of."""

    def works(self, day: date) -> bool:
        """Return whether the bank works on a day."""
        return day in self.workdays or (day.weekday() < SATURDAY and day not in self.holidays)

    def later(self, start: date, days: int) -> date | None:
        """Return the day that is so many working days after a day; None beyond the calendar."""
        day = start
        while days > 0:
            day += DAY
            if day.year not in self.years:
                return None
            days -= self.works(day)
        return day

    def first_from(self, day: date) -> date:
        """Return the day, or the first working day behind it."""
        while day.year in self.years and not self.works(day):
            day += DAY
        return day


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day, and how it was counted."""

    day: date
    counted: Text


def deadline(start: date, days: int, calendar: Calendar | None) -> Deadline:
    """Return the last day of so many days after a day."""
    day = calendar.later(start, days) if calendar else None
    if day is not None:
        return Deadline(day, _with(BY_WORKING_DAYS, days=days))
    words = BY_ALL_DAYS
    if calendar is not None:
        words = _with(BEYOND, days="{days}", year=max(calendar.years))
    return Deadline(start + days * DAY, _with(words, days=days))


def read_calendar(file: Path) -> Calendar:
    """Return the calendar of a CSV file with the columns `day` and `kind` (holiday, workday).

    Raises
    ------
    TableError, Problems
        If it cannot be read, or a row is no such day: all rows at once.
    """
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(where=file.name, problem=UNREADABLE) from error
    if not rows or any(name not in rows[0] for name in COLUMNS):
        raise TableError(where=file.name, problem=UNREADABLE)
    found: dict[str, set[date]] = {kind: set() for kind in KINDS}
    errors: list[GepError] = []
    for line, row in enumerate(rows, 2):
        try:
            found[row["kind"].strip()].add(date.fromisoformat(row["day"].strip()))
        except (ValueError, KeyError):
            errors.append(TableError(where=f"{file.name}:{line}", problem=Text(
                f"day 为“{row['day']}”、kind 为“{row['kind']}”；应为日期与 holiday 或 workday。",
                f"day is {row['day']!r} and kind {row['kind']!r}; a date, and holiday or workday, "
                "are needed.",
            )))  # fmt: skip
    raise_all(errors)
    holidays, workdays = (frozenset(found[kind]) for kind in KINDS)
    return Calendar(holidays, workdays, frozenset(day.year for day in holidays | workdays))


def _with(words: Text, **facts: object) -> Text:
    return Text(words.zh.format(**facts), words.en.format(**facts))


UNREADABLE = Text(
    "无法读取：需要 UTF-8 的 CSV，列为 day、kind（holiday 或 workday）。",
    "cannot be read: a CSV file in UTF-8 with the columns day and kind (holiday or workday) is "
    "needed.",
)
