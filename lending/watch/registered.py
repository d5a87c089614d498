"""The pledges of a registry as the watch sees them, and notices noted beside them."""

import json

import geopandas as gpd
import shapely
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from lending.registry import Event, Registry, User, note, pledges
from lending.registry.claims import COMMON_CRS, in_common_crs
from lending.registry.states import states
from lending.registry.tables import ParcelVersion, Pledge, PledgeParcel
from lending.registry.tables import Valuation as Recorded
from lending.valuation.result import Valuation
from lending.watch.notices import KINDS, Notice
from lending.watch.pledges import Pledged, Watchlist

__all__ = ["note_in", "noted_in", "pledged_in"]


def pledged_in(registry: Registry, organisation: str | None = None) -> Watchlist:
    """Return the active pledges, of one bank if named, by the newest valuation of each.

    Those without a valuation that can be read are named apart.
    """
    found, unvalued = [], []
    with registry.reading() as session:
        for pledge in pledges(session, organisation=organisation):
            if not states()[pledge.state].active:
                continue
            valuation = _newest(session, pledge.pledge_id)
            if valuation is None:
                unvalued.append(pledge.pledge_id)
            else:
                land = _land(session, pledge)
                found.append(Pledged(pledge.pledge_id, pledge.secured_amount, land, valuation))
    return Watchlist(tuple(found), tuple(unvalued))


def note_in(registry: Registry, user: User, notice: Notice) -> None:
    """Note a notice beside its pledge; one that is noted already is not noted again."""
    # the kind is the note's own; `id` makes it the same note again
    facts = notice.model_dump(mode="json", exclude={"kind"})
    note(registry, user, notice.pledge_id, notice.kind, facts)


def noted_in(registry: Registry, organisation: str | None = None) -> tuple[Notice, ...]:
    """Return the notices that stand in the registry, in their order, of one bank if named.

    Other notes are left out.
    """
    with registry.reading() as session:
        wanted = select(Event.data).where(Event.kind == "note").order_by(Event.seq)
        if organisation is not None:
            of_bank = select(Pledge.pledge_id).where(Pledge.organisation == organisation)
            wanted = wanted.where(Event.subject.in_(of_bank))
        notes = [json.loads(data)["facts"] for data in session.scalars(wanted)]
    found = []
    for facts in notes:
        if facts.get("kind") in KINDS and "again" not in facts:
            try:
                found.append(Notice.model_validate(facts))
            except ValidationError:  # somebody's own note of that kind
                continue
    return tuple(found)


def _newest(session: Session, pledge_id: str) -> Valuation | None:
    """Return the newest valuation file of a pledge; None if there is none that can be read."""
    rows = session.scalars(
        select(Recorded)
        .where(Recorded.pledge_id == pledge_id)
        .order_by(Recorded.basis_date.desc(), Recorded.recorded_at.desc())
        .limit(1)
    )
    row = rows.first()
    try:
        return None if row is None else Valuation.model_validate_json(row.document)
    except ValidationError:
        return None


def _land(session: Session, pledge: Pledge) -> gpd.GeoDataFrame:
    """Return the pledged parcels in the versions that were pledged."""
    versions = session.scalars(
        select(ParcelVersion)
        .join(PledgeParcel)
        .where(PledgeParcel.pledge_id == pledge.pledge_id)
        .order_by(ParcelVersion.parcel_id)
    ).all()
    shapes = [in_common_crs(shapely.from_wkb(one.geometry), one.crs) for one in versions]
    names = [one.parcel_id for one in versions]
    return gpd.GeoDataFrame({"parcel_id": names}, geometry=shapes, crs=COMMON_CRS)
