"""Carbon projects on the ground: the tonnes of one ground and year are of one project (G6).

A project lies where its batches and rights on parcels are recorded, in their years.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import shapely
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.attributes import InstrumentedAttribute

from lending.conflicts import Claim, bundled_rules
from lending.conflicts.known import FUTURE
from lending.registry.finding import portions
from lending.registry.tables import Batch, ParcelVersion, Project, Right

__all__ = ["in_own_projects", "projects_on"]

STATE = "project"
"""Of lending/claim_states.csv."""


@dataclass(frozen=True, slots=True)
class _Site:
    """A project on a parcel for some years."""

    project: Project
    parcel: ParcelVersion
    starts: date
    ends: date


def projects_on(session: Session, parcels: set[str], claims: Sequence[Claim]) -> list[Claim]:
    """Return the projects on some parcels in years that meet the claims', as claims that bar."""
    return [
        Claim(
            claim_id=f"project/{site.project.project_id}/{site.parcel.parcel_id}/{_years(site)}",
            parcel_id=site.parcel.parcel_id,
            geometry=shapely.from_wkb(site.parcel.geometry),
            crs=site.parcel.crs,
            right=FUTURE,
            vintage_from=site.starts,
            vintage_to=site.ends,
            programme=site.project.programme,
            project=site.project.project_id,
            holder=site.parcel.holder or "",
            state=STATE,
        )
        for site in _sites(session, parcels, claims)
    ]


def _years(site: _Site) -> str:
    return f"{site.starts}..{site.ends}"


def in_own_projects(session: Session, claims: Sequence[Claim]) -> list[Claim]:
    """Return claims, those that name no project as of the one that their parcel is in.

    One stays without if it is under another programme. Of several projects on a parcel it is of
    the first by name; the others are found.
    """
    asked = [c for c in claims if not c.project and c.right in bundled_rules().states[STATE].rights]
    sites: dict[str, list[_Site]] = {}
    for some in portions(asked):
        for site in _sites(session, {claim.parcel_id for claim in some}, some):
            sites.setdefault(site.parcel.parcel_id, []).append(site)
    own = {claim.claim_id: _own(claim, sites.get(claim.parcel_id, ())) for claim in asked}
    return [own.get(claim.claim_id, claim) for claim in claims]


def _own(claim: Claim, sites: Sequence[_Site]) -> Claim:
    for site in sites:
        project = site.project
        if claim.programme in {"", project.programme} and (
            (claim.vintage_to is None or site.starts < claim.vintage_to)
            and (claim.vintage_from is None or site.ends > claim.vintage_from)
        ):
            return replace(claim, programme=project.programme, project=project.project_id)
    return claim


def _sites(session: Session, parcels: set[str], claims: Sequence[Claim]) -> Iterator[_Site]:
    """Yield the projects on parcels by name, years that touch as one interval."""
    carbon = Right.code.in_(bundled_rules().states[STATE].rights)
    found = []
    for some in portions(sorted(parcels)):
        batches = _located(Batch.vintage_from, Batch.vintage_to, some, claims)
        rights = _located(Right.valid_from, Right.valid_to, some, claims).where(carbon)
        found += [*session.execute(batches), *session.execute(rights)]
    last: _Site | None = None
    for project, parcel, starts, ends in sorted(
        found, key=lambda row: (row[0].project_id, row[1].parcel_id, row[2])
    ):
        if last and (last.project, last.parcel) == (project, parcel) and starts <= last.ends:
            last = replace(last, ends=max(ends, last.ends))
            continue
        if last:
            yield last
        last = _Site(project, parcel, starts, ends)
    if last:
        yield last


def _located(
    starts: InstrumentedAttribute[date], ends: InstrumentedAttribute[date],
    parcels: Sequence[str], claims: Sequence[Claim],
) -> Select[Project, ParcelVersion, date, date]:  # fmt: skip
    """Return a query of the projects of batches or rights, each on the newest of its parcel."""
    kind, other = starts.class_, aliased(ParcelVersion)
    newest = select(func.max(other.version)).where(other.parcel_id == ParcelVersion.parcel_id)
    return (
        select(Project, ParcelVersion, starts, ends)
        .select_from(kind)
        .join(Project, Project.project_id == kind.project_id)
        .join(ParcelVersion, ParcelVersion.parcel_id == kind.parcel_id)
        .where(kind.parcel_id.in_(parcels), ParcelVersion.version == newest.scalar_subquery())
        .where(or_(*(_meeting(starts, ends, claim) for claim in claims)))
    )


def _meeting(
    starts: InstrumentedAttribute[date], ends: InstrumentedAttribute[date], claim: Claim
) -> ColumnElement[bool]:
    return and_(
        true() if claim.vintage_to is None else starts < claim.vintage_to,
        true() if claim.vintage_from is None else ends > claim.vintage_from,
    )
