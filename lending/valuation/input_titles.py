"""What the inputs of the valuation's equations are called; `input_titles.csv` holds the words."""

import csv
from functools import cache
from importlib import resources

from data_catalog.text import Text

__all__ = ["input_titles"]


@cache
def input_titles() -> dict[str, Text]:
    """Return the titles of what the equations are given, by name."""
    file = resources.files("lending.valuation") / "input_titles.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    return {row["name"]: Text(row["zh"], row["en"]) for row in csv.DictReader(lines)}
