"""Tonnes that the registry knows to be sold or retired, held against a pledge that names none."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.conflicts import Claim, Finding, bundled_rules
from lending.conflicts.claim import Party, party
from lending.registry.lots import HELD, TONNES, lots_of
from lending.registry.tables import Batch, Lot

__all__ = ["sold_tonnes"]

GONE = {"sold": Text("已出售", "sold"), "retired": Text("已注销", "retired")}
SOLD_FORWARD, SOLD = "C3", "V3"
"""Checks: of tonnes that are not issued yet, and of units."""


def sold_tonnes(session: Session, claims: Sequence[Claim]) -> Iterator[Finding]:
    """Return what was sold or retired of the parcels and years of a pledge without own lots.

    A pledge of named lots takes only what is free of their batches; one of all tonnes cannot.
    """
    pledge_id = claims[0].claim_id.split("/")[0]
    if claims[0].right in TONNES and not lots_of(session, pledge_id, *HELD):
        for claim in claims:
            for lot, batch in session.execute(_gone(claim, pledge_id)):
                yield _finding(claim, lot, batch)


def _gone(claim: Claim, pledge_id: str) -> Select[Lot, Batch]:
    wanted = (
        select(Lot, Batch)
        .join(Batch, Batch.batch_id == Lot.batch_id)
        .where(Batch.parcel_id == claim.parcel_id, Lot.state.in_(GONE))
        .where(or_(Lot.pledge_id.is_(None), Lot.pledge_id != pledge_id))
        .order_by(Lot.lot_id)
    )
    if claim.vintage_from is not None:
        wanted = wanted.where(Batch.vintage_to > claim.vintage_from)
    if claim.vintage_to is not None:
        wanted = wanted.where(Batch.vintage_from < claim.vintage_to)
    return wanted


def _finding(claim: Claim, lot: Lot, batch: Batch) -> Finding:
    check = bundled_rules().checks[SOLD if batch.kind == "issued" else SOLD_FORWARD]
    title = GONE[lot.state]
    return Finding(
        check=check.id,
        level=check.level,
        claim=party(claim),
        other=Party(
            claim_id=f"{batch.batch_id}/{lot.lot_id}",
            parcel_id=claim.parcel_id,
            holder="",
            creditor="",
            right=claim.right,
            state=lot.state,
            registered_at=None,
            registration_number="",
        ),
        vintage_from=batch.vintage_from,
        vintage_to=batch.vintage_to,
        tonnes=lot.tonnes,
        what=Text(
            f"批次 {batch.batch_id}（宗地 {claim.parcel_id}，[{batch.vintage_from}, "
            f"{batch.vintage_to})）中 {lot.tonnes} t_CO2e {title.zh}，质押没有写明自己的吨数。"
            "请写明仍可用的吨数（parts）。",
            f"{lot.tonnes} t_CO2e of batch {batch.batch_id} (parcel {claim.parcel_id}, "
            f"[{batch.vintage_from}, {batch.vintage_to})) are {title.en}, and the pledge names no "
            "tonnes of its own. Name those that are free (parts).",
        ),
        rule=check.rule,
        source=check.source,
    )
