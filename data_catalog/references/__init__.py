"""What is cited: norms, papers, code and our own records, with how much of each was read."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.errors import ProjectError
from data_catalog.text import Text

__all__ = ["Reference", "references"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One source: its key, title, where to find it, and how much of it was read."""

    key: str
    title: str
    locator: str
    read: str


@cache
def references() -> dict[str, Reference]:
    """Return all sources by key.

    Raises
    ------
    ProjectError
        If two files give one key to different sources.
    """
    folder = resources.files("data_catalog.references")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".csv")), key=lambda f: f.name)
    found: dict[str, Reference] = {}
    for file in files:
        for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
            reference = Reference(row["key"], row["title"], row["locator"], row["read"])
            if found.setdefault(reference.key, reference) != reference:
                raise ProjectError(
                    where=f"references/{file.name}",
                    problem=Text(
                        f"{reference.key} 已指另一文献，请改用其他键。",
                        f"{reference.key} already stands for another source; choose another key.",
                    ),
                )
    return found
