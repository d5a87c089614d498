"""The loans of a portfolio as a table: who owes what, on what security, where it grows."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Text
from lending.loans.csv_rows import csv_rows, finite_number
from lending.loans.money import NOTHING
from lending.policy.model import Policy
from lending.stress.concentration import DIMENSIONS, SINGLE, Position
from lending.stress.losses import Borrowed

__all__ = ["LoanRow", "borrowed", "limits_of", "positions", "read_loans"]

AMOUNTS = ("exposure", "lending_value")
SHARES = ("default_probability", "recovered")
PLACE = {"lon": 180, "lat": 90}
"""How far from nothing a place can be, degrees."""
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
    parcels: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    """Longitude and latitude of the forest, degrees."""


def read_loans(path: Path) -> list[LoanRow]:
    """Return the rows of a CSV file.

    Needed columns: loan_id, borrower, exposure, lending_value, default_probability, recovered.
    Others that count: township, watershed, species, programme, right, region, buyer, verifier,
    insurer; parcel_id, several with a semicolon between; lon and lat of the forest, degrees.

    Raises
    ------
    TableError or Problems
        If there is no such file, a column is missing, or a cell is no amount or share: all at
        once, by line.
    """
    problems: list[GepError] = []
    rows = []
    seen: set[str] = set()
    for line, row in enumerate(csv_rows(path, NEEDED), start=2):
        wrong = [name for name in (*AMOUNTS, *SHARES) if not _good(name, row[name])]
        wrong += [name for name in PLACE if row.get(name) and not _good(name, row[name])]
        if bool(row.get("lon")) != bool(row.get("lat")):
            wrong.append("lat" if row.get("lon") else "lon")
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
        parcels=tuple(filter(None, map(str.strip, cells.get("parcel_id", "").split(";")))),
        place=(float(cells["lon"]), float(cells["lat"])) if cells.get("lon") else None,
    )  # fmt: skip


def _good(name: str, cell: str) -> bool:
    number = finite_number(cell)
    if number is None or not math.isfinite(float(number)):
        return False
    if name in PLACE:
        return abs(number) <= PLACE[name]
    return number >= NOTHING and (name in AMOUNTS or number <= 1)


def _problem(where: str, line: int, name: str, cell: str) -> TableError:
    if name in AMOUNTS:
        wanted = Text("不小于零的金额（元）", "an amount of CNY, not negative")
    elif name in PLACE:
        wanted = Text(f"±{PLACE[name]}° 之内的度数，且 lon、lat 须同时给出",
                      f"degrees within {PLACE[name]}, and lon and lat go together")  # fmt: skip
    else:
        wanted = Text("0 到 1 之间的小数", "a fraction from 0 to 1")
    return TableError(where=where, problem=Text(
        f"第 {line} 行 {name} 为“{cell}”，应为{wanted.zh}。",
        f"line {line}: {name} is {cell!r}; it must be {wanted.en}.",
    ))  # fmt: skip


def _twice(where: str, line: int, loan: str) -> TableError:
    return TableError(where=where, problem=Text(
        f"第 {line} 行：贷款 {loan} 重复出现。",
        f"line {line}: the loan {loan} is there already.",
    ))  # fmt: skip
