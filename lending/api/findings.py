"""Findings of the search for conflicts, as the service answers with them."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from data_catalog.text import Text
from lending.conflicts import Finding, Party

__all__ = ["FindingView", "PartyView", "Words", "finding_view"]


class Words(BaseModel):
    """A text in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> "Words":
        """Return a text for an answer."""
        return cls(zh=text.zh, en=text.en)


class PartyView(BaseModel):
    """One side of a finding."""

    claim_id: str
    parcel_id: str = ""
    holder: str = ""
    creditor: str = ""
    right: str = ""
    state: str = ""
    registered_at: datetime | None = None
    registration_number: str = ""


class FindingView(BaseModel):
    """What a check says of a claim, alone or beside another.

    BLOCK must not be registered, FLAG needs a person's decision, INFO is for the record. `first`
    is the claim with priority. `missing` names facts without which the check could not be made.
    """

    check: str
    level: str
    claim: PartyView
    other: PartyView | None = None
    area_m2: float | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    years: float | None = None
    tonnes: Decimal | None = None
    first: str = ""
    missing: list[str] = []
    what: Words
    rule: Words
    source: str


def finding_view(found: Finding) -> FindingView:
    """Return a finding for an answer."""
    return FindingView(
        check=found.check, level=found.level, claim=_party(found.claim),
        other=_party(found.other) if found.other else None, area_m2=found.area_m2,
        vintage_from=found.vintage_from, vintage_to=found.vintage_to, years=found.years,
        tonnes=found.tonnes, first=found.first, missing=list(found.missing),
        what=Words.of(found.what), rule=Words.of(found.rule), source=found.source,
    )  # fmt: skip


def _party(side: Party) -> PartyView:
    return PartyView(
        claim_id=side.claim_id, parcel_id=side.parcel_id, holder=side.holder,
        creditor=side.creditor, right=side.right, state=side.state,
        registered_at=side.registered_at, registration_number=side.registration_number,
    )  # fmt: skip
