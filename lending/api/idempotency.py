"""Requests that may be sent again: one key, one act, one answer.

The key is written in the same transaction as the act, so an act is never done twice, whatever
dies in between; the answer is kept right after it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from http import HTTPStatus

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lending.api.errors import KeySpent, KeyTaken
from lending.api.limits import limits
from lending.registry.database import writing
from lending.registry.opening import Act, Registry
from lending.registry.tables import Request, User

__all__ = ["Answer", "Keyed", "keep", "kept", "with_key"]

OPEN = 0
"""Status of a request whose act is done and whose answer is not kept yet."""


@dataclass(frozen=True)
class Keyed:
    """A request that carries an idempotency key."""

    user_id: str
    key: str
    digest: str

    @classmethod
    def of(cls, user: User, key: str, *parts: bytes) -> "Keyed":
        """Make it of the user, the key, and what tells the request from others."""
        digest = hashlib.sha256()
        for part in parts:
            digest.update(len(part).to_bytes(8, "big") + part)
        return cls(user.user_id, key, digest.hexdigest())


@dataclass(frozen=True)
class Answer:
    """An answer as it was given."""

    status: int
    body: str


def kept(registry: Registry, keyed: Keyed) -> Answer | None:
    """Return the answer that was given to this request before, if any.

    Raises
    ------
    KeyTaken
        If the key stands for another request.
    KeySpent
        If the request was carried out and its answer is not kept.
    """
    with registry.reading() as session:
        return _earlier(session, keyed)


def _earlier(session: Session, keyed: Keyed) -> Answer | None:
    found = session.get(Request, (keyed.user_id, keyed.key))
    if found is None:
        return None
    if found.digest != keyed.digest:
        raise KeyTaken(key=keyed.key)
    if found.status == OPEN:
        raise KeySpent(key=keyed.key)
    return Answer(found.status, found.answer)


def keep(registry: Registry, keyed: Keyed, answer: Answer) -> None:
    """Keep the answer to a request that acted; forget old ones."""
    now = registry.clock()
    with writing(registry.engine) as connection, Session(connection) as session:
        found = session.get(Request, (keyed.user_id, keyed.key))
        if found is not None:
            found.status, found.answer = answer.status, answer.body
        old = Request.received_at < now - timedelta(seconds=limits().answer_kept)
        session.execute(delete(Request).where(old, Request.status != OPEN))
        session.flush()


def with_key(registry: Registry, keyed: Keyed) -> Registry:
    """Return the registry whose acts are bound to the key."""
    parts = {one.name: getattr(registry, one.name) for one in fields(registry)}
    return KeyedRegistry(**parts, keyed=keyed)


@dataclass(frozen=True, kw_only=True)
class KeyedRegistry(Registry):
    """A registry that writes a request's key into the transaction of its act."""

    keyed: Keyed

    @contextmanager
    def acting(self, user: User | None, kind: str, subject: str = "") -> Iterator[Act]:
        """Act, unless the key was used in the meantime."""
        with super().acting(user, kind, subject) as act:
            if _earlier(act.session, self.keyed) is not None:
                raise KeySpent(key=self.keyed.key)
            act.session.add(
                Request(
                    user_id=self.keyed.user_id, key=self.keyed.key, digest=self.keyed.digest,
                    status=OPEN, answer="", received_at=act.time,
                )
            )  # fmt: skip
            yield act


SUCCESS = range(HTTPStatus.OK, HTTPStatus.MULTIPLE_CHOICES)
"""Statuses of answers that are kept; a request that was refused did nothing and may be mended."""
