"""Parties, and the personal fields that are sealed."""

from pydantic import BaseModel

from lending.api.forms import SubjectIn
from lending.api.paging import Page, cut
from lending.api.routes.names import Name, Pages
from lending.api.views import SubjectView
from lending.api.visit import At
from lending.registry import records
from lending.registry.own import seen, visible
from lending.registry.tables import Subject

__all__ = ["get_subject", "list_subjects", "read_personal", "record_subject", "seal_subject"]


class Personal(BaseModel):
    """Personal fields, unsealed."""

    subject_id: str
    personal: dict[str, str]


def record_subject(at: At, form: SubjectIn) -> SubjectView:
    """Record a party."""
    return SubjectView.model_validate(records.record_subject(at.registry, at.user, form))


def list_subjects(at: At, page: Pages) -> Page[SubjectView]:
    """List the parties."""
    with at.registry.reading() as session:
        rows, after = cut(session, visible(at.user, Subject), Subject.subject_id, page)
        return Page(items=[SubjectView.model_validate(row) for row in rows], next=after)


def get_subject(at: At, subject_id: Name) -> SubjectView:
    """Show a party."""
    with at.registry.reading() as session:
        return SubjectView.model_validate(seen(session, at.user, Subject, subject_id))


def read_personal(at: At, subject_id: Name) -> Personal:
    """Unseal a party's personal fields."""
    with at.registry.reading() as session:
        seen(session, at.user, Subject, subject_id)
    personal = records.unseal(at.registry, at.user, subject_id)
    return Personal(subject_id=subject_id, personal=personal)


def seal_subject(at: At, subject_id: Name) -> SubjectView:
    """Destroy the key of a party's personal fields."""
    with at.registry.reading() as session:
        subject = SubjectView.model_validate(seen(session, at.user, Subject, subject_id))
    records.seal(at.registry, at.user, subject_id)
    return subject
