"""Tables a project may give: yearbook statistics and objects, each with its declared columns."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias, cast

from data_catalog.text import Text

__all__ = ["UNIT", "Table", "TableColumn", "tables"]

ColumnKind: TypeAlias = Literal["text", "number", "geometry"]
SURVEYS = frozenset({"inventory", "trees", "bamboo", "stand_events", "wood_products"})
"""The tables whose rows are of the year of a survey or an event, whichever the account's."""
UNIT = "{unit}"
"""In a column's units: what the row itself has in its column `unit`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """One column.

    Parameters
    ----------
    units : str
        Of a number; of a geometry the shapes that are allowed.
    required : bool
        Whether each row must have it.
    made : bool
        Whether it is worked out and not read.
    key : bool
        Whether it is one of those that tell a row from all others.
    low, high : float
        What a number may be, in `units`.
    """

    name: str
    title: Text
    kind: ColumnKind
    units: str
    required: bool
    made: bool
    key: bool
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: what it is called, and its columns by name in their order."""

    name: str
    title: Text
    columns: dict[str, TableColumn]

    @property
    def of_years(self) -> bool:
        """Return whether it holds surveys of several years: each row is one, none stands in."""
        return self.name in SURVEYS

    @property
    def shapes(self) -> tuple[str, ...]:
        """Return the shapes its objects may have: polygon, line, point; none without geometry."""
        found = self.columns.get("geometry")
        return tuple(found.units.split()) if found else ()

    def read(self) -> dict[str, TableColumn]:
        """Return the columns that are read from the file, geometry apart."""
        return {name: c for name, c in self.columns.items() if not c.made and c.kind != "geometry"}


@cache
def tables() -> dict[str, Table]:
    """Return all tables by name."""
    file = resources.files("data_catalog.tables") / "tables.csv"
    titles: dict[str, Text] = {}
    columns: dict[str, dict[str, TableColumn]] = {}
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        title = Text(row["zh"], row["en"])
        if not row["column"]:
            titles[row["table"]] = title
            columns[row["table"]] = {}
            continue
        columns[row["table"]][row["column"]] = TableColumn(
            name=row["column"],
            title=title,
            kind=cast("ColumnKind", row["kind"]),
            units=row["units"],
            required=row["required"] == "yes",
            made=row["required"] == "made",
            key=row["key"] == "yes",
            low=float(row["low"] or "nan"),
            high=float(row["high"] or "nan"),
        )
    return {
        name: Table(name=name, title=title, columns=columns[name]) for name, title in titles.items()
    }
