"""Claims: a pledge's right, place, years and serials as the search for conflicts sees them.

Registering compares the new claims with the candidates: active ones of others whose bounds and
years meet theirs. The comparison itself is a function given to the registry.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import shapely
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.registry.states import active_states, states
from lending.registry.tables import Batch, Lot, ParcelVersion, Pledge, PledgeParcel

__all__ = [
    "Claim",
    "FindConflicts",
    "Finding",
    "active_claims",
    "bounds_of",
    "candidates",
    "claims_of",
    "default_finder",
]

COMMON_CRS = "EPSG:4490"
"""CGCS2000, in degrees: bounds of all parcels are comparable in it."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One parcel of one pledge."""

    claim_id: str
    parcel_id: str
    geometry: BaseGeometry
    crs: str
    right: str
    vintage_from: date
    vintage_to: date
    serials: tuple[tuple[str, int, int], ...]
    """Batch, first and last serial."""
    tonnes: Decimal | None
    programme: str
    holder: str
    registered_at: datetime | None
    state: str
    family: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What two claims have in common, and what the rule says of it."""

    check: str
    level: str
    first: str
    second: str
    area_m2: float
    years: float
    tonnes: Decimal | None
    text: Text


FindConflicts = Callable[[Sequence[Claim], Sequence[Claim]], Iterable[Finding]]
"""From new claims and the candidates to findings."""


def claims_of(session: Session, pledge_id: str) -> list[Claim]:
    """Return a pledge's claims, one for each of its parcels."""
    return _claims(session, _rows().where(Pledge.pledge_id == pledge_id))


def active_claims(session: Session) -> list[Claim]:
    """Return all claims that bar others."""
    return _claims(session, _rows().where(Pledge.state.in_(active_states())))


def candidates(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return the active claims of other families whose bounds and years meet any of these."""
    if not claims:
        return []
    near = or_(*(_near(claim) for claim in claims))
    families = {claim.family for claim in claims}
    wanted = _rows().where(Pledge.state.in_(active_states()), Pledge.family.not_in(families), near)
    return _claims(session, wanted)


def bounds_of(geometry: BaseGeometry, crs: str) -> tuple[float, float, float, float]:
    """Return west, south, east and north in degrees of EPSG:4490."""
    west, south, east, north = geometry.bounds
    if crs == COMMON_CRS:
        return west, south, east, north
    found = _to_common(crs).transform_bounds(west, south, east, north)
    return found[0], found[1], found[2], found[3]


def default_finder(new: Sequence[Claim], others: Sequence[Claim]) -> Iterator[Finding]:
    """Yield a BLOCK for the same right, on common land, in common years."""
    for claim in new:
        for other in others:
            if claim.right != other.right or claim.family == other.family:
                continue
            begin = max(claim.vintage_from, other.vintage_from)
            end = min(claim.vintage_to, other.vintage_to)
            common = shapely.intersection(
                in_common_crs(claim.geometry, claim.crs), in_common_crs(other.geometry, other.crs)
            )
            if begin >= end or common.area <= 0:
                continue
            yield Finding(
                check="G3", level="BLOCK", first=claim.claim_id, second=other.claim_id,
                area_m2=0.0, years=end.year - begin.year, tonnes=other.tonnes,
                text=Text(
                    f"{claim.parcel_id} 与已登记的 {other.claim_id} 重叠：同一权利 {claim.right}，"
                    f"{begin} 至 {end}。",
                    f"{claim.parcel_id} overlaps {other.claim_id}, registered with the same right "
                    f"{claim.right}, from {begin} to {end}.",
                ),
            )  # fmt: skip


def in_common_crs(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """Return a geometry in EPSG:4490."""
    if crs == COMMON_CRS:
        return geometry
    moved: BaseGeometry = shapely.transform(geometry, _to_common(crs).transform, interleaved=False)
    return moved


@cache
def _to_common(crs: str) -> Transformer:
    return Transformer.from_crs(crs, COMMON_CRS, always_xy=True)


def _near(claim: Claim) -> ColumnElement[bool]:
    west, south, east, north = bounds_of(claim.geometry, claim.crs)
    return and_(
        ParcelVersion.west <= east, ParcelVersion.east >= west,
        ParcelVersion.south <= north, ParcelVersion.north >= south,
        Pledge.vintage_from < claim.vintage_to, Pledge.vintage_to > claim.vintage_from,
    )  # fmt: skip


def _rows() -> Select[Pledge, ParcelVersion]:
    return (
        select(Pledge, ParcelVersion)
        .join(PledgeParcel, PledgeParcel.pledge_id == Pledge.pledge_id)
        .join(
            ParcelVersion,
            and_(
                ParcelVersion.parcel_id == PledgeParcel.parcel_id,
                ParcelVersion.version == PledgeParcel.version,
            ),
        )
        .order_by(Pledge.registered_at, Pledge.pledge_id, ParcelVersion.parcel_id)
    )


def _claims(session: Session, wanted: Select[Pledge, ParcelVersion]) -> list[Claim]:
    found = session.execute(wanted).all()
    serials = _serials(session, {pledge.pledge_id for pledge, _ in found})
    return [
        Claim(
            claim_id=f"{pledge.pledge_id}/{parcel.parcel_id}",
            parcel_id=parcel.parcel_id,
            geometry=shapely.from_wkb(parcel.geometry),
            crs=parcel.crs,
            right=pledge.right_code,
            vintage_from=pledge.vintage_from,
            vintage_to=pledge.vintage_to,
            serials=serials.get(pledge.pledge_id, ()),
            tonnes=pledge.tonnes,
            programme=pledge.programme,
            holder=parcel.holder or "",
            registered_at=pledge.registered_at,
            state=states()[pledge.state].claim,
            family=pledge.family,
        )
        for pledge, parcel in found
    ]


def _serials(session: Session, pledges: set[str]) -> dict[str, tuple[tuple[str, int, int], ...]]:
    wanted = (
        select(Lot.pledge_id, Batch.batch_id, Lot.serial_from, Lot.serial_to)
        .join(Batch, Batch.batch_id == Lot.batch_id)
        .where(Lot.state.in_(("reserved", "pledged")), Lot.serial_from.is_not(None))
    )
    if len(pledges) <= MANY:
        wanted = wanted.where(Lot.pledge_id.in_(pledges))
    found: dict[str, tuple[tuple[str, int, int], ...]] = {}
    for pledge, batch, first, last in session.execute(wanted):
        if pledge and first and last:
            found[pledge] = (*found.get(pledge, ()), (batch, first, last))
    return found


MANY = 500
"""Above this many pledges the serials of all are read: a list in a query has its limits."""
