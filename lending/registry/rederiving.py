"""The tables made again from the events, compared with what is stored, value by value.

Nothing is taken for what it should be: values are read as the database holds them, so that one
that no program of ours could have written (text for a number, half a kilogram) is named and does
not stop the audit.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Table, inspect, text
from sqlalchemy.orm import Session

from lending.registry.columns import Exact
from lending.registry.journal import UNWATCHED, Image, canonical, plain
from lending.registry.tables import Row

__all__ = ["Difference", "Unreadable", "differences", "incomplete_tables"]

Name = tuple[str, str]
"""A table and a primary key as JSON."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not what the events say; `seq` is None where no event says anything of it."""

    row: str
    seq: int | None
    columns: tuple[str, ...] = ()
    """Empty where the whole row is gone, or there should be none."""


class Unreadable(Exception):  # noqa: N818
    """An event that says nothing that rows could be made of."""

    def __init__(self, seq: int) -> None:
        self.seq = seq
        super().__init__(seq)


def differences(session: Session, entries: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    """Yield the rows that differ from what the events say.

    Raises
    ------
    Unreadable
        If an event is none of ours.
    """
    wanted, by = _rows_said(entries)
    for table in _watched():
        for found in _rows_stored(session, table):
            name = table.name, _key(table, found)
            said = wanted.pop(name, None)
            if said is None:
                yield Difference(_named(name), None)
            elif other := tuple(k for k, value in said.items() if found.get(k) != value):
                yield Difference(_named(name), by[name], other)
    for name in wanted:
        yield Difference(_named(name), by[name])


def incomplete_tables(session: Session) -> list[str]:
    """Return the tables that are gone, no tables, or without a column."""
    found = inspect(session.connection())
    there = {
        name: {c["name"] for c in some} for (_, name), some in found.get_multi_columns().items()
    }
    return [
        table.name
        for table in Row.metadata.sorted_tables
        if not {column.name for column in table.columns} <= there.get(table.name, set())
    ]


def _rows_said(
    entries: Sequence[Mapping[str, Any]],
) -> tuple[dict[Name, Image], dict[Name, int]]:
    """Return each row as the last of its events left it, and that event's number."""
    wanted: dict[Name, Image] = {}
    by: dict[Name, int] = {}
    tables = {table.name: table for table in _watched()}
    for entry in entries:
        try:
            for table_name, columns in json.loads(entry["data"])["rows"]:
                name = table_name, _key(tables[table_name], columns)
                wanted[name] = wanted.get(name, {}) | columns
                by[name] = entry["seq"]
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(entry["seq"]) from error
    return wanted, by


def _rows_stored(session: Session, table: Table) -> Iterator[Image]:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    for row in session.execute(text(f'SELECT {columns} FROM "{table.name}"')).mappings():  # noqa: S608
        yield {column.name: _as_said(row[column.name], column.type) for column in table.columns}


def _as_said(value: Any, kind: object) -> Any:  # noqa: ANN401
    """Return a stored value as an event would say it; one that cannot be so as it is."""
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(kind, Exact) and isinstance(value, int):
        return plain(Decimal(value).scaleb(-kind.places), kind)
    if isinstance(kind, Boolean) and value in (0, 1):
        return bool(value)
    return plain(value, kind)


def _watched() -> list[Table]:
    unwatched = {kind.__tablename__ for kind in UNWATCHED}
    return [table for table in Row.metadata.sorted_tables if table.name not in unwatched]


def _key(table: Table, columns: Image) -> str:
    return canonical([columns[column.name] for column in table.primary_key.columns])


def _named(name: Name) -> str:
    return f"{name[0]} {name[1]}"
