"""Words of SEEA EA: economic units, reference services, characteristics of condition."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.text import Text


@dataclass(frozen=True, slots=True)
class ReferenceService:
    """A service of the SEEA EA reference list; `title` is empty for one not on that list."""

    title: Text
    grade: str
    note: Text


@cache
def economic_units() -> dict[str, Text]:
    """Return who may use a service, by id, in the order of the use table."""
    return {row["id"]: Text(row["zh"], row["en"]) for row in _rows("economic_units.csv")}


@cache
def reference_services() -> dict[str, ReferenceService]:
    """Return the reference service of each of our services, by our id."""
    return {
        row["service"]: ReferenceService(
            title=Text(row["zh"], row["en"]),
            grade=row["grade"],
            note=Text(row["note_zh"], row["note_en"]),
        )
        for row in _rows("seea_services.csv")
    }


@cache
def condition_characteristics() -> dict[str, Text]:
    """Return the class of the condition typology that a variable belongs to, by variable."""
    rows = _rows("condition_characteristics.csv")
    return {row["variable"]: Text(row["zh"], row["en"]) for row in rows}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("data_catalog.classes") / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
