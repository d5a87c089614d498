"""A table for people, ready to be set on a terminal, on a page or in a report."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from data_catalog.text import Text

__all__ = ["Column", "RowKind", "Table"]

RowKind: TypeAlias = Literal["", "part", "subtotal"]
"""What a row is: one of the rows, a part of the row above it, or a sum of rows above it."""
NO_UNIT = Text("", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column's heading and unit; numbers stand to the right."""

    title: Text
    unit: Text = NO_UNIT
    number: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table in both languages: cells are text.

    `kinds` says what each row is; without it all are alike.
    """

    id: str
    title: Text
    columns: tuple[Column, ...]
    rows: tuple[tuple[Text, ...], ...]
    total: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    kinds: tuple[RowKind, ...] = ()

    def noted(self, notes: Iterable[Text]) -> "Table":
        """Return the same table with more notes."""
        return replace(self, notes=(*self.notes, *notes))

    def kind(self, row: int) -> RowKind:
        """Return what a row is, by its place."""
        return self.kinds[row] if self.kinds else ""
