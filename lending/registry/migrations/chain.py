"""A revision is an act too: it leaves its event in the chain, with the columns that it wrote."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from lending.registry.journal import extend

__all__ = ["link"]


def link(
    connection: Connection, kind: str, facts: dict[str, Any], rows: Sequence[Sequence[Any]]
) -> None:
    """Hash the event of a revision onto the chain; `rows` may hold some columns of a row only."""
    with Session(connection, join_transaction_mode="conditional_savepoint") as session:
        extend(session, time=datetime.now(UTC), kind=kind, actor="migration", subject="registry",
               data={"facts": facts, "rows": rows})  # fmt: skip
        session.commit()
