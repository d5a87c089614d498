"""The life of a pledge: every step is one act, and only a step that may follow."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.conflicts import Finding, bundled_rules
from lending.registry.applying import refuse_outdated, refuse_repaid, refuse_unfit
from lending.registry.claims import candidates
from lending.registry.declaring import claims_with_facts, once_a_pledge, with_facts
from lending.registry.errors import AgainstRecord, ConflictsFound, RegistryError
from lending.registry.finding import new, one
from lending.registry.forms import Part, PledgeForm, RegistrationForm, RemarkForm, read_form
from lending.registry.free_tonnes import taken_tonnes
from lending.registry.lots import lots_of, pledge_lots, release_lots, reserve, sell_lots
from lending.registry.opening import Act, Registry
from lending.registry.roles import refuse_other_bank, refuse_same_person
from lending.registry.sealing import key_in, needed
from lending.registry.sold import sold_tonnes
from lending.registry.states import BEFORE_ALL, OVER, active_states, next_state
from lending.registry.tables import (
    Event,
    Loan,
    Parcel,
    ParcelVersion,
    Pledge,
    PledgeParcel,
    User,
)
from lending.registry.unplaced import unplaced_tonnes

__all__ = [
    "apply",
    "approve",
    "check",
    "close",
    "default",
    "dispose",
    "draw",
    "investigate",
    "monitor",
    "note",
    "register",
    "release",
    "repay",
    "screen",
    "sign",
    "withdraw",
]

NOTES_OWN = frozenset({"kind", "again"})
"""Names that a note gives its own facts."""
REASONED = frozenset({"default", "dispose", "close"})
"""Steps that nobody takes without saying why, or by which document."""


def apply(registry: Registry, user: User, form: PledgeForm) -> Pledge:
    """Apply for a pledge. Its lots are reserved: nobody is barred before registration."""
    with registry.acting(user, "apply") as act:
        session = act.session
        loan = one(session, Loan, form.loan_id)
        _known_right(form.right_code)
        refuse_other_bank(user, loan.lender, loan.loan_id)
        refuse_unfit(session, form, loan)
        number = session.scalar(select(func.count()).select_from(Pledge)) or 0
        act.subject = f"P{number + 1:06d}"
        pledge = Pledge(
            pledge_id=act.subject, loan_id=form.loan_id, right_code=form.right_code,
            right_id=form.right_id, organisation=user.organisation,
            state=next_state(act.subject, BEFORE_ALL, "apply"),
            vintage_from=form.vintage_from, vintage_to=form.vintage_to, programme=form.programme,
            secured_amount=form.secured_amount, family=form.family or form.loan_id,
            account=_account(registry, session, loan, form.account),
            instrument=form.instrument or "", maker=user.user_id, applied_at=act.time,
        )  # fmt: skip
        new(session, pledge)
        session.add_all(_parcels(session, pledge, form.parcels))
        pledge.tonnes = reserve(session, pledge, form)
    return pledge


def check(registry: Registry, pledge_id: str) -> Sequence[Finding]:
    """Return what registering the pledge would find.

    Raises
    ------
    AgainstRecord
        If it is not registered yet and a newer version of one of its parcels is recorded.
    """
    with registry.reading() as session:
        if one(session, Pledge, pledge_id).registered_at is None:
            refuse_outdated(session, pledge_id)
        return _findings(registry, session, pledge_id, registry.clock().date())


def screen(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Record that access rules are met."""
    return _step(registry, user, pledge_id, "screen", remark)


def investigate(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Record the due diligence."""
    return _step(registry, user, pledge_id, "investigate", remark)


def approve(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Approve as another person than the maker, and than who declared facts of it.

    Raises
    ------
    NotAllowed
        If they are the same.
    """
    with registry.acting(user, "approve", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "approve", remark)
        refuse_same_person(user, pledge.maker, pledge_id)
        _another_than(act.session, user, pledge_id, "declare")
        pledge.checker = user.user_id
    return pledge


def sign(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Record that the contracts are signed."""
    return _step(registry, user, pledge_id, "sign", remark)


def register(
    registry: Registry, user: User, pledge_id: str, number: str, *, ends: date | None = None
) -> Pledge:
    """Register a pledge: search for conflicts, take its tonnes, give it its time, all or nothing.

    What is declared of it (`declare`) is judged too: a fact that a BLOCK check needs and that is
    missing or contrary bars the registration. What is FLAG stands in the event.

    Parameters
    ----------
    number : str
        Of the statutory registration (中登网), or of the platform.
    ends : date, optional
        When that registration ends.

    Raises
    ------
    ConflictsFound
        If the search blocks it; nothing is written.
    RegistryError
        If the number is empty or taken, the registration has ended, or a newer version of one of
        its parcels is recorded.
    """
    form = read_form(RegistrationForm, {"number": number, "ends": ends}, pledge_id)
    with registry.acting(user, "register", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "register")
        refuse_outdated(act.session, pledge_id)
        _number_is_new(act.session, pledge_id, form.number)
        _refuse_ended(pledge_id, form.ends, act.time.date())
        pledge.registration_number, pledge.registered_at = form.number, act.time
        pledge.registration_ends = form.ends
        act.session.flush()
        pledge_lots(act.session, pledge)
        findings = _findings(registry, act.session, pledge_id, act.time.date())
        if any(finding.level == "BLOCK" for finding in findings):
            raise ConflictsFound(pledge_id, findings)
        act.facts["findings"] = [_record(finding) for finding in findings]
    return pledge


def draw(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Pay out: a loan is drawn when all its pledges are registered.

    Raises
    ------
    RegistryError
        If one is not, or the loan is repaid.
    """
    with registry.acting(user, "draw", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "draw", remark)
        act.session.flush()
        loan = one(act.session, Loan, pledge.loan_id)
        refuse_repaid(loan)
        waiting = [p.pledge_id for p in _securing(act.session, loan) if p.registered_at is None]
        if loan.drawn_at is None and waiting:
            names = ", ".join(waiting)
            problem = Text(
                f"贷款的质押 {names} 尚未登记，不能放款。",
                f"pledges {names} of the loan are not registered; it cannot be drawn.",
            )
            raise AgainstRecord(where=loan.loan_id, problem=problem)
        loan.drawn_at = loan.drawn_at or act.time
    return pledge


def monitor(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Record a visit, a revaluation or a warning after the pay-out."""
    return _step(registry, user, pledge_id, "monitor", remark)


def repay(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Record that what the pledge secures is repaid; with the last one the loan is repaid."""
    with registry.acting(user, "repay", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "repay", remark)
        act.session.flush()
        loan = one(act.session, Loan, pledge.loan_id)
        if all(p.state == "repaid" for p in _securing(act.session, loan)):
            loan.repaid_at = act.time
    return pledge


def release(
    registry: Registry, user: User, pledge_id: str, parts: Sequence[Part] | None = None, *,
    remark: str = "",
) -> Pledge:  # fmt: skip
    """Release a pledge, or parts of its tonnes while it goes on.

    Parameters
    ----------
    parts : sequence of Part, optional
        By tonnes or by serials; by default the whole pledge, which ends its registration.

    Raises
    ------
    NotAllowed
        If the user is the maker, or recorded the repayment.
    RegistryError
        If the parts are not pledged here, or would leave nothing; if the whole pledge secures a
        loan that is drawn and not repaid.
    """
    with registry.acting(user, "release", pledge_id) as act:
        pledge = one(act.session, Pledge, pledge_id)
        refuse_other_bank(user, pledge.organisation, pledge_id)
        refuse_same_person(user, pledge.maker, pledge_id)
        _another_than(act.session, user, pledge_id, "repay")
        if parts is None:
            before, pledge.state = pledge.state, next_state(pledge_id, pledge.state, "release")
            loan = one(act.session, Loan, pledge.loan_id)
            if before == "registered" and loan.drawn_at and not loan.repaid_at:
                raise AgainstRecord(where=pledge_id, problem=STILL_OWED)
            pledge.cancelled_at = act.time
        elif pledge.state not in active_states():
            next_state(pledge_id, pledge.state, "release")
        released = release_lots(act.session, pledge, parts)
        act.facts = {"released": str(released), "whole": parts is None}
        act.facts |= _remarked(pledge_id, "release", remark)
        if parts is not None and not lots_of(act.session, pledge_id, "pledged"):
            raise AgainstRecord(where=pledge_id, problem=NOTHING_LEFT)
    return pledge


def default(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Declare a default; the remark says why."""
    return _step(registry, user, pledge_id, "default", remark)


def dispose(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Realise the pledged right as another person than declared the default: its lots are sold.

    Raises
    ------
    NotAllowed
        If they are the same.
    """
    with registry.acting(user, "dispose", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "dispose", remark)
        _another_than(act.session, user, pledge_id, "default")
        sell_lots(act.session, pledge)
    return pledge


def close(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Close a pledge that was disposed of, as another person than declared the default or sold.

    The remark says by which document.

    Raises
    ------
    NotAllowed
        If they are the same.
    """
    with registry.acting(user, "close", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "close", remark)
        _another_than(act.session, user, pledge_id, "default", "dispose")
    return pledge


def withdraw(registry: Registry, user: User, pledge_id: str, *, remark: str = "") -> Pledge:
    """Withdraw an application before its registration; its lots are free again."""
    with registry.acting(user, "withdraw", pledge_id) as act:
        pledge = _stepped(act, user, pledge_id, "withdraw", remark)
        release_lots(act.session, pledge, None)
    return pledge


def note(
    registry: Registry, user: User, pledge_id: str, kind: str, facts: Mapping[str, Any]
) -> Event:
    """Note a notice of the watch beside a pledge, once for each `facts["id"]`.

    Returns
    -------
    Event
        The note; the earlier one if this was noted before.

    Raises
    ------
    RegistryError
        If the facts hold a name that is the note's own.
    """
    taken = sorted(NOTES_OWN & facts.keys())
    if taken:
        raise RegistryError(where=pledge_id, problem=Text(
            f"通知的事实不能用这些名称：{'、'.join(taken)}。",
            f"facts of a note cannot have these names: {', '.join(taken)}.",
        ))  # fmt: skip
    with registry.reading() as session:
        refuse_other_bank(user, one(session, Pledge, pledge_id).organisation, pledge_id)
        found = _noted(session, pledge_id, kind, facts.get("id"))
        if found:
            return found
    with registry.acting(user, "note", pledge_id) as act:
        refuse_other_bank(user, one(act.session, Pledge, pledge_id).organisation, pledge_id)
        found = _noted(act.session, pledge_id, kind, facts.get("id"))
        if found:
            act.facts = {"kind": kind, "again": facts.get("id")}
        else:
            act.facts = {"kind": kind, **facts}
    with registry.reading() as session:
        found = _noted(session, pledge_id, kind, facts.get("id"))
    if found is None:
        words = "a note was written and is not there"
        raise RuntimeError(words)
    return found


def _step(registry: Registry, user: User, pledge_id: str, action: str, remark: str) -> Pledge:
    with registry.acting(user, action, pledge_id) as act:
        return _stepped(act, user, pledge_id, action, remark)


def _stepped(act: Act, user: User, pledge_id: str, action: str, remark: str = "") -> Pledge:
    """Return the pledge in the state that the action leads to."""
    pledge = one(act.session, Pledge, pledge_id)
    refuse_other_bank(user, pledge.organisation, pledge_id)
    before, pledge.state = pledge.state, next_state(pledge_id, pledge.state, action)
    act.facts = {"from": before, "to": pledge.state, **_remarked(pledge_id, action, remark)}
    return pledge


def _remarked(pledge_id: str, action: str, remark: str) -> dict[str, str]:
    """Return why a step was taken and by which document, as its event holds it."""
    words = read_form(RemarkForm, {"remark": remark}, pledge_id).remark
    if action in REASONED and not words:
        raise RegistryError(where=pledge_id, problem=NO_REASON)
    return {"remark": words} if words else {}


def _findings(
    registry: Registry, session: Session, pledge_id: str, today: date
) -> Sequence[Finding]:
    mine = claims_with_facts(session, pledge_id)
    known = with_facts(session, candidates(session, mine))
    found = registry.find_conflicts(mine, known, today)
    gone = (*taken_tonnes(session, mine), *sold_tonnes(session, mine))
    return once_a_pledge([*gone, *unplaced_tonnes(session, mine), *found])


def _record(finding: Finding) -> dict[str, Any]:
    other = finding.other.claim_id if finding.other else None
    return {
        "check": finding.check, "level": finding.level, "claim": finding.claim.claim_id,
        "other": other, "what": {"zh": finding.what.zh, "en": finding.what.en},
    }  # fmt: skip


def _known_right(code: str) -> None:
    known = bundled_rules().rights
    if code not in known:
        raise UnknownNameError(
            where="right_code", name=code, kind=Text("权利", "right"), hint=suggestion(code, known)
        )


def _parcels(session: Session, pledge: Pledge, names: Sequence[str]) -> list[PledgeParcel]:
    """Return the parcels of a pledge, each in its newest version."""
    found = []
    for name in sorted(set(names)):
        one(session, Parcel, name)
        of_parcel = ParcelVersion.parcel_id == name
        version = session.scalar(select(func.max(ParcelVersion.version)).where(of_parcel))
        found.append(PledgeParcel(pledge_id=pledge.pledge_id, parcel_id=name, version=version))
    return found


def _account(registry: Registry, session: Session, loan: Loan, account: str | None) -> bytes | None:
    """Return the specified account sealed under the borrower's key."""
    if account is None:
        return None
    if loan.borrower is None:
        raise RegistryError(where=loan.loan_id, problem=NO_BORROWER)
    sealer = needed(registry.sealer, loan.loan_id)
    return sealer.seal(key_in(session, loan.borrower), "account", account)


def _securing(session: Session, loan: Loan) -> list[Pledge]:
    wanted = select(Pledge).where(Pledge.loan_id == loan.loan_id, Pledge.state.not_in(OVER))
    return list(session.scalars(wanted))


def _number_is_new(session: Session, pledge_id: str, number: str) -> None:
    holder = session.scalar(select(Pledge.pledge_id).where(Pledge.registration_number == number))
    if holder is None:
        return
    problem = Text(
        f"登记编号“{number}”已属于 {holder}。",
        f"the registration number {number!r} is that of {holder}.",
    )
    raise AgainstRecord(where=pledge_id, problem=problem)


def _refuse_ended(pledge_id: str, ends: date | None, today: date) -> None:
    if ends is not None and ends < today:
        problem = Text(
            f"登记已于 {ends} 到期（今天是 {today}）。",
            f"the registration ended on {ends}, before today ({today}).",
        )
        raise RegistryError(where=pledge_id, problem=problem)


def _another_than(session: Session, user: User, pledge_id: str, *kinds: str) -> None:
    """Refuse a user who did one of these acts on the pledge."""
    wanted = select(Event.actor).where(Event.subject == pledge_id, Event.kind.in_(kinds))
    for actor in session.scalars(wanted):
        refuse_same_person(user, actor, pledge_id)


def _noted(session: Session, pledge_id: str, kind: str, name: object) -> Event | None:
    wanted = select(Event).where(Event.subject == pledge_id, Event.kind == "note")
    for entry in session.scalars(wanted.order_by(Event.seq)):
        facts = json.loads(entry.data)["facts"]
        if facts["kind"] == kind and "again" not in facts and facts.get("id") == name:
            session.expunge(entry)
            return entry
    return None


NOTHING_LEFT = Text(
    "部分释放后没有剩余的质押。全部还清后再整体解押。",
    "nothing would be left pledged. Release the whole pledge once it is repaid.",
)
STILL_OWED = Text(
    "所担保的贷款已放款、尚未还清，不能整体解押。",
    "the loan that it secures is drawn and not repaid; the whole pledge cannot be released.",
)
NO_REASON = Text(
    "须写明理由或依据的文件（备注）。",
    "say why, or by which document (remark).",
)
NO_BORROWER = Text(
    "贷款没有登记借款人，账户无法封存。先登记当事人。",
    "the loan names no borrower under whose key the account could be sealed. Record one first.",
)
