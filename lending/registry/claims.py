"""Claims: a pledge's right, place, years and serials as the search for conflicts sees them.

Registering compares the new claims with the candidates: active or reserved ones of others whose
years meet theirs and whose bounds do, or that have the same parcel, lots of the same batches or
the same permit or policy.
The comparison itself is a function given to the registry, by default that of `lending.conflicts`
with all its checks but the sums of tonnes, which the lots keep.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from lending.conflicts import Claim, Finding, Rules, Serials, bundled_rules, find_conflicts
from lending.conflicts.claim import number_key
from lending.registry.finding import portions
from lending.registry.projects import in_own_projects, projects_on
from lending.registry.states import active_states, states
from lending.registry.tables import Batch, Lot, ParcelVersion, Pledge, PledgeParcel, Project

__all__ = [
    "FindConflicts",
    "active_claims",
    "bounds_of",
    "candidates",
    "claims_of",
    "default_finder",
]

COMMON_CRS = "EPSG:4490"
"""CGCS2000, in degrees: bounds of all parcels are comparable in it."""
HELD_BY_LOTS = ("S3", "S4")
"""Sums of tonnes: the lots of each batch keep them, in the database too."""
RESERVED, SOLD = "reserved", "closed"
"""States of claims."""
_Named: TypeAlias = tuple[str | None, str, str]
"""The parcel of a batch, if it is of one, its project, and that project's programme."""

FindConflicts = Callable[[Sequence[Claim], Sequence[Claim], date], Sequence[Finding]]
"""From new claims, the candidates and the day to findings."""


def claims_of(session: Session, pledge_id: str) -> list[Claim]:
    """Return a pledge's claims, one for each of its parcels."""
    wanted = _rows().where(Pledge.pledge_id == pledge_id)
    return in_own_projects(session, _claims(session, wanted))


def active_claims(session: Session) -> list[Claim]:
    """Return all claims that bar others."""
    return _claims(session, _rows().where(Pledge.state.in_(active_states())))


def count_active(session: Session) -> int:
    """Return how many claims bar others."""
    of_pledge = select(func.count()).select_from(PledgeParcel).join(Pledge)
    return session.scalar(of_pledge.where(Pledge.state.in_(active_states()))) or 0


def candidates(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims of other pledges that may meet any of these and bar them, or are told.

    Projects on the ground are among them, as tonnes of one ground and year are of one project.
    A parcel is one parcel however often it was measured: a claim on one of the same name has the
    boundary that is asked about. What is reserved takes no tonnes yet.
    """
    own = {claim.claim_id.split("/")[0] for claim in claims}
    widest = session.scalar(select(func.max(ParcelVersion.width))) or 0.0
    found: dict[str, Claim] = {}
    for some in portions(claims):
        same = ParcelVersion.parcel_id.in_({claim.parcel_id for claim in some})
        around = or_(same, *(_around(claim, widest) for claim in some))
        parcels = set(session.scalars(select(ParcelVersion.parcel_id).where(around)))
        holders = _holders(session, parcels) | _of_batches(session, some)
        holders |= _of_instruments(session, some)
        found |= {claim.claim_id: claim for claim in projects_on(session, parcels, some)}
        for names in portions(sorted(holders - own)):
            meeting = and_(
                Pledge.pledge_id.in_(names), _told(),
                or_(*(_meeting(claim) for claim in some)),
            )  # fmt: skip
            found |= {claim.claim_id: claim for claim in _claims(session, _rows().where(meeting))}
    measured = {claim.parcel_id: claim for claim in reversed(claims) if claim.geometry is not None}
    return [_measured_as(claim, measured.get(claim.parcel_id)) for claim in found.values()]


def bounds_of(geometry: BaseGeometry, crs: str) -> tuple[float, float, float, float]:
    """Return west, south, east and north in degrees of EPSG:4490."""
    west, south, east, north = geometry.bounds
    if crs == COMMON_CRS:
        return west, south, east, north
    found = _to_common(crs).transform_bounds(west, south, east, north)
    return found[0], found[1], found[2], found[3]


def in_common_crs(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """Return a geometry in degrees of EPSG:4490."""
    if crs == COMMON_CRS:
        return geometry
    to_common = _to_common(crs)

    def moved(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_common.transform(corners[:, 0], corners[:, 1]))

    found: BaseGeometry = shapely.transform(geometry, moved)
    return found


def default_finder(new: Sequence[Claim], known: Sequence[Claim], today: date) -> list[Finding]:
    """Return the findings of `lending.conflicts`, what is declared of the new claims included."""
    return find_conflicts(new, known, _rules(), today)


def _told() -> ColumnElement[bool]:
    """Return the condition that a pledge bars others, or is told to them.

    Income, tonnes and claims of the years of a pledge that was disposed of are another's now. Who
    has land and trees now stands in their newest version.
    """
    # not the bare column: nearly all pledges have such a state, so its index is of no use
    state = func.coalesce(Pledge.state, "")
    told = [name for name, one in states().items() if one.claim == RESERVED]
    sold = [name for name, one in states().items() if one.claim == SOLD]
    return or_(
        state.in_((*active_states(), *told)),
        and_(state.in_(sold), Pledge.right_code.not_in(_standing())),
    )


def _standing() -> list[str]:
    return [code for code, right in bundled_rules().rights.items() if right.standing]


def _measured_as(claim: Claim, asked: Claim | None) -> Claim:
    """Return a claim with the boundary of one on the same parcel, and without reserved tonnes."""
    if claim.state == RESERVED:
        claim = replace(claim, tonnes=None)
    return claim if asked is None else replace(claim, geometry=asked.geometry, crs=asked.crs)


@cache
def _rules() -> Rules:
    rules = bundled_rules()
    return rules.only(rules.checks.keys() - set(HELD_BY_LOTS))


@cache
def _to_common(crs: str) -> Transformer:
    return Transformer.from_crs(crs, COMMON_CRS, always_xy=True)


def _around(claim: Claim, widest: float) -> ColumnElement[bool]:
    """Return the condition that a parcel's bounds meet a claim's."""
    if claim.geometry is None:
        return false()
    west, south, east, north = bounds_of(claim.geometry, claim.crs)
    return and_(
        ParcelVersion.west.between(west - widest, east), ParcelVersion.east >= west,
        ParcelVersion.south <= north, ParcelVersion.north >= south,
    )  # fmt: skip


def _meeting(claim: Claim) -> ColumnElement[bool]:
    """Return the condition that a pledge's years meet a claim's; those of land and trees do."""
    if claim.vintage_from is None or claim.vintage_to is None:
        return true()
    years = and_(Pledge.vintage_from < claim.vintage_to, Pledge.vintage_to > claim.vintage_from)
    standing = _standing()
    return or_(years, Pledge.right_code.in_(standing)) if claim.right in standing else years


def _holders(session: Session, parcels: set[str]) -> set[str]:
    """Return the pledges of parcels, whichever version they are of."""
    found: set[str] = set()
    for some in portions(sorted(parcels)):
        wanted = select(PledgeParcel.pledge_id).where(PledgeParcel.parcel_id.in_(some))
        found.update(session.scalars(wanted))
    return found


def _of_batches(session: Session, claims: Iterable[Claim]) -> set[str]:
    """Return the pledges with lots of the claims' batches."""
    batches = {serials.batch for claim in claims for serials in claim.serials}
    wanted = select(Lot.pledge_id).where(Lot.batch_id.in_(batches))
    return {name for name in session.scalars(wanted) if name}


def _of_instruments(session: Session, claims: Iterable[Claim]) -> set[str]:
    """Return the pledges of the claims' permits and policies, wherever their parcels lie."""
    numbers = {number_key(claim.instrument) for claim in claims} - {""}
    if not numbers:
        return set()
    wanted = select(Pledge.pledge_id, Pledge.instrument).where(Pledge.instrument > "")
    return {name for name, given in session.execute(wanted) if number_key(given) in numbers}


def _rows() -> Select[Pledge, ParcelVersion]:
    return (
        select(Pledge, ParcelVersion)
        .select_from(Pledge)
        .join(PledgeParcel)
        .join(ParcelVersion)
        .order_by(Pledge.registered_at, Pledge.pledge_id, ParcelVersion.parcel_id)
    )


def _claims(session: Session, wanted: Select[Pledge, ParcelVersion]) -> list[Claim]:
    found = session.execute(wanted).all()
    serials, projects = _lots(session, {pledge.pledge_id for pledge, _ in found})
    return [_claim(pledge, parcel, serials, projects) for pledge, parcel in found]


def _claim(
    pledge: Pledge, parcel: ParcelVersion, serials: Mapping[str, Sequence[Serials]],
    projects: Mapping[str, Sequence[_Named]],
) -> Claim:  # fmt: skip
    project, programme = _project(projects.get(pledge.pledge_id, ()), parcel.parcel_id)
    return Claim(
        claim_id=f"{pledge.pledge_id}/{parcel.parcel_id}",
        parcel_id=parcel.parcel_id,
        geometry=shapely.from_wkb(parcel.geometry),
        crs=parcel.crs,
        right=pledge.right_code,
        vintage_from=pledge.vintage_from,
        vintage_to=pledge.vintage_to,
        serials=tuple(serials.get(pledge.pledge_id, ())),
        tonnes=pledge.tonnes,
        programme=programme or pledge.programme,
        project=project,
        instrument=pledge.instrument,
        holder=parcel.holder or "",
        creditor=pledge.organisation,
        registered_at=pledge.registered_at,
        registration_number=pledge.registration_number or "",
        state=states()[pledge.state].claim,
        family=pledge.family,
    )


def _project(named: Sequence[_Named], parcel_id: str) -> tuple[str, str]:
    """Return the project of a parcel's lots, or of lots of no parcel, and its programme."""
    for place in (parcel_id, None):
        for where, project, programme in named:
            if where == place:
                return project, programme
    return "", ""


def _lots(
    session: Session, pledges: set[str]
) -> tuple[dict[str, list[Serials]], dict[str, list[_Named]]]:
    """Return the serials that pledges hold or ask for, and the projects of their tonnes."""
    serials: dict[str, list[Serials]] = {}
    projects: dict[str, list[_Named]] = {}
    for some in portions(sorted(pledges)):
        wanted = (
            select(Lot, Batch.parcel_id, Project.project_id, Project.programme)
            .join(Batch, Batch.batch_id == Lot.batch_id)
            .join(Project, Project.project_id == Batch.project_id)
            .where(Lot.state.in_(("reserved", "pledged")), Lot.pledge_id.in_(some))
            .order_by(Lot.lot_id)
        )
        for lot, parcel, project, programme in session.execute(wanted):
            name = lot.pledge_id or ""
            projects.setdefault(name, []).append((parcel, project, programme))
            if lot.serial_from and lot.serial_to:
                held = Serials(lot.batch_id, lot.serial_from, lot.serial_to)
                serials.setdefault(name, []).append(held)
    return serials, projects
