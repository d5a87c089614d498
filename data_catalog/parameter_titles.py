"""What each parameter is called, in both languages; `parameter_titles.csv` holds the words."""

import csv
from functools import cache
from importlib import resources

from data_catalog.text import Text

__all__ = ["parameter_title"]


@cache
def _titles() -> dict[str, Text]:
    text = (resources.files("data_catalog") / "parameter_titles.csv").read_text(encoding="utf-8")
    return {row["name"]: Text(row["zh"], row["en"]) for row in csv.DictReader(text.splitlines())}


def parameter_title(name: str) -> Text:
    """Return the label of a parameter; its name where it has none."""
    return _titles().get(name, Text(name, name.replace("_", " ")))
