"""The record that the movable-property register (中登网) asks for, as far as it is known.

The fields are recalled, not read from the register's own form. What a claim does not hold is left
empty and named: nobody should think that a form is complete because it was printed.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path

import shapely

from data_catalog.text import Text
from lending.conflicts.claim import Claim
from lending.conflicts.rules import Rules

__all__ = ["RegisterField", "register_fields", "register_record", "write_records"]


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
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _description(claim: Claim, rules: Rules) -> str:
    """Return what makes the collateral one that can be identified: parcel, years, programme."""
    right = rules.rights[claim.right].title.zh
    years = f"{claim.vintage_from or '?'} 至 {claim.vintage_to or '?'}（不含）"
    tonnes = "" if claim.tonnes is None else f"，{claim.tonnes:f} t_CO2e"
    under = "，".join(part for part in (claim.programme, claim.project) if part)
    return f"{right}；宗地 {claim.parcel_id or '?'}；{years}{tonnes}" + (
        f"；{under}" if under else ""
    )


def write_records(claims: Sequence[Claim], rules: Rules, file: Path) -> None:
    """Write the records of claims as CSV, one line each, fields in the order of the record."""
    names = [field.name for field in register_fields()]
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        table = csv.DictWriter(lines, names)
        table.writeheader()
        table.writerows(register_record(claim, rules) for claim in claims)
