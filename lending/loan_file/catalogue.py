"""What a credit file holds, what is checked of it, and what it does not prove: tables with sources.

The tables are `data_catalog/lending/loan_file_*.csv`, `registration_steps.csv`, `not_proven.csv`
and `report_checks.csv`.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.parameters import Row, bundled
from data_catalog.text import Text

__all__ = [
    "CASES",
    "STAGES",
    "Check",
    "Item",
    "Section",
    "Statement",
    "Step",
    "checks",
    "items",
    "limit",
    "number_of",
    "sections",
    "statements",
    "steps",
]

STAGES = {
    "application": Text("申请", "application"),
    "approval": Text("审批", "approval"),
    "drawdown": Text("放款", "drawdown"),
    "monitoring": Text("贷后", "after drawdown"),
    "closing": Text("结清", "closing"),
}
"""From the first to the last; an item is due from its stage on."""
CASES = {
    "company": Text("借款人为企业", "the borrower is a company"),
    "collective": Text("集体林地", "collective land"),
    "co_owned": Text("共有", "co-owned"),
    "monitored": Text("已监测", "monitored tonnes"),
    "issued": Text("已签发", "issued units"),
    "insured": Text("已投保", "insured"),
    "guaranteed": Text("有增信", "credit support"),
    "presold": Text("已远期出售", "sold forward"),
    "above_limit": Text("达到外部评估限额", "at or above the limit of own valuation"),
}
"""What makes some items needed; `above_limit` follows from the amount."""
SOURCE_SET = "CN"


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section of the credit file."""

    number: str
    title: Text


@dataclass(frozen=True, slots=True)
class Item:
    """One document: due from a stage on, only in some case, or made by the file itself."""

    id: str
    section: str
    title: Text
    due: str
    given_if: str
    made_here: bool
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Step:
    """What is left to do until the pledge stands; done when an item is there."""

    id: str
    title: Text
    done_by: str
    given_if: str
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a document does not prove."""

    id: str
    text: Text
    on_quick: bool
    source: str
    where: str


@dataclass(frozen=True, slots=True)
class Check:
    """What `report_check` looks for."""

    id: str
    level: str
    title: Text
    source: str
    where: str


def _rows(name: str) -> Iterator[dict[str, str]]:
    file = resources.files("data_catalog.lending") / f"{name}.csv"
    yield from csv.DictReader(file.read_text(encoding="utf-8").splitlines())


@cache
def sections() -> tuple[Section, ...]:
    """Return the sections in their order."""
    return tuple(
        Section(row["section"], Text(row["zh"], row["en"])) for row in _rows("loan_file_sections")
    )


@cache
def items() -> dict[str, Item]:
    """Return all items by id, in their order."""
    return {
        row["item"]: Item(
            row["item"], row["section"], Text(row["zh"], row["en"]), row["due"], row["given_if"],
            row["made_here"] == "yes", row["source"], row["where"],
        )
        for row in _rows("loan_file_items")
    }  # fmt: skip


@cache
def steps() -> tuple[Step, ...]:
    """Return the steps of registration in their order."""
    return tuple(
        Step(row["step"], Text(row["zh"], row["en"]), row["done_by"], row["given_if"],
             row["source"], row["where"])
        for row in _rows("registration_steps")
    )  # fmt: skip


@cache
def statements() -> tuple[Statement, ...]:
    """Return what the documents do not prove."""
    return tuple(
        Statement(row["statement"], Text(row["zh"], row["en"]), row["on_quick"] == "yes",
                  row["source"], row["where"])
        for row in _rows("not_proven")
    )  # fmt: skip


@cache
def checks() -> dict[str, Check]:
    """Return the checks of a report by id."""
    return {
        row["check"]: Check(row["check"], row["level"], Text(row["zh"], row["en"]),
                            row["source"], row["where"])
        for row in _rows("report_checks")
    }  # fmt: skip


def limit() -> Row:
    """Return the amount, CNY, from which on the bank may not value by itself."""
    return _row("self_valuation_limit")


def number_of(parameter: str) -> float:
    """Return a number that the law asks for."""
    return _row(parameter).value


def _row(parameter: str) -> Row:
    row = bundled().find(parameter, SOURCE_SET)
    if row is None:
        raise KeyError(parameter)
    return row
