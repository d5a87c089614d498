"""The chain of events, and whether it holds."""

from pydantic import BaseModel
from sqlalchemy import select

from lending.api.findings import Words
from lending.api.paging import Page, cut
from lending.api.routes.names import Pages, Wanted
from lending.api.views import EventView
from lending.api.visit import At
from lending.registry.auditing import audit
from lending.registry.tables import Event

__all__ = ["audit_chain", "list_events"]


class FaultView(BaseModel):
    """A record that is not as it was written."""

    seq: int
    what: Words


class AuditView(BaseModel):
    """What the audit found; sound if there is no fault."""

    sound: bool
    events: int
    head: str
    checkpoints: int
    faults: list[FaultView]


def list_events(at: At, page: Pages, subject: Wanted = None) -> Page[EventView]:
    """List the events, of one subject if named."""
    wanted = select(Event)
    if subject is not None:
        wanted = wanted.where(Event.subject == subject)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Event.seq, page)
        return Page(items=[EventView.of(row) for row in rows], next=after)


def audit_chain(at: At) -> AuditView:
    """Verify the chain."""
    report = audit(at.registry)
    faults = sorted(report.faults, key=lambda fault: fault.seq)
    return AuditView(
        sound=not faults, events=report.events, head=report.head, checkpoints=report.checkpoints,
        faults=[FaultView(seq=one.seq, what=Words.of(one.text)) for one in faults],
    )  # fmt: skip
