"""Ordinary values of inputs, for examples worked by hand; no computation ever reads them."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Ordinary", "ordinary_values"]


@dataclass(frozen=True, slots=True)
class Ordinary:
    """A value that nobody would wonder at, of a layer, a column or a number no source gives."""

    name: str
    value: float
    units: str


@cache
def ordinary_values() -> dict[str, Ordinary]:
    """Return them by the name of the input."""
    text = (resources.files("data_catalog") / "examples.csv").read_text(encoding="utf-8")
    return {
        row["name"]: Ordinary(row["name"], float(row["value"]), row["units"])
        for row in csv.DictReader(text.splitlines())
    }
