"""Consents: who has the earlier pledge agrees to a later one, as an act of their own bank.

That another bank agrees is nothing that a bank can declare. The consent is an event beside the
application that it lets pass, and holds for that application alone.
"""

import json
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.registry.errors import AgainstRecord
from lending.registry.finding import one
from lending.registry.opening import Registry
from lending.registry.roles import refuse_other_bank, refuse_same_person
from lending.registry.states import OVER, active_states
from lending.registry.tables import Event, Pledge, PledgeParcel, User

__all__ = ["KIND", "consent", "consenting_claims"]

KIND = "consent"


def consent(registry: Registry, user: User, pledge_id: str, to: str) -> Event:
    """Consent, for the bank that has a registered pledge, to a later application.

    Parameters
    ----------
    pledge_id : str
        The earlier pledge, of the user's bank.
    to : str
        The application that it is to stand beside, of whichever bank.

    Raises
    ------
    NotAllowed
        If the earlier pledge is another bank's, or the user made the application.
    AgainstRecord
        If the earlier pledge bars nobody, or the other one is no application any more.
    """
    with registry.acting(user, KIND, to) as act:
        mine, asked = one(act.session, Pledge, pledge_id), one(act.session, Pledge, to)
        refuse_other_bank(user, mine.organisation, pledge_id)
        refuse_same_person(user, asked.maker, to)
        if mine.state not in active_states():
            raise AgainstRecord(where=pledge_id, problem=BARS_NOBODY)
        if asked.state in {*active_states(), *OVER}:
            raise AgainstRecord(where=to, problem=NO_APPLICATION)
        act.facts = {"pledge": pledge_id, "organisation": mine.organisation}
    with registry.reading() as session:
        given = select(Event).where(Event.subject == to, Event.kind == KIND)
        entry = session.scalars(given.order_by(Event.seq.desc())).first()
        if entry is None:
            words = "a consent was given and is not there"
            raise RuntimeError(words)
        session.expunge(entry)
        return entry


def consenting_claims(session: Session, pledges: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return, by pledge, the earlier claims whose bank consented to it."""
    given = select(Event).where(Event.subject.in_(pledges), Event.kind == KIND)
    found: dict[str, set[str]] = {}
    for entry in session.scalars(given):
        found.setdefault(entry.subject, set()).add(json.loads(entry.data)["facts"]["pledge"])
    earlier = {name for names in found.values() for name in names}
    parcels: dict[str, list[str]] = {}
    rows = select(PledgeParcel).where(PledgeParcel.pledge_id.in_(earlier))
    for row in session.scalars(rows.order_by(PledgeParcel.pledge_id, PledgeParcel.parcel_id)):
        parcels.setdefault(row.pledge_id, []).append(f"{row.pledge_id}/{row.parcel_id}")
    return {
        pledge: tuple(claim for name in sorted(names) for claim in parcels[name])
        for pledge, names in found.items()
    }


BARS_NOBODY = Text(
    "该质押未在登记中，不妨碍他人，无须其同意。",
    "this pledge is not registered and bars nobody; its consent is not needed.",
)
NO_APPLICATION = Text(
    "不是登记前的申请，不能再同意。",
    "is no application before its registration; it is too late to consent.",
)
