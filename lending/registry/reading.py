"""Lists of what is in the registry, in pages."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lending.registry.finding import one
from lending.registry.tables import Event, Pledge

__all__ = ["events", "pledge", "pledges"]


def pledge(session: Session, pledge_id: str) -> Pledge:
    """Return one pledge.

    Raises
    ------
    UnknownNameError
        If there is none of this name.
    """
    return one(session, Pledge, pledge_id)


def pledges(
    session: Session, *, state: str | None = None, loan: str | None = None,
    organisation: str | None = None, after: str | None = None, limit: int | None = None,
) -> list[Pledge]:  # fmt: skip
    """Return pledges by name; a page is `limit` of them behind `after`."""
    wanted = select(Pledge).order_by(Pledge.pledge_id).limit(limit)
    for column, value in (
        (Pledge.state, state), (Pledge.loan_id, loan), (Pledge.organisation, organisation),
    ):  # fmt: skip
        if value is not None:
            wanted = wanted.where(column == value)
    if after is not None:
        wanted = wanted.where(Pledge.pledge_id > after)
    return list(session.scalars(wanted))


def events(
    session: Session, *, subject: str | None = None, after: int = 0, limit: int | None = None
) -> list[Event]:
    """Return events in their order; a page is `limit` of them behind number `after`."""
    wanted = select(Event).where(Event.seq > after).order_by(Event.seq).limit(limit)
    if subject is not None:
        wanted = wanted.where(Event.subject == subject)
    return list(session.scalars(wanted))
