"""The table of expected income that a schedule is measured against."""

import csv
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Text
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
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        problem = Text("无法读取；应为 UTF-8 的 CSV 文件。",
                       "cannot be read; it must be a CSV file in UTF-8.")  # fmt: skip
        raise TableError(where=path.name, problem=problem) from error
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        listed = ", ".join(missing)
        raise TableError(where=path.name, problem=Text(
            f"没有行，或缺少列：{listed}。需要 date、amount（元）、kind（carbon 或 other）。",
            f"has no rows, or lacks the columns {listed}. It needs date, amount (CNY) and kind "
            "(carbon or other).",
        ))  # fmt: skip
    found: list[Receipt] = []
    wrong: list[GepError] = []
    for number, row in enumerate(rows, start=2):
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
