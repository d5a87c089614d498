"""Rows found by their names, or an error that names what there is."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from data_catalog.errors import UnknownNameError
from data_catalog.names import SHOWN, suggestion
from data_catalog.text import Text
from lending.registry.errors import REGISTRY, AgainstRecord
from lending.registry.tables import (
    Batch,
    Loan,
    Parcel,
    Pledge,
    Policy,
    Project,
    Right,
    Row,
    Subject,
    Valuation,
)

__all__ = ["new", "one", "portions"]

KINDS: dict[type[Row], Text] = {
    Subject: Text("当事人", "party"),
    Parcel: Text("宗地", "parcel"),
    Right: Text("权利", "right"),
    Project: Text("项目", "project"),
    Batch: Text("批次", "batch"),
    Loan: Text("贷款", "loan"),
    Pledge: Text("质押", "pledge"),
    Policy: Text("保险单", "insurance policy"),
    Valuation: Text("估值", "valuation"),
}
R = TypeVar("R", bound=Row)
T = TypeVar("T")
MOST_IN_A_QUERY = 100
"""Things asked about; SQLite nests no deeper than a thousand conditions."""


def one(session: Session, kind: type[R], name: str) -> R:
    """Return the row of this name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    found = session.get(kind, name)
    if found is None:
        key = inspect(kind).primary_key[0]
        known = session.scalars(select(key).limit(SHOWN))
        raise UnknownNameError(
            where=REGISTRY, name=name, kind=_title(kind), hint=suggestion(name, known)
        )
    return found


def portions(things: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield portions that one query can hold."""
    for begin in range(0, len(things), MOST_IN_A_QUERY):
        yield things[begin : begin + MOST_IN_A_QUERY]


def new(session: Session, row: R) -> R:
    """Add a row whose name must not be taken.

    Raises
    ------
    AgainstRecord
        If it is.
    """
    name = inspect(type(row)).primary_key_from_instance(row)
    if session.get(type(row), name[0] if len(name) == 1 else tuple(name)) is not None:
        problem = Text(
            f"{_title(type(row)).zh}已登记过，登记内容不可覆盖。",
            f"this {_title(type(row)).en} is recorded already; nothing recorded is replaced.",
        )
        raise AgainstRecord(where=str(name[0]), problem=problem)
    session.add(row)
    session.flush()
    return row


def _title(kind: type[Row]) -> Text:
    return KINDS.get(kind, Text(kind.__name__, kind.__name__.lower()))
