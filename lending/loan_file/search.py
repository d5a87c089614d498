"""What a search for double pledges found, as a document keeps it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lending.conflicts.claim import Finding
from lending.valuation.result import Words

__all__ = ["Found", "Search", "search_of"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(_Record):
    """One finding: both sides, ground, years and tonnes in common, and the rule."""

    check: str
    level: Literal["BLOCK", "FLAG", "INFO"]
    parcel_id: str
    claim_id: str
    other_claim_id: str = ""
    other_parcel_id: str = ""
    other_creditor: str = ""
    area_m2: Decimal | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    tonnes: Decimal | None = None
    missing: tuple[str, ...] = ()
    """Facts without which the check could not be made."""
    what: Words
    rule: Words
    source: str


class Search(_Record):
    """A search: in which register, when, and what came of it."""

    registry: str
    """Name of the register or file."""
    on: date
    compared_with: int
    """Claims that were looked at."""
    findings: tuple[Found, ...] = ()

    @property
    def met(self) -> tuple[Found, ...]:
        """Return what speaks against the pledge, the worst first."""
        return tuple(one for one in self.findings if not one.missing)

    @property
    def not_looked_at(self) -> tuple[Found, ...]:
        """Return the checks that could not be made for want of facts: they have not passed."""
        return tuple(one for one in self.findings if one.missing)

    def worst(self) -> str:
        """Return BLOCK, FLAG, INFO, or nothing where nothing was met."""
        levels = {one.level for one in self.met}
        return next((level for level in ("BLOCK", "FLAG", "INFO") if level in levels), "")


def search_of(findings: Iterable[Finding], registry: str, on: date, compared_with: int) -> Search:
    """Return findings as a record."""
    return Search(
        registry=registry, on=on, compared_with=compared_with,
        findings=tuple(
            Found(
                check=one.check, level=one.level, parcel_id=one.claim.parcel_id,
                claim_id=one.claim.claim_id,
                other_claim_id=one.other.claim_id if one.other else "",
                other_parcel_id=one.other.parcel_id if one.other else "",
                other_creditor=one.other.creditor if one.other else "",
                area_m2=None if one.area_m2 is None else Decimal(str(round(one.area_m2, 1))),
                vintage_from=one.vintage_from, vintage_to=one.vintage_to, tonnes=one.tonnes,
                missing=one.missing, what=Words.of(one.what), rule=Words.of(one.rule),
                source=one.source,
            )
            for one in findings
        ),
    )  # fmt: skip
