"""Which signals can warn of a loan before it fails: the rows of lending/early_warnings.csv.

What each is measured by stands in the bank's policy; what the policy does not name is not watched.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.text import Text

__all__ = ["EarlyWarning", "early_warnings"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlyWarning:
    """A signal: where it is seen, by which thresholds of the policy, what to do and who."""

    id: str
    seen_in: tuple[str, ...]
    """Of prices, layers (and alert polygons), registry, signals (a table that the bank keeps)."""
    thresholds: tuple[str, ...]
    """Keys of the policy's [warnings]; empty: that it happens is enough."""
    owner: str
    """Role that answers for it."""
    title: Text
    action: Text
    source: str
    grade: str


@cache
def early_warnings() -> dict[str, EarlyWarning]:
    """Return the signals by id."""
    file = resources.files("data_catalog.lending") / "early_warnings.csv"
    return {
        row["id"]: EarlyWarning(
            id=row["id"], seen_in=tuple(row["seen_in"].split()),
            thresholds=tuple(row["threshold"].split()), owner=row["owner"],
            title=Text(row["zh"], row["en"]), action=Text(row["action_zh"], row["action_en"]),
            source=f"[{row['source']}] {row['where']}", grade=row["grade"],
        )
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    }  # fmt: skip
