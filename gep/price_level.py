"""One year's prices: money brought there by a documented index, or left in its own year."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from data_catalog.parameters import LOCAL, Parameters, Row
from data_catalog.spec import Pixels
from data_catalog.text import Text
from tiles.project import Project

__all__ = ["PRICE_INDEX", "PriceLevel", "is_money"]

PRICE_INDEX = "price_index"
"""The parameter with index numbers of prices; a row's key is region and year, as `CN/2014`."""
NATIONAL = "CN"
MONEY = re.compile(r"\bCNY\b")


def is_money(units: str) -> bool:
    """Return whether a number in these units is an amount of money, or of money per something."""
    return bool(MONEY.search(units))


@dataclass
class PriceLevel:
    """The prices of one year, as far as there are index numbers to bring others to it.

    A price moves by the ratio of two numbers of one series: the project's own rows before bundled
    ones, those of the project's region before the nation's. Without both numbers it stays in its
    own year.

    Parameters
    ----------
    parameters : Parameters
        All rows; once made with `of`, those in money are in prices of the year where they can be.
    year : str
        Empty: nothing is brought anywhere.
    from_year : dict
        The own year of each row that was moved, by name.
    used : dict
        The index numbers that what was asked for was moved by, by name.
    """

    parameters: Parameters
    year: str = ""
    region: str = ""
    from_year: dict[str, str] = field(default_factory=dict)
    used: dict[str, Row] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, parameters: Parameters) -> "PriceLevel":
        """Return the prices of the year that a project asks for."""
        year = project.project.price_year
        level = cls(parameters, str(year) if year else "", project.project.region or "")
        if level.year:
            moved = [m for row in parameters if (m := level._moved(row)) is not None]
            level.parameters = parameters.with_rows(moved)
        return level

    def year_of(self, year: str) -> str:
        """Return the year whose prices a price of some year is in, once brought where it can be."""
        return self.year if self._pair(year) else year

    def factors(self, frame: pd.DataFrame) -> Pixels:
        """Return what the money in each row of a table is multiplied by: 1 where nobody knows."""
        if "year" not in frame:
            return np.ones(len(frame))
        years = frame["year"].map("{:g}".format)
        known = {year: self._factor(year) or 1.0 for year in dict.fromkeys(years)}
        for year in known:
            self._use(year)
        return np.array([known[year] for year in years], dtype=np.float64)

    def indices(self, years: Iterable[str]) -> list[Row]:
        """Return the index numbers that prices of these years are moved by."""
        return list({r.name(): r for y in years for r in self._pair(y) or ()}.values())

    def behind(self, rows: Iterable[Row]) -> list[Row]:
        """Return the index numbers that these rows, and tables so far, were moved by."""
        for row in rows:
            if row.name() in self.from_year:
                self._use(self.from_year[row.name()])
        return list(self.used.values())

    def stuck(self, years: Iterable[str]) -> Text | None:
        """Return what is missing if prices of some of these years are not brought to the year."""
        left = sorted({y for y in years if self.year_of(y) != self.year}) if self.year else []
        if not left:
            return None
        keys = [f"{NATIONAL}/{year}" for year in (*left, self.year)]
        zh, en = "、".join(left), ", ".join(left)
        return Text(
            f"{zh} 年的价格没有折算到 {self.year} 年，仍为各自年份的价格：没有价格指数。请在 "
            f"[tables] parameters 表中补充 {PRICE_INDEX} 的行，key 为 {'、'.join(keys)}。",
            f"Prices of {en} are not brought to {self.year} and stay in their own year: there is "
            f"no price index. Add rows of {PRICE_INDEX} to [tables] parameters, with the keys "
            f"{', '.join(keys)}.",
        )

    def _moved(self, row: Row) -> Row | None:
        """Return a row in the year's prices; None if it is, is not money, or cannot be."""
        factor = self._factor(row.year) if row.year and is_money(row.units) else None
        if factor is None or row.year == self.year:
            return None
        self.from_year[row.name()] = row.year
        said = f"brought from {row.year} by {PRICE_INDEX}, x {factor:.6g}"
        note = f"{row.note}; {said}" if row.note else said
        return replace(
            row, value=row.value * factor, se=row.se * factor, low=row.low * factor,
            high=row.high * factor, year=self.year, note=note,
        )  # fmt: skip

    def _factor(self, year: str) -> float | None:
        """Return what a price of a year is multiplied by; None where nobody knows."""
        pair = self._pair(year)
        return pair[1].value / pair[0].value if pair else 1.0 if year == self.year else None

    def _use(self, year: str) -> None:
        self.used |= {row.name(): row for row in self._pair(year) or ()}

    def _pair(self, year: str) -> tuple[Row, Row] | None:
        """Return the index numbers of another year and of the level's, of one series."""
        if not self.year or year in {"", self.year}:
            return None
        rows = [row for row in self.parameters if row.parameter == PRICE_INDEX]
        series = {(row.set, row.key): row for row in rows}
        sets = sorted({row.set for row in rows}, key=lambda name: (name != LOCAL, name))
        for region in dict.fromkeys(r for r in (self.region, NATIONAL) if r):
            for name in sets:
                old, new = (series.get((name, f"{region}/{y}")) for y in (year, self.year))
                if old is not None and new is not None:
                    return old, new
        return None
