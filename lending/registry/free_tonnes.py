"""Whether the tonnes that a pledge asks for are free at this moment, batch by batch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from data_catalog.text import Text
from lending.conflicts import Claim, Finding, bundled_rules
from lending.conflicts.claim import party
from lending.registry.finding import one
from lending.registry.lots import Range, free_in, free_serials, lots_of
from lending.registry.tables import Batch

__all__ = ["TonnesNow", "taken_tonnes", "tonnes_now"]

SERIALS, ISSUED, LOWER_BOUND = "S1", "S3", "S4"


@dataclass(frozen=True, kw_only=True)
class TonnesNow:
    """What a pledge asks of a batch or holds of it, and what is free beside that, in t_CO2e."""

    batch_id: str
    issued: bool
    held: bool
    """Pledged here already."""
    tonnes: Decimal
    free: Decimal
    serials: tuple[Range, ...] = ()
    serials_taken: tuple[Range, ...] = ()
    """Those of the serials asked for that are not free."""

    @property
    def enough(self) -> bool:
        """Return whether registering now would get them."""
        return self.held or (self.tonnes <= self.free and not self.serials_taken)


def tonnes_now(session: Session, pledge_id: str) -> list[TonnesNow]:
    """Return, for each batch of a pledge, what it asks for or holds; empty if it names none."""
    found = []
    for state in ("reserved", "pledged"):
        lots = lots_of(session, pledge_id, state)
        for batch_id in dict.fromkeys(lot.batch_id for lot in lots):
            batch, mine = one(session, Batch, batch_id), [x for x in lots if x.batch_id == batch_id]
            ranges = tuple(
                (x.serial_from, x.serial_to) for x in mine if x.serial_from and x.serial_to
            )
            gaps = free_serials(session, batch)
            found.append(TonnesNow(
                batch_id=batch_id, issued=batch.kind == "issued", held=state == "pledged",
                tonnes=sum((lot.tonnes for lot in mine), Decimal(0)),
                free=free_in(session, batch), serials=ranges,
                serials_taken=() if state == "pledged" else tuple(
                    (first, last) for first, last in ranges
                    if not any(begin <= first and last <= end for begin, end in gaps)
                ),
            ))  # fmt: skip
    return found


def taken_tonnes(session: Session, claims: Sequence[Claim]) -> Iterator[Finding]:
    """Return where a pledge asks for tonnes or serials that are not free any more."""
    for asked in tonnes_now(session, claims[0].claim_id.split("/")[0]):
        if asked.enough:
            continue
        if asked.serials_taken:
            ranges = ", ".join(f"{first}–{last}" for first, last in asked.serials_taken)
            what = Text(
                f"批次 {asked.batch_id} 的序列号 {ranges} 不可用：已质押、出售、注销、进入缓冲，"
                "或不属于该批次。",
                f"serials {ranges} of batch {asked.batch_id} are not free: pledged, sold, retired, "
                "in the buffer, or not of this batch.",
            )
            yield _finding(claims[0], SERIALS, what, None)
        else:
            what = Text(
                f"批次 {asked.batch_id} 只剩 {asked.free} t_CO2e 可用，"
                f"需要 {asked.tonnes} t_CO2e。",
                f"{asked.free} t_CO2e of batch {asked.batch_id} are free, {asked.tonnes} t_CO2e "
                "are asked for.",
            )
            check = ISSUED if asked.issued else LOWER_BOUND
            yield _finding(claims[0], check, what, asked.tonnes - asked.free)


def _finding(claim: Claim, name: str, what: Text, tonnes: Decimal | None) -> Finding:
    check = bundled_rules().checks[name]
    return Finding(
        check=name, level=check.level, claim=party(claim), vintage_from=claim.vintage_from,
        vintage_to=claim.vintage_to, tonnes=tonnes, what=what, rule=check.rule,
        source=check.source,
    )  # fmt: skip
