"""The life of a pledge, from the application to its end."""

from collections.abc import Callable
from typing import Protocol

from sqlalchemy import select

from lending.api.findings import FindingView, finding_view
from lending.api.forms import (
    ConsentIn,
    DeclarationIn,
    NoteIn,
    PledgeIn,
    ReasonIn,
    RegistrationIn,
    ReleaseIn,
    RemarkIn,
)
from lending.api.paging import Page, cut
from lending.api.routes.claims import read_facts
from lending.api.routes.names import Name, Pages, Wanted
from lending.api.views import EventView, LotView, PledgeView
from lending.api.visit import At
from lending.registry import steps
from lending.registry.consenting import consent
from lending.registry.declaring import declare
from lending.registry.opening import Registry
from lending.registry.own import seen, visible
from lending.registry.tables import Loan, Lot, Pledge, User

__all__ = [
    "apply_for_pledge",
    "approve_pledge",
    "check_pledge",
    "close_pledge",
    "consent_to_pledge",
    "declare_facts",
    "default_pledge",
    "dispose_pledge",
    "draw_pledge",
    "get_pledge",
    "investigate_pledge",
    "list_pledge_lots",
    "list_pledges",
    "monitor_pledge",
    "note_pledge",
    "register_pledge",
    "release_pledge",
    "repay_pledge",
    "screen_pledge",
    "sign_pledge",
    "withdraw_pledge",
]


def apply_for_pledge(at: At, form: PledgeIn) -> PledgeView:
    """Apply for a pledge of the caller's bank."""
    with at.registry.reading() as session:
        seen(session, at.user, Loan, form.loan_id)
    return PledgeView.of(steps.apply(at.registry, at.user, form))


def list_pledges(
    at: At, page: Pages, state: Wanted = None, loan: Wanted = None
) -> Page[PledgeView]:
    """List the pledges, in one state or of one loan if named."""
    wanted = visible(at.user, Pledge)
    if state is not None:
        wanted = wanted.where(Pledge.state == state)
    if loan is not None:
        wanted = wanted.where(Pledge.loan_id == loan)
    with at.registry.reading() as session:
        rows, after = cut(session, wanted, Pledge.pledge_id, page)
        return Page(items=[PledgeView.of(row) for row in rows], next=after)


def get_pledge(at: At, pledge_id: Name) -> PledgeView:
    """Show a pledge."""
    with at.registry.reading() as session:
        return PledgeView.of(seen(session, at.user, Pledge, pledge_id))


def list_pledge_lots(at: At, pledge_id: Name, page: Pages) -> Page[LotView]:
    """List the lots of a pledge."""
    with at.registry.reading() as session:
        seen(session, at.user, Pledge, pledge_id)
        wanted = select(Lot).where(Lot.pledge_id == pledge_id)
        rows, after = cut(session, wanted, Lot.lot_id, page)
        return Page(items=[LotView.model_validate(row) for row in rows], next=after)


def check_pledge(at: At, pledge_id: Name) -> list[FindingView]:
    """Return what registering the pledge would find."""
    with at.registry.reading() as session:
        seen(session, at.user, Pledge, pledge_id)
    return [finding_view(one) for one in steps.check(at.registry, pledge_id)]


def declare_facts(at: At, pledge_id: Name, form: DeclarationIn) -> EventView:
    """Declare facts from documents."""
    _own(at, pledge_id)
    facts = read_facts(pledge_id, form.facts)
    return EventView.of(declare(at.registry, at.user, pledge_id, facts, document=form.document))


def consent_to_pledge(at: At, pledge_id: Name, form: ConsentIn) -> EventView:
    """Consent to a later application."""
    _own(at, pledge_id)
    return EventView.of(consent(at.registry, at.user, pledge_id, form.to))


def register_pledge(at: At, pledge_id: Name, form: RegistrationIn) -> PledgeView:
    """Register a pledge."""
    _own(at, pledge_id)
    found = steps.register(at.registry, at.user, pledge_id, form.number, ends=form.ends)
    return PledgeView.of(found)


def release_pledge(at: At, pledge_id: Name, form: ReleaseIn) -> PledgeView:
    """Release a pledge or parts of it."""
    _own(at, pledge_id)
    found = steps.release(at.registry, at.user, pledge_id, form.parts, remark=form.remark)
    return PledgeView.of(found)


def note_pledge(at: At, pledge_id: Name, form: NoteIn) -> EventView:
    """Note a notice beside a pledge."""
    _own(at, pledge_id)
    facts = {**form.facts, "id": form.id}
    return EventView.of(steps.note(at.registry, at.user, pledge_id, form.kind, facts))


class Step(Protocol):
    """A step of the registry."""

    def __call__(
        self, registry: Registry, user: User, pledge_id: str, *, remark: str = ""
    ) -> Pledge:
        """Take it."""


def _step(step: Step) -> Callable[[At, Name, RemarkIn | None], PledgeView]:
    def endpoint(at: At, pledge_id: Name, form: RemarkIn | None = None) -> PledgeView:
        _own(at, pledge_id)
        remark = form.remark if form else ""
        return PledgeView.of(step(at.registry, at.user, pledge_id, remark=remark))

    endpoint.__doc__ = step.__doc__
    return endpoint


def _reasoned(step: Step) -> Callable[[At, Name, ReasonIn], PledgeView]:
    def endpoint(at: At, pledge_id: Name, form: ReasonIn) -> PledgeView:
        _own(at, pledge_id)
        return PledgeView.of(step(at.registry, at.user, pledge_id, remark=form.remark))

    endpoint.__doc__ = step.__doc__
    return endpoint


def _own(at: At, pledge_id: str) -> None:
    with at.registry.reading() as session:
        seen(session, at.user, Pledge, pledge_id)


screen_pledge = _step(steps.screen)
investigate_pledge = _step(steps.investigate)
approve_pledge = _step(steps.approve)
sign_pledge = _step(steps.sign)
draw_pledge = _step(steps.draw)
monitor_pledge = _step(steps.monitor)
repay_pledge = _step(steps.repay)
default_pledge = _reasoned(steps.default)
dispose_pledge = _reasoned(steps.dispose)
close_pledge = _reasoned(steps.close)
withdraw_pledge = _step(steps.withdraw)
