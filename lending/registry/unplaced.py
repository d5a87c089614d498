"""Tonnes of a batch that names no parcel, held against pledges of all tonnes of its project's.

Neither ground nor serials tell whether these are the same tonnes: a person has to.
"""

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Select, Subquery, select, union
from sqlalchemy.orm import Session, aliased

from data_catalog.text import Text
from lending.conflicts import Claim, Finding, bundled_rules
from lending.conflicts.claim import Party, party
from lending.registry.lots import HELD, TONNES, has_all_tonnes
from lending.registry.states import active_states, states
from lending.registry.tables import Batch, Lot, Pledge, PledgeParcel, Right

__all__ = ["unplaced_tonnes"]

ISSUED, LOWER_BOUND = "S3", "S4"
_named, _whole = aliased(Pledge), aliased(Pledge)
"""The pledge of tonnes of no parcel, and that of all tonnes of its parcels."""


def unplaced_tonnes(session: Session, claims: Sequence[Claim]) -> Iterator[Finding]:
    """Return where a pledge names tonnes of no parcel and another has all those of a parcel.

    Parameters
    ----------
    claims : sequence of Claim
        Of one pledge, which is the one or the other.
    """
    asked = claims[0].claim_id.split("/")[0]
    if claims[0].right not in TONNES:
        return
    own = {claim.parcel_id: claim for claim in claims}
    of_no_parcel = _batches().where(Lot.pledge_id == asked)
    projects = {batch.project_id for batch in session.scalars(of_no_parcel)}
    if projects:
        named = _pairs(_sites("project_id", projects))
        for batch, _, whole, parcel in session.execute(
            named.where(_named.pledge_id == asked, _whole.state.in_(active_states()))
        ):
            yield _finding(claims[0], batch, whole, parcel)
    whole_of = _pairs(_sites("parcel_id", own.keys()))
    for batch, named_by, _, parcel in session.execute(
        whole_of.where(_whole.pledge_id == asked, _named.state.in_(active_states()))
    ):
        yield _finding(own[parcel], batch, named_by, parcel)


def _batches() -> Select[Batch]:
    """Return a query of the batches of no parcel that lots are held of."""
    held = select(Batch).join(Lot, Lot.batch_id == Batch.batch_id)
    return held.where(Batch.parcel_id.is_(None), Lot.state.in_(HELD))


def _sites(column: str, names: Collection[str]) -> Subquery:
    """Return which parcels are in which projects: by their batches and carbon rights."""
    batches = select(Batch.project_id, Batch.parcel_id).where(Batch.parcel_id.is_not(None))
    rights = select(Right.project_id, Right.parcel_id).where(Right.code.in_(TONNES))
    return union(
        batches.where(getattr(Batch, column).in_(names)),
        rights.where(getattr(Right, column).in_(names)),
    ).subquery()


def _pairs(sites: Subquery) -> Select[Batch, Pledge, Pledge, str]:
    return (
        select(Batch, _named, _whole, PledgeParcel.parcel_id)
        .select_from(Batch)
        .join(Lot, Lot.batch_id == Batch.batch_id)
        .join(_named, _named.pledge_id == Lot.pledge_id)
        .join(sites, sites.c.project_id == Batch.project_id)
        .join(PledgeParcel, PledgeParcel.parcel_id == sites.c.parcel_id)
        .join(_whole, _whole.pledge_id == PledgeParcel.pledge_id)
        .where(
            Batch.parcel_id.is_(None), Lot.state.in_(HELD), _named.right_code.in_(TONNES),
            has_all_tonnes(_whole), _whole.family != _named.family,
            Batch.vintage_from < _whole.vintage_to, Batch.vintage_to > _whole.vintage_from,
        )
        .distinct()
        .order_by(Batch.batch_id, _named.pledge_id, _whole.pledge_id, PledgeParcel.parcel_id)
    )  # fmt: skip


def _finding(claim: Claim, batch: Batch, other: Pledge, parcel: str) -> Finding:
    check = bundled_rules().checks[ISSUED if batch.kind == "issued" else LOWER_BOUND]
    return Finding(
        check=check.id,
        level="FLAG",
        claim=party(claim),
        other=Party(
            claim_id=f"{other.pledge_id}/{parcel}",
            parcel_id=parcel,
            holder="",
            creditor=other.organisation,
            right=other.right_code,
            state=states()[other.state].claim,
            registered_at=other.registered_at,
            registration_number=other.registration_number or "",
        ),
        vintage_from=batch.vintage_from,
        vintage_to=batch.vintage_to,
        what=Text(
            f"批次 {batch.batch_id} 没有写明宗地，其项目 {batch.project_id} 含宗地 {parcel}，"
            f"该宗地的全部吨数与之分别质押（另见 {other.pledge_id}）。须核对是否为同一吨数。",
            f"batch {batch.batch_id} names no parcel; its project {batch.project_id} has parcel "
            f"{parcel}, all tonnes of which are pledged apart from it ({other.pledge_id}). Find "
            "out whether these are the same tonnes.",
        ),
        rule=check.rule,
        source=check.source,
    )
