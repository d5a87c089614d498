"""What an application for a pledge must agree with in the record, and what it is registered on."""

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.conflicts import bundled_rules
from lending.conflicts.claim import number_key
from lending.registry.errors import AgainstRecord, RegistryError
from lending.registry.finding import one
from lending.registry.forms import PledgeForm
from lending.registry.states import OVER
from lending.registry.tables import Loan, ParcelVersion, Pledge, PledgeParcel, Right

__all__ = ["refuse_outdated", "refuse_repaid", "refuse_unfit"]


def refuse_unfit(session: Session, form: PledgeForm, loan: Loan) -> None:
    """Refuse an application that goes against what is recorded.

    Raises
    ------
    AgainstRecord
        If the loan is repaid or has such a pledge already, or the family is no loan of the same
        lender to the same borrower; if the right is another one, on other land or in other years,
        or is a standing one and not pledged for the whole term of the loan.
    RegistryError
        If the right meets others by the number of a permit or policy, and none is given.
    """
    _refuse_unnumbered(form)
    refuse_repaid(loan)
    _refuse_part_of_term(form, loan)
    if form.family and form.family != loan.loan_id:
        _refuse_family(session, form.family, loan)
    if form.right_id:
        _refuse_right(one(session, Right, form.right_id), form)
    _refuse_second(session, form)


def refuse_repaid(loan: Loan) -> None:
    """Refuse what only a loan that is not repaid can have.

    Raises
    ------
    AgainstRecord
        If it is repaid.
    """
    if loan.repaid_at:
        raise AgainstRecord(where=loan.loan_id, problem=REPAID)


def refuse_outdated(session: Session, pledge_id: str) -> None:
    """Refuse to register what was measured, or held, in another way when it was applied for.

    The contracts are of the version that was pledged, so a newer one needs an application of its
    own.

    Raises
    ------
    AgainstRecord
        Names the first such parcel, both versions and what to do.
    """
    last = func.max(ParcelVersion.version)
    found = session.execute(
        select(PledgeParcel.parcel_id, PledgeParcel.version, last)
        .join(ParcelVersion, ParcelVersion.parcel_id == PledgeParcel.parcel_id)
        .where(PledgeParcel.pledge_id == pledge_id)
        .group_by(PledgeParcel.parcel_id, PledgeParcel.version)
        .having(last > PledgeParcel.version)
        .order_by(PledgeParcel.parcel_id)
    ).first()
    if found:
        parcel, pledged, now = found
        raise AgainstRecord(where=pledge_id, problem=Text(
            f"宗地 {parcel} 以第 {pledged} 版申请质押，现已登记第 {now} 版（边界或权属有变）。"
            "请撤回本申请，按新版重新申请。",
            f"parcel {parcel} was applied for in version {pledged}, and version {now} of its "
            "boundary or title is recorded since. Withdraw this application and apply again.",
        ))  # fmt: skip


def _refuse_part_of_term(form: PledgeForm, loan: Loan) -> None:
    """Land and trees are there in every year: their years are no shares to be pledged apart."""
    if not bundled_rules().rights[form.right_code].standing:
        return
    if form.vintage_from <= loan.starts and loan.ends <= form.vintage_to:
        return
    title = bundled_rules().rights[form.right_code].title
    raise AgainstRecord(where=loan.loan_id, problem=Text(
        f"{form.right_code}（{title.zh}）不能按年份分割：质押区间须覆盖整个贷款期限 "
        f"[{loan.starts}, {loan.ends})，所申请的是 [{form.vintage_from}, {form.vintage_to})。",
        f"{form.right_code} ({title.en}) is not divided by years: its pledge must cover the whole "
        f"term of the loan, [{loan.starts}, {loan.ends}); the application is for "
        f"[{form.vintage_from}, {form.vintage_to}).",
    ))  # fmt: skip


def _refuse_unnumbered(form: PledgeForm) -> None:
    """Without the number nobody can tell whether the permit or policy is pledged already."""
    given = number_key(form.instrument or "")
    if given or not bundled_rules().by_instrument(form.right_code):
        return
    title = bundled_rules().rights[form.right_code].title
    raise RegistryError(where=form.loan_id, problem=Text(
        f"{form.right_code}（{title.zh}）须写明许可证或保险单的编号（instrument）。",
        f"{form.right_code} ({title.en}) is pledged by the number of its permit or policy: give it "
        "(instrument).",
    ))  # fmt: skip


def _refuse_family(session: Session, family: str, loan: Loan) -> None:
    """Pledges of one family do not bar each other, so only the same two parties may share one."""
    first = session.get(Loan, family)
    if first and loan.borrower and (first.lender, first.borrower) == (loan.lender, loan.borrower):
        return
    raise AgainstRecord(where=loan.loan_id, problem=Text(
        f"family“{family}”不是 {loan.lender} 向同一借款人发放的贷款。",
        f"family {family!r} is no loan of {loan.lender} to the same borrower.",
    ))  # fmt: skip


def _refuse_right(right: Right, form: PledgeForm) -> None:
    if (
        right.code == form.right_code
        and right.parcel_id in form.parcels
        and right.valid_from <= form.vintage_from
        and form.vintage_to <= right.valid_to
    ):
        return
    raise AgainstRecord(where=right.right_id, problem=Text(
        f"该权利为 {right.code}，宗地 {right.parcel_id}，"
        f"[{right.valid_from}, {right.valid_to})，与所申请的不符。",
        f"this right is {right.code} on parcel {right.parcel_id} for "
        f"[{right.valid_from}, {right.valid_to}); the application is for another one.",
    ))  # fmt: skip


def _refuse_second(session: Session, form: PledgeForm) -> None:
    """Within a loan nothing conflicts, so the same thing must not secure it twice."""
    numbered = bundled_rules().by_instrument(form.right_code)
    same = true() if numbered else PledgeParcel.parcel_id.in_(form.parcels)
    rows = session.execute(
        select(Pledge.pledge_id, PledgeParcel.parcel_id, Pledge.instrument)
        .join(PledgeParcel, PledgeParcel.pledge_id == Pledge.pledge_id)
        .where(
            Pledge.loan_id == form.loan_id, Pledge.right_code == form.right_code,
            Pledge.state.not_in(OVER), same,
            Pledge.vintage_from < form.vintage_to, Pledge.vintage_to > form.vintage_from,
        )
        .order_by(Pledge.pledge_id, PledgeParcel.parcel_id)
    )  # fmt: skip
    asked = number_key(form.instrument or "")
    for pledge, parcel, number in rows:
        if numbered and number_key(number) != asked:
            continue
        raise AgainstRecord(where=form.loan_id, problem=Text(
            f"质押 {pledge} 已以宗地 {parcel} 的同一权利、相交的年份担保该贷款。",
            f"pledge {pledge} secures it with the same right over parcel {parcel} in years that "
            "meet these.",
        ))  # fmt: skip


REPAID = Text(
    "该贷款已还清，不能再质押或放款。", "the loan is repaid; it is not secured or drawn again."
)
