"""Early warnings that the registry itself tells: ends of terms, lapses, delays, registrations."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.registry import Registry, active_states, lots_of, pledges
from lending.registry.tables import Batch, Loan, ParcelVersion, Pledge, PledgeParcel, Policy
from lending.valuation.timing import months_later
from lending.watch.pledges import Pledged
from lending.watch.warning import Signal

__all__ = ["recorded_signals"]

DAY = timedelta(days=1)


def recorded_signals(registry: Registry, watched: tuple[Pledged, ...], on: date) -> list[Signal]:
    """Return what the registry says of pledges that their policies warn of."""
    of_name = {one.pledge_id: one for one in watched}
    found: list[Signal] = []
    with registry.reading() as session:
        for pledge in pledges(session):
            if pledge.pledge_id in of_name:
                warnings = of_name[pledge.pledge_id].valuation.inputs.policy.warnings
                loan = session.get_one(Loan, pledge.loan_id)
                found += _ends(pledge, loan, warnings.alert_days, on)
                found += _tenure(session, pledge, loan)
                found += _insurance(session, pledge, on)
                found += _overdue(session, pledge, warnings.overdue_months, on)
                found += _registrations(session, pledge)
    return found


def _ends(pledge: Pledge, loan: Loan, alert_days: tuple[int, ...], on: date) -> Iterator[Signal]:
    """Yield the nearest of the days before maturity and the registration's end, or that it is past.

    An end that is past is told however long ago it was, so also by the first watch after it.
    """
    for rule, end in (("maturity", loan.ends), ("registration_ends", pledge.registration_ends)):
        if end is None:
            continue
        if end < on:
            yield Signal(
                pledge_id=pledge.pledge_id, rule=rule, day=end, event=f"{end} past",
                what=Text(f"已于 {end} 到期。", f"{end}, past."),
            )  # fmt: skip
            continue
        passed = [days for days in alert_days if end - days * DAY <= on]
        if passed:
            days = min(passed)
            yield Signal(
                pledge_id=pledge.pledge_id, rule=rule, day=end - days * DAY, event=f"{end} {days}",
                what=Text(f"{end}，不足 {days} 天。", f"{end}, within {days} days."),
            )  # fmt: skip


def _tenure(session: Session, pledge: Pledge, loan: Loan) -> Iterator[Signal]:
    wanted = (
        select(ParcelVersion.parcel_id, ParcelVersion.tenure_to)
        .join(PledgeParcel)
        .where(PledgeParcel.pledge_id == pledge.pledge_id, ParcelVersion.tenure_to < loan.ends)
    )
    for parcel, end in session.execute(wanted.order_by(ParcelVersion.parcel_id)):
        yield Signal(
            pledge_id=pledge.pledge_id, rule="tenure_ends", day=loan.starts,
            event=f"{parcel} {end}",
            what=Text(f"宗地 {parcel} 权属 {end} 到期，贷款 {loan.ends} 到期。",
                      f"tenure of {parcel} ends {end}, the loan {loan.ends}."),
        )  # fmt: skip


def _insurance(session: Session, pledge: Pledge, on: date) -> Iterator[Signal]:
    """Yield the lapse of the last policy; a pledge that never had one lapsed nothing."""
    ends = session.scalars(select(Policy.valid_to).where(Policy.pledge_id == pledge.pledge_id))
    last = max(ends, default=None)
    if last is not None and last <= on:
        yield Signal(
            pledge_id=pledge.pledge_id, rule="insurance_lapsed", day=last, event=str(last),
            what=Text(f"最后一份保险 {last} 到期。", f"the last policy ended {last}."),
        )  # fmt: skip


def _overdue(
    session: Session, pledge: Pledge, months: tuple[int, ...], on: date
) -> Iterator[Signal]:
    """Yield of each batch pledged the greatest delay it has passed since its vintage ended."""
    names = {lot.batch_id for lot in lots_of(session, pledge.pledge_id, "pledged")}
    wanted = select(Batch).where(Batch.batch_id.in_(names), Batch.kind != "issued")
    for batch in session.scalars(wanted.order_by(Batch.batch_id)):
        rule = "verification_overdue" if batch.kind == "ex_ante" else "issuance_overdue"
        passed = [m for m in months if months_later(batch.vintage_to, m) <= on]
        if passed:
            most = max(passed)
            yield Signal(
                pledge_id=pledge.pledge_id, rule=rule, day=months_later(batch.vintage_to, most),
                event=f"{batch.batch_id} {most}",
                what=Text(
                    f"批次 {batch.batch_id} 的年份 {batch.vintage_to} 结束，已逾 {most} 个月。",
                    f"the vintage of {batch.batch_id} ended {batch.vintage_to}, more than {most} "
                    "months ago.",
                ),
            )  # fmt: skip


def _registrations(session: Session, pledge: Pledge) -> Iterator[Signal]:
    """Yield later registrations of others on the same parcels, or of the same holders."""
    mine = session.scalars(
        select(ParcelVersion).join(PledgeParcel).where(PledgeParcel.pledge_id == pledge.pledge_id)
    ).all()
    parcels, holders = {one.parcel_id for one in mine}, {one.holder for one in mine if one.holder}
    wanted = (
        select(Pledge)
        .join(PledgeParcel)
        .join(ParcelVersion)
        .where(
            or_(PledgeParcel.parcel_id.in_(parcels), ParcelVersion.holder.in_(holders)),
            Pledge.pledge_id != pledge.pledge_id, Pledge.family != pledge.family,
            Pledge.state.in_(active_states()), Pledge.registered_at > pledge.registered_at,
        )
        .distinct()
        .order_by(Pledge.pledge_id)
    )  # fmt: skip
    for other in session.scalars(wanted):
        if other.registered_at is not None:
            day, bank = other.registered_at.date(), other.organisation
            yield Signal(
                pledge_id=pledge.pledge_id, rule="new_registration", day=day, event=other.pledge_id,
                what=Text(f"{other.pledge_id}（{bank}），{day} 登记。",
                          f"{other.pledge_id} ({bank}), registered {day}."),
            )  # fmt: skip
