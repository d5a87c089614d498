"""Facts that rules of eligibility ask for: of the project, or of each parcel."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias

from data_catalog.text import Text

__all__ = ["Fact", "Kind", "facts"]

Kind: TypeAlias = Literal["number", "flag", "text", "date"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact's name, kind, unit and label; `derived` ones are made from others."""

    name: str
    kind: Kind
    units: str
    derived: bool
    title: Text


@cache
def facts() -> dict[str, Fact]:
    """Return all facts by name."""
    file = resources.files("data_catalog.methodologies") / "facts.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    kinds: dict[str, Kind] = {k: k for k in ("number", "flag", "text", "date")}
    return {
        row["name"]: Fact(
            row["name"], kinds[row["kind"]], row["units"], row["derived"] == "yes",
            Text(row["zh"], row["en"]),
        )
        for row in rows
    }  # fmt: skip
