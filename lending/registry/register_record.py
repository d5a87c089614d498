"""The record that the movable-property register (中登网) asks for, of pledges of this registry.

Fields as in lending/register_fields.csv. What nobody here knows stays empty. Names and numbers of
persons are sealed and stay so unless they are asked for, which is an event.
"""

from collections.abc import Mapping, Sequence

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from lending.conflicts import Claim, bundled_rules
from lending.conflicts.register_form import register_fields, register_record, to_the_second
from lending.registry.claims import COMMON_CRS, in_common_crs
from lending.registry.declaring import claims_with_facts
from lending.registry.finding import one
from lending.registry.opening import Registry
from lending.registry.own import refuse_unconcerned, seen
from lending.registry.records import unseal
from lending.registry.roles import permit
from lending.registry.sealing import key_in, needed
from lending.registry.tables import Event, Loan, Pledge, Subject, User

__all__ = ["register_records"]

FIRST, CANCELLED = "初始登记", "注销登记"
KINDS = {"person": "自然人", "company": "企业", "collective": "农村集体经济组织"}
NAMES, NUMBERS = ("name", "名称", "姓名"), ("id", "证件号", "统一社会信用代码")
"""Under which a party's personal fields may hold its name and its number."""


def register_records(
    registry: Registry, user: User, pledges: Sequence[str], *, personal: bool
) -> list[dict[str, str]]:
    """Return a record for each pledge, by field.

    Parameters
    ----------
    personal : bool
        Unseal the grantor's name and number, and the account: needs the sealing key, the role, and
        a pledge of the user's own bank that is approved.

    Raises
    ------
    UnknownNameError
        If there is no such pledge, or it is another bank's.
    NotAllowed, RegistryError
        If the fields are not the user's to read, or cannot be unsealed.
    """
    with registry.reading() as session:
        for name in pledges:
            seen(session, user, Pledge, name)
    if personal:
        permit(user, "read_personal")
    return [_record(registry, user, name, personal=personal) for name in pledges]


def _record(registry: Registry, user: User, name: str, *, personal: bool) -> dict[str, str]:
    with registry.reading() as session:
        pledge = one(session, Pledge, name)
        loan = one(session, Loan, pledge.loan_id)
        claims = claims_with_facts(session, name)
        holders = sorted({claim.holder for claim in claims if claim.holder})
        kinds = [KINDS[one(session, Subject, holder).kind] for holder in holders]
        known = register_record(claims[0], bundled_rules()) | _of_pledge(session, pledge, claims)
        known |= {
            "grantor_name": "; ".join(holders), "grantor_type": "; ".join(dict.fromkeys(kinds)),
            "principal_contract_no": loan.loan_id,
        }  # fmt: skip
        account, borrower = (pledge.account if personal else None), loan.borrower
        if account is not None and borrower is not None:
            refuse_unconcerned(session, user, borrower)
            sealer = needed(registry.sealer, name)
            known["account_no"] = sealer.unseal(key_in(session, borrower), "account", account)
    if personal:
        # the borrower's too where only the account is read: that it was read is an event
        read = sorted({*holders, *([borrower] if account is not None and borrower else [])})
        fields = {party: unseal(registry, user, party) for party in read}
        known["grantor_name"] = "; ".join(_first(fields[one], NAMES) for one in holders)
        known["grantor_id"] = "; ".join(_first(fields[one], NUMBERS) for one in holders)
    return {field.name: known.get(field.name, "") for field in register_fields()}


def _of_pledge(session: Session, pledge: Pledge, claims: Sequence[Claim]) -> dict[str, str]:
    """Return what is of the whole pledge, not of one of its parcels."""
    whole = shapely.union_all([in_common_crs(c.geometry, c.crs) for c in claims if c.geometry])
    state = CANCELLED if pledge.cancelled_at else FIRST
    return {
        "reg_type": state if pledge.registered_at else "",
        "secured_amount": f"{pledge.secured_amount:f}", "currency": "CNY",
        "parcel_ids": "; ".join(claim.parcel_id for claim in claims),
        "geometry_wkt": f"{COMMON_CRS};{shapely.to_wkt(whole, rounding_precision=-1)}",
        "tonnes": "" if pledge.tonnes is None else f"{pledge.tonnes:f}",
        "account_no": "",
        "term_from": pledge.registered_at.date().isoformat() if pledge.registered_at else "",
        "cancelled_at": to_the_second(pledge.cancelled_at) if pledge.cancelled_at else "",
        "amended_by": _amended(session, pledge),
        "description_text": _description(pledge, claims),
    }  # fmt: skip


def _amended(session: Session, pledge: Pledge) -> str:
    """Return the events by which parts were released: each amends the registration."""
    wanted = select(Event.seq).where(
        Event.subject == pledge.pledge_id, Event.kind == "release",
        Event.data.contains('"whole":false'),
    )  # fmt: skip
    return "; ".join(str(seq) for seq in session.scalars(wanted.order_by(Event.seq)))


def _description(pledge: Pledge, claims: Sequence[Claim]) -> str:
    """Return what makes the collateral one that can be identified: parcels, years, programme."""
    right = bundled_rules().rights[pledge.right_code].title.zh
    parcels = "、".join(claim.parcel_id for claim in claims)
    tonnes = "" if pledge.tonnes is None else f"；{pledge.tonnes:f} t_CO2e"
    named = (pledge.programme, claims[0].project, pledge.instrument)
    under = "；".join(part for part in named if part)
    years = f"{pledge.vintage_from} 至 {pledge.vintage_to}（不含）"
    return f"{right}；宗地 {parcels}；{years}{tonnes}" + (f"；{under}" if under else "")


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str:
    return next((fields[name] for name in names if name in fields), "")
