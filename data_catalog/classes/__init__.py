"""Ecosystem classes of HJ 1166-2021 and the crosswalks from land-cover products to them."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from data_catalog.errors import ProjectError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

MISSING = 0
"""Class number of a cell without a class; all others are HJ 1166 level-II codes."""
NOT_FOREST = 99
"""Class number of land that a forest mask says is not forest; no HJ 1166 class."""
NODATA = "nodata"
"""The code of a crosswalk row for the file's nodata, where that means a class and not a gap."""


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """One level-II class: its two-digit code, labels, level-I class and map colour."""

    code: str
    title: Text
    level1: str
    level1_title: Text
    criteria: str
    colour: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row of a crosswalk: a product's code, our class, and what it cannot separate."""

    code: str
    legend: str
    ecosystem: int
    note: str


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """A land-cover product's codes as HJ 1166 classes."""

    id: str
    title: Text
    rows: tuple[Mapping, ...]

    def codes(self) -> dict[int, int]:
        """Return our class by the product's code."""
        return {int(r.code): r.ecosystem for r in self.rows if r.code != NODATA}

    def of_nodata(self) -> int:
        """Return the class that the file's nodata stands for; `MISSING` by default."""
        return next((r.ecosystem for r in self.rows if r.code == NODATA), MISSING)


@cache
def ecosystems() -> dict[str, Ecosystem]:
    """Return the level-II classes by code, in the order of the norm."""
    file = resources.files("data_catalog.classes") / "hj1166.csv"
    return {
        row["code"]: Ecosystem(
            code=row["code"],
            title=Text(row["zh"], row["en"]),
            level1=row["code"][0],
            level1_title=Text(row["level1_zh"], row["level1_en"]),
            criteria=row["criteria"],
            colour=row["colour"],
        )
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    }


def ecosystem_title(code: str) -> Text:
    """Return the label of a class, also of land that is no class of the norm."""
    known = ecosystems().get(code)
    if known:
        return known.title
    if code == f"{NOT_FOREST:02d}":
        return Text("非林地", "land that is not forest")
    return Text("未分类", "unclassified")


@cache
def crosswalks() -> dict[str, Crosswalk]:
    """Return the crosswalks that come with the toolkit, by id."""
    folder = resources.files("data_catalog.classes") / "crosswalks"
    titles = {
        row["id"]: Text(row["zh"], row["en"])
        for row in csv.DictReader((folder / "titles.csv").read_text(encoding="utf-8").splitlines())
    }
    return {
        name: _read((folder / f"{name}.csv").read_text(encoding="utf-8"), name, title)
        for name, title in titles.items()
    }


def crosswalk(name: str, folder: Path) -> Crosswalk:
    """Return a crosswalk by its id, or read one from a CSV beside the project file.

    Raises
    ------
    UnknownNameError
        If it is neither.
    ProjectError
        If the file's columns or classes are wrong, or a code is there twice.
    """
    if name in crosswalks():
        return crosswalks()[name]
    path = folder / name
    if path.suffix == ".csv" and path.is_file():
        return _read(path.read_text(encoding="utf-8-sig"), name, Text(name, name))
    raise UnknownNameError(
        where="classes",
        kind=Text("分类对照表", "crosswalk"),
        name=name,
        hint=suggestion(name, crosswalks()),
    )


def _read(text: str, name: str, title: Text) -> Crosswalk:
    known = {*ecosystems(), f"{NOT_FOREST:02d}"}
    rows = []
    first: dict[int | str, int] = {}
    for number, row in enumerate(csv.DictReader(text.splitlines()), start=2):
        code, ecosystem = (row.get("code") or "").strip(), (row.get("ecosystem") or "").strip()
        if not (code == NODATA or code.isdecimal()) or ecosystem not in known:
            raise ProjectError(
                where=f"{name}:{number}",
                problem=Text(
                    f"代码“{code}”对应“{ecosystem}”；code 应为非负整数或 nodata，"
                    "ecosystem 应为 HJ 1166 两位代码。",
                    f"maps code {code!r} to {ecosystem!r}; code must be a whole number or "
                    "nodata, ecosystem a two-digit HJ 1166 code.",
                ),
            )
        before = first.setdefault(NODATA if code == NODATA else int(code), number)
        if before != number:
            raise ProjectError(
                where=f"{name}:{number}",
                problem=Text(
                    f"代码“{code}”在第 {before} 行和第 {number} 行各写了一次，请只留一行。",
                    f"code {code!r} is there twice, in rows {before} and {number}. Keep one.",
                ),
            )
        rows.append(Mapping(code, row.get("legend") or "", int(ecosystem), row.get("note") or ""))
    return Crosswalk(name, title, tuple(rows))
