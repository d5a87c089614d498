"""The loans of a portfolio as a table: who owes what, on what security, where it grows."""

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Text
from lending.loans.money import NOTHING
from lending.policy.model import Policy
from lending.stress.concentration import DIMENSIONS, SINGLE, Position
from lending.stress.losses import Borrowed

__all__ = ["LoanRow", "borrowed", "limits_of", "positions", "read_loans"]

AMOUNTS = ("exposure", "lending_value")
SHARES = ("default_probability", "recovered")
NEEDED = ("loan_id", "borrower", *AMOUNTS, *SHARES)
GROUPS = tuple(name for name in DIMENSIONS if name != SINGLE)


@dataclass(frozen=True, kw_only=True)
class LoanRow:
    """A loan: amounts in CNY, shares as fractions.

    `recovered` is what disposal brings of the lending value, after its costs.
    """

    loan_id: str
    borrower: str
    exposure: Decimal
    lending_value: Decimal
    default_probability: Decimal
    recovered: Decimal
    groups: Mapping[str, str]


def read_loans(path: Path) -> list[LoanRow]:
    """Return the rows of a CSV file.

    Needed columns: loan_id, borrower, exposure, lending_value, default_probability, recovered.
    Others that count: township, watershed, species, programme, right, region, buyer, verifier,
    insurer.

    Raises
    ------
    TableError or Problems
        If there is no such file, a column is missing, or a cell is no amount or share: all at
        once, by line.
    """
    try:
        cells = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        problem = Text("无法读取；应为 UTF-8 的 CSV 文件。",
                       "cannot be read; it must be a CSV file in UTF-8.")  # fmt: skip
        raise TableError(where=path.name, problem=problem) from error
    missing = [name for name in NEEDED if not cells or name not in cells[0]]
    if missing:
        listed = ", ".join(missing)
        raise TableError(where=path.name, problem=Text(
            f"没有行，或缺少列：{listed}。", f"has no rows, or lacks the columns {listed}."
        ))  # fmt: skip
    problems: list[GepError] = []
    rows = []
    seen: set[str] = set()
    for line, row in enumerate(cells, start=2):
        wrong = [name for name in (*AMOUNTS, *SHARES) if not _good(name, row[name])]
        problems += [_problem(path.name, line, name, row[name]) for name in wrong]
        if row["loan_id"] in seen:
            problems.append(_twice(path.name, line, row["loan_id"]))
        seen.add(row["loan_id"])
        if not wrong:
            rows.append(_row(row))
    raise_all(problems)
    return rows


def positions(rows: Sequence[LoanRow]) -> list[Position]:
    """Return what secures the loans, for their concentration."""
    return [Position(row.borrower, row.lending_value, row.groups) for row in rows]


def borrowed(rows: Sequence[LoanRow]) -> Borrowed:
    """Return the loans as arrays, for their losses."""

    def column(name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([float(getattr(row, name)) for row in rows])

    return Borrowed(
        exposure=column("exposure"), default_probability=column("default_probability"),
        security=column("lending_value"), recovered=column("recovered"),
    )  # fmt: skip


def limits_of(policy: Policy) -> dict[str, Decimal]:
    """Return a policy's limits of concentration by dimension."""
    limits = policy.concentration.model_dump()
    return {name: Decimal(str(share)) for name, share in limits.items() if share is not None}


def _row(cells: Mapping[str, str]) -> LoanRow:
    return LoanRow(
        loan_id=cells["loan_id"], borrower=cells["borrower"],
        exposure=Decimal(cells["exposure"]), lending_value=Decimal(cells["lending_value"]),
        default_probability=Decimal(cells["default_probability"]),
        recovered=Decimal(cells["recovered"]),
        groups={name: cells[name].strip() for name in GROUPS if cells.get(name)},
    )  # fmt: skip


def _good(name: str, cell: str | None) -> bool:
    try:
        number = Decimal(cell or "")
    except InvalidOperation:
        return False
    most = Decimal("Infinity") if name in AMOUNTS else Decimal(1)
    return number.is_finite() and math.isfinite(float(number)) and NOTHING <= number <= most


def _problem(where: str, line: int, name: str, cell: str | None) -> TableError:
    if name in AMOUNTS:
        wanted = Text("不小于零的金额（元）", "an amount of CNY, not negative")
    else:
        wanted = Text("0 到 1 之间的小数", "a fraction from 0 to 1")
    return TableError(where=where, problem=Text(
        f"第 {line} 行 {name} 为“{cell or ''}”，应为{wanted.zh}。",
        f"line {line}: {name} is {cell or ''!r}; it must be {wanted.en}.",
    ))  # fmt: skip


def _twice(where: str, line: int, loan: str) -> TableError:
    return TableError(where=where, problem=Text(
        f"第 {line} 行：贷款 {loan} 重复出现。",
        f"line {line}: the loan {loan} is there already.",
    ))  # fmt: skip
