"""Which rows a user sees: a bank its own loans, what secures them and its parties; others all.

That a bank sees a party's name in the register is not yet that it may read who that is: see
`refuse_unconcerned`.
"""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, inspect, or_, select, true
from sqlalchemy.orm import Session, aliased

from data_catalog.errors import UnknownNameError
from data_catalog.text import Text
from lending.registry.errors import REGISTRY, NotAllowed
from lending.registry.journal import canonical
from lending.registry.states import OVER
from lending.registry.tables import (
    Event,
    Loan,
    ParcelVersion,
    Pledge,
    PledgeParcel,
    Policy,
    Row,
    Subject,
    User,
    Valuation,
)

__all__ = ["refuse_unconcerned", "secures_another_bank", "seen", "visible"]

WITHDRAWN = "withdrawn"
BANKS = ("bank_maker", "bank_checker")
TITLES: dict[type[Row], Text] = {
    Loan: Text("贷款", "loan"),
    Pledge: Text("质押", "pledge"),
    Policy: Text("保险单", "insurance policy"),
    Subject: Text("当事人", "party"),
    Valuation: Text("估值", "valuation"),
}
R = TypeVar("R", Loan, Pledge, Policy, Subject, Valuation)


def visible(user: User, kind: type[R]) -> Select[R]:
    """Return a query of the rows that a user may see."""
    return select(kind).where(_own(user, kind) if user.role in BANKS else true())


def seen(session: Session, user: User, kind: type[R], name: str) -> R:
    """Return the row of this name.

    Raises
    ------
    UnknownNameError
        If there is none, or it is another bank's: which of the two is not told.
    """
    key: ColumnElement[Any] = inspect(kind).primary_key[0]
    found = session.scalars(visible(user, kind).where(key == name)).one_or_none()
    if found is None:
        raise UnknownNameError(where=REGISTRY, name=name, kind=TITLES[kind], hint="")
    return found


def refuse_unconcerned(session: Session, user: User, subject_id: str) -> None:
    """Refuse a party's personal fields to a bank that has nothing to do with it yet.

    A bank is concerned with the parties that it recorded itself, from their own papers, and with
    those behind a pledge that a second person of the bank approved and nobody withdrew: the
    borrower of its loan, the holder of its ground. A loan or an application alone names anybody.

    Raises
    ------
    NotAllowed
        If the user's bank is not concerned.
    """
    approved = and_(
        Pledge.organisation == user.organisation, Pledge.checker.is_not(None),
        Pledge.state != WITHDRAWN,
    )  # fmt: skip
    borrowed = select(Pledge.pledge_id).join(Loan).where(Loan.borrower == subject_id)
    recorded = select(Subject.subject_id).where(
        Subject.subject_id == subject_id,
        _recorded(user, "record_subject", Subject.subject_id, Subject.recorded_at),
    )
    for wanted in (
        recorded,
        borrowed.where(approved),
        _held_by(ParcelVersion.holder == subject_id).where(approved),
    ):
        if session.scalars(wanted.limit(1)).first() is not None:
            return
    raise NotAllowed(user=user.user_id, problem=Text(
        f"{subject_id} 的个人信息须在本行质押经复核审批之后才能查看或销毁；"
        "仅有贷款或申请不足为据。",
        f"the personal fields of {subject_id} are read or destroyed only once a pledge of this "
        "bank with that party is approved; a loan or an application alone is not enough.",
    ))  # fmt: skip


def secures_another_bank(session: Session, user: User, subject_id: str) -> bool:
    """Return whether another bank has a loan or a pledge with a party that is not over."""
    open_pledge = exists().where(Pledge.loan_id == Loan.loan_id, Pledge.state.not_in(OVER))
    loans = select(Loan.loan_id).where(
        Loan.borrower == subject_id, Loan.lender != user.organisation,
        Loan.repaid_at.is_(None), open_pledge,
    )  # fmt: skip
    pledges = _held_by(ParcelVersion.holder == subject_id).where(
        Pledge.organisation != user.organisation, Pledge.state.not_in(OVER)
    )
    found = session.scalars(loans.limit(1)).first() or session.scalars(pledges.limit(1)).first()
    return found is not None


def _own(user: User, kind: type[Row]) -> ColumnElement[bool]:
    mine = Pledge.organisation == user.organisation
    if kind is Loan:
        return Loan.lender == user.organisation
    if kind is Pledge:
        return mine
    if kind is Subject:
        return or_(
            exists().where(Loan.borrower == Subject.subject_id, Loan.lender == user.organisation),
            _held_by(ParcelVersion.holder == Subject.subject_id).where(mine).exists(),
            _recorded(user, "record_subject", Subject.subject_id, Subject.recorded_at),
        )
    pledges = select(Pledge.pledge_id).where(mine)
    if kind is Policy:
        return Policy.pledge_id.in_(pledges)
    without = and_(
        Valuation.pledge_id.is_(None),
        _recorded(user, "record_valuation", Valuation.valuation_id, Valuation.recorded_at),
    )
    return or_(without, Valuation.pledge_id.in_(pledges))


def _held_by(holder: ColumnElement[bool]) -> Select[str]:
    """Return a query of the pledges on parcels of a holder, in the version pledged."""
    return select(Pledge.pledge_id).join(PledgeParcel).join(ParcelVersion).where(holder)


def _recorded(user: User, kind: str, name: Any, time: Any) -> ColumnElement[bool]:  # noqa: ANN401
    """Return the condition that somebody, of the user's bank at that time, recorded a row."""
    before, known = aliased(Event), aliased(Event)
    last = select(func.max(before.seq)).where(
        before.kind == "record_user", before.subject == Event.actor, before.seq < Event.seq
    )
    bank = f'"organisation":{canonical(user.organisation)}'
    return exists().where(
        Event.kind == kind, Event.subject == name, Event.time == time,
        known.subject == Event.actor, known.seq == last.correlate(Event).scalar_subquery(),
        func.replace(known.data, bank, "") != known.data,
    )  # fmt: skip
