"""Rows of a CSV file that a person wrote: all the columns there, or it is told which are not."""

import csv
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

from data_catalog.errors import TableError
from data_catalog.text import Text

__all__ = ["csv_rows", "finite_number"]


def csv_rows(path: Path, needed: Iterable[str]) -> list[dict[str, str]]:
    """Return the rows; the first is on line 2.

    Raises
    ------
    TableError
        If there is no such file, it is no UTF-8 text, has no rows, or lacks a needed column.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), restval=""))
    except (OSError, UnicodeDecodeError) as error:
        problem = Text("无法读取；应为 UTF-8 的 CSV 文件。",
                       "cannot be read; it must be a CSV file in UTF-8.")  # fmt: skip
        raise TableError(where=path.name, problem=problem) from error
    missing = [name for name in needed if not rows or name not in rows[0]]
    if missing:
        listed = ", ".join(missing)
        raise TableError(where=path.name, problem=Text(
            f"没有行，或缺少列：{listed}。", f"has no rows, or lacks the columns {listed}."
        ))  # fmt: skip
    return rows


def finite_number(cell: str) -> Decimal | None:
    """Return a cell as it is written, nothing rounded; None where it is no finite number."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
