"""The record that the movable-property register (中登网) asks for, as far as it is known.

The fields are recalled, not read from the register's own form. What a claim does not hold is left
empty and named: nobody should think that a form is complete because it was printed.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import shapely

from data_catalog.disk_words import unwritable
from data_catalog.errors import OutputError
from data_catalog.text import Text
from lending.conflicts.claim import Claim
from lending.conflicts.rules import Rules

__all__ = [
    "RegisterField",
    "register_fields",
    "register_record",
    "to_the_second",
    "write_records",
    "write_rows",
]


@dataclass(frozen=True, slots=True)
class RegisterField:
    """One field: its title, what fills it (empty: nobody here knows), and where it is from."""

    name: str
    title: Text
    filled_from: str
    source: str
    grade: str


@cache
def register_fields() -> tuple[RegisterField, ...]:
    """Return the fields in the order of the record."""
    file = resources.files("data_catalog.lending") / "register_fields.csv"
    return tuple(
        RegisterField(
            row["field"], Text(row["zh"], row["en"]), row["from"],
            f"[{row['source']}] {row['where']}", row["grade"],
        )
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    )  # fmt: skip


def register_record(claim: Claim, rules: Rules) -> dict[str, str]:
    """Return the record of a claim by field; empty text is what the claim does not say."""
    return {
        field.name: _value(claim, field.filled_from, rules) if field.filled_from else ""
        for field in register_fields()
    }


def _value(claim: Claim, name: str, rules: Rules) -> str:
    if name == "description":
        return _description(claim, rules)
    if name == "currency":
        return "CNY" if "loan_amount" in claim.facts else ""
    if name == "geometry":
        return f"{claim.crs};{shapely.to_wkt(claim.geometry)}" if claim.geometry else ""
    if name == "serials":
        return "; ".join(f"{s.batch}:{s.first}-{s.last}" for s in claim.serials)
    value = claim.facts.get(name) if name in rules.facts else None
    value = getattr(claim, name, None) if value is None else value
    return _plain(value)


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return to_the_second(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def to_the_second(moment: datetime) -> str:
    """Return a time as the register has it, in its zone."""
    return moment.astimezone(ZoneInfo(ZONE)).isoformat(sep=" ", timespec="seconds")


def _description(claim: Claim, rules: Rules) -> str:
    """Return what makes the collateral one that can be identified: parcel, years, programme."""
    right = rules.rights[claim.right].title.zh
    years = f"{claim.vintage_from or '?'} 至 {claim.vintage_to or '?'}（不含）"
    tonnes = "" if claim.tonnes is None else f"，{claim.tonnes:f} t_CO2e"
    named = (claim.programme, claim.project, claim.instrument)
    under = "，".join(part for part in named if part)
    return f"{right}；宗地 {claim.parcel_id or '?'}；{years}{tonnes}" + (
        f"；{under}" if under else ""
    )


def write_records(claims: Sequence[Claim], rules: Rules, file: Path) -> None:
    """Write the records of claims as CSV, one line each, fields in the order of the record."""
    write_rows([register_record(claim, rules) for claim in claims], file)


def write_rows(records: Sequence[Mapping[str, str]], file: Path) -> None:
    """Write records as CSV.

    Raises
    ------
    OutputError
        If the file is there already, or cannot be written.
    """
    if file.exists():
        raise OutputError(where=file, problem=THERE)
    names = [field.name for field in register_fields()]
    try:
        _write(names, records, file)
    except OSError as error:
        raise OutputError(where=file, problem=unwritable(error)) from error


def _write(names: Sequence[str], records: Sequence[Mapping[str, str]], file: Path) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        table = csv.DictWriter(lines, names)
        table.writeheader()
        table.writerows(records)


ZONE = "Asia/Shanghai"
"""The register's own."""
THERE = Text(
    "已经存在，不予覆盖；请换一个文件名。",
    "is there already and is not replaced; name another file.",
)
