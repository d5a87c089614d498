"""The chain of events: what each act wrote, hashed onto what was written before.

    digest = SHA-256 of the canonical JSON of (seq, time, kind, actor, subject, data, previous)

`data` holds the facts of the act and every row that it wrote, as it was afterwards. So the tables
can be made again from the events, and the audit compares the two. Bytes stand in `data` as their
SHA-256: the chain holds when a key is destroyed.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from lending.registry.columns import Exact, as_text
from lending.registry.tables import Event, Request, Row

__all__ = [
    "ORIGIN",
    "UNWATCHED",
    "append",
    "canonical",
    "digest_of",
    "hashed",
    "head",
    "image",
    "plain",
    "watch",
]

ORIGIN = "0" * 64
"""What the first event says is before it."""
WRITTEN = "written"
UNWATCHED = (Event, Request)
"""The chain itself, and answers kept for a repeated request."""

Image = dict[str, Any]


def canonical(thing: object) -> str:
    """Return JSON that is the same text for the same thing."""
    return json.dumps(
        thing, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest_of(entry: Event) -> str:
    """Return the digest that an event should have."""
    return hashed({
        "seq": entry.seq, "time": as_text(entry.time), "kind": entry.kind, "actor": entry.actor,
        "subject": entry.subject, "data": entry.data, "previous": entry.previous,
    })  # fmt: skip


def hashed(fields: Mapping[str, Any]) -> str:
    """Return the digest of an event's seven fields as they are stored."""
    return hashlib.sha256(canonical(dict(fields)).encode()).hexdigest()


def image(row: Row) -> Image:
    """Return a row's columns as JSON can hold them."""
    state = inspect(row)
    return {
        column.key: plain(getattr(row, column.key), column.columns[0].type)
        for column in state.mapper.column_attrs
    }


def plain(value: Any, kind: object) -> Any:  # noqa: ANN401
    """Return a value as an event says it: exact decimals as text, bytes by their SHA-256."""
    if isinstance(value, Decimal):
        places = kind.places if isinstance(kind, Exact) else 0
        return f"{value:.{places}f}"
    if isinstance(value, bytes):
        return f"sha256:{hashlib.sha256(value).hexdigest()}"
    if isinstance(value, datetime):
        return as_text(value)
    return value.isoformat() if isinstance(value, date) else value


def key_of(row: Row) -> str:
    """Return a row's primary key as text."""
    return canonical(
        [plain(part, None) for part in inspect(row).mapper.primary_key_from_instance(row)]
    )


def watch(session: Session) -> None:
    """Remember every row that this session writes; refuse to delete any."""
    session.info[WRITTEN] = {}

    def after_flush(session: Session, _context: UOWTransaction) -> None:
        if session.deleted:
            words = "nothing is deleted from the registry"
            raise RuntimeError(words)
        for row in (*session.new, *session.dirty):
            if isinstance(row, Row) and not isinstance(row, UNWATCHED):
                session.info[WRITTEN][row.__tablename__, key_of(row)] = row

    event.listen(session, "after_flush", after_flush)


def head(session: Session) -> Event | None:
    """Return the last event."""
    return session.scalar(select(Event).order_by(Event.seq.desc()).limit(1))


def append(
    session: Session, *, time: datetime, kind: str, actor: str, subject: str,
    facts: Mapping[str, Any],
) -> Event:  # fmt: skip
    """Close an act with its event: flush its rows and hash them onto the chain."""
    session.flush()
    rows = [[table, image(row)] for (table, _), row in sorted(_written(session).items())]
    return extend(session, time=time, kind=kind, actor=actor, subject=subject,
                  data={"facts": dict(facts), "rows": rows})  # fmt: skip


def extend(
    session: Session, *, time: datetime, kind: str, actor: str, subject: str,
    data: Mapping[str, Any],
) -> Event:  # fmt: skip
    """Hash one event onto the chain."""
    last = head(session)
    entry = Event(
        seq=last.seq + 1 if last else 1,
        time=max(time, last.time) if last else time,
        kind=kind,
        actor=actor,
        subject=subject,
        data=canonical(data),
        previous=last.digest if last else ORIGIN,
    )
    entry.digest = digest_of(entry)
    session.add(entry)
    session.flush()
    return entry


def _written(session: Session) -> dict[tuple[str, str], Row]:
    found: dict[tuple[str, str], Row] = session.info[WRITTEN]
    return found
