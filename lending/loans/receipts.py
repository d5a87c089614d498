"""The table of expected income that a schedule is measured against."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Text
from lending.loans.csv_rows import csv_rows
from lending.loans.income_cover import Receipt

__all__ = ["read_receipts"]

COLUMNS = ("date", "amount", "kind")
KINDS = ("carbon", "other")


def read_receipts(path: Path) -> list[Receipt]:
    """Return the rows of a CSV file with the columns date, amount (CNY) and kind.

    Raises
    ------
    TableError or Problems
        If there is no such file, a column is missing, or a row says something else: all at once.
    """
    found: list[Receipt] = []
    wrong: list[GepError] = []
    for number, row in enumerate(csv_rows(path, COLUMNS), start=2):
        try:
            found.append(_receipt(row))
        except (ValueError, InvalidOperation, TypeError):
            told = ", ".join(str(row[name]) for name in COLUMNS)
            wrong.append(TableError(where=path.name, problem=Text(
                f"第 {number} 行为 {told}，应为日期（2027-12-31）、金额（元）、carbon 或 other。",
                f"line {number} is {told}; it must be a date (2027-12-31), an amount in CNY, and "
                "carbon or other.",
            )))  # fmt: skip
    raise_all(wrong)
    return found


def _receipt(row: dict[str, str]) -> Receipt:
    amount = Decimal(row["amount"])
    if not amount.is_finite():
        raise ValueError(row["amount"])
    return Receipt(
        day=date.fromisoformat(row["date"]), amount=amount,
        carbon=KINDS.index(row["kind"]) == 0,
    )  # fmt: skip
