"""Parcels, the rights on them, and carbon projects."""

from sqlalchemy import func, select

from lending.api.forms import ParcelIn, ProjectIn, RightIn
from lending.api.paging import Page, cut
from lending.api.routes.names import Name, Pages, Wanted
from lending.api.views import ParcelView, ProjectView, RightView
from lending.api.visit import At
from lending.registry import records
from lending.registry.finding import one
from lending.registry.tables import Parcel, ParcelVersion, Project, Right

__all__ = [
    "get_parcel",
    "get_project",
    "get_right",
    "list_parcel_versions",
    "list_parcels",
    "list_projects",
    "list_rights",
    "record_parcel",
    "record_project",
    "record_right",
]

_newest = (
    select(ParcelVersion.parcel_id, func.max(ParcelVersion.version).label("version"))
    .group_by(ParcelVersion.parcel_id)
    .subquery()
)
NEWEST = select(ParcelVersion).join(
    _newest,
    (_newest.c.parcel_id == ParcelVersion.parcel_id) & (_newest.c.version == ParcelVersion.version),
)


def record_parcel(at: At, form: ParcelIn) -> ParcelView:
    """Record a parcel or a new version of it."""
    return ParcelView.of(records.record_parcel(at.registry, at.user, form))


def list_parcels(at: At, page: Pages) -> Page[ParcelView]:
    """List the parcels."""
    with at.registry.reading() as session:
        rows, after = cut(session, NEWEST, ParcelVersion.parcel_id, page)
        return Page(items=[ParcelView.of(row) for row in rows], next=after)


def get_parcel(at: At, parcel_id: Name) -> ParcelView:
    """Show a parcel."""
    with at.registry.reading() as session:
        one(session, Parcel, parcel_id)
        of_parcel = select(ParcelVersion).where(ParcelVersion.parcel_id == parcel_id)
        last = of_parcel.order_by(ParcelVersion.version.desc()).limit(1)
        return ParcelView.of(session.scalars(last).one())


def list_parcel_versions(at: At, parcel_id: Name, page: Pages) -> Page[ParcelView]:
    """List the versions of a parcel."""
    with at.registry.reading() as session:
        one(session, Parcel, parcel_id)
        wanted = select(ParcelVersion).where(ParcelVersion.parcel_id == parcel_id)
        rows, after = cut(session, wanted, ParcelVersion.version, page)
        return Page(items=[ParcelView.of(row) for row in rows], next=after)


def record_right(at: At, form: RightIn) -> RightView:
    """Record a right."""
    return RightView.model_validate(records.record_right(at.registry, at.user, form))


def list_rights(at: At, page: Pages, parcel: Wanted = None) -> Page[RightView]:
    """List the rights, of one parcel if named."""
    wanted = select(Right)
    if parcel is not None:
        wanted = wanted.where(Right.parcel_id == parcel)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Right.right_id, page)
        return Page(items=[RightView.model_validate(row) for row in rows], next=after)


def get_right(at: At, right_id: Name) -> RightView:
    """Show a right."""
    with at.registry.reading() as session:
        return RightView.model_validate(one(session, Right, right_id))


def record_project(at: At, form: ProjectIn) -> ProjectView:
    """Record a carbon project."""
    return ProjectView.model_validate(records.record_project(at.registry, at.user, form))


def list_projects(at: At, page: Pages) -> Page[ProjectView]:
    """List the carbon projects."""
    with at.registry.reading() as session:
        rows, after = cut(session, select(Project), Project.project_id, page)
        return Page(items=[ProjectView.model_validate(row) for row in rows], next=after)


def get_project(at: At, project_id: Name) -> ProjectView:
    """Show a carbon project."""
    with at.registry.reading() as session:
        return ProjectView.model_validate(one(session, Project, project_id))
