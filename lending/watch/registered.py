"""The pledges of a registry as the watch sees them, and notices noted beside them."""

from collections.abc import Iterable

import geopandas as gpd
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from lending.registry import Registry, User, note, pledges
from lending.registry.states import states
from lending.registry.tables import ParcelVersion, Pledge, PledgeParcel
from lending.registry.tables import Valuation as Recorded
from lending.valuation.result import Valuation
from lending.watch.notices import Notice
from lending.watch.pledges import Pledged

__all__ = ["note_in", "pledged_in"]

WATCHED_CRS = "EPSG:4490"


def pledged_in(registry: Registry) -> tuple[Pledged, ...]:
    """Return the active pledges that have a valuation, by the newest one of each.

    A pledge without a valuation file cannot be watched: it is left out.
    """
    found = []
    with registry.reading() as session:
        for pledge in pledges(session):
            valuation = _newest(session, pledge.pledge_id)
            if states()[pledge.state].active and valuation is not None:
                land = _land(session, pledge)
                found.append(Pledged(pledge.pledge_id, pledge.secured_amount, land, valuation))
    return tuple(found)


def note_in(registry: Registry, user: User, notices: Iterable[Notice]) -> None:
    """Note notices beside their pledges; one that is noted already is not noted again."""
    for one in notices:
        # the kind is the note's own; `id` makes it the same note again
        facts = one.model_dump(mode="json", exclude={"kind"})
        note(registry, user, one.pledge_id, one.kind, facts)


def _newest(session: Session, pledge_id: str) -> Valuation | None:
    rows = session.scalars(
        select(Recorded)
        .where(Recorded.pledge_id == pledge_id)
        .order_by(Recorded.basis_date.desc(), Recorded.recorded_at.desc())
        .limit(1)
    )
    row = rows.first()
    return None if row is None else Valuation.model_validate_json(row.document)


def _land(session: Session, pledge: Pledge) -> gpd.GeoDataFrame:
    """Return the pledged parcels in the versions that were pledged."""
    versions = session.scalars(
        select(ParcelVersion)
        .join(
            PledgeParcel,
            (PledgeParcel.parcel_id == ParcelVersion.parcel_id)
            & (PledgeParcel.version == ParcelVersion.version),
        )
        .where(PledgeParcel.pledge_id == pledge.pledge_id)
        .order_by(ParcelVersion.parcel_id)
    ).all()
    shapes = [
        gpd.GeoSeries([shapely.from_wkb(one.geometry)], crs=one.crs).to_crs(WATCHED_CRS).iloc[0]
        for one in versions
    ]
    names = [one.parcel_id for one in versions]
    return gpd.GeoDataFrame({"parcel_id": names}, geometry=shapes, crs=WATCHED_CRS)
