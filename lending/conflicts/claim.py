"""What is compared, and what is found: a claim on tonnes of one parcel, and a finding."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from shapely.geometry.base import BaseGeometry

from data_catalog.errors import GepError
from data_catalog.text import Text
from data_catalog.units import conversion

__all__ = ["Claim", "ClaimError", "Fact", "Finding", "Level", "Party", "Serials", "number_key"]

Level: TypeAlias = Literal["BLOCK", "FLAG", "INFO"]
Fact: TypeAlias = bool | date | Decimal | str | tuple[str, ...]
"""What a party declares from its documents; which there are is in lending/claim_facts.csv."""


class ClaimError(GepError):
    """A claim cannot be compared as it is given."""

    template = Text("{where}：{problem}", "{where}: {problem}")


class Serials(NamedTuple):
    """A range of serial numbers of one batch, both ends included."""

    batch: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One right on one parcel for one interval of years.

    Parameters
    ----------
    claim_id : str
        Tells the claim from all others; a claim with the id of a known one is that one again.
    geometry : polygon or multipolygon
        In `crs`, east before north; None for a right that is not of the ground (serials alone).
    crs : str
        As pyproj reads it, such as EPSG:4490.
    right : str
        Code of lending/rights.csv.
    vintage_from, vintage_to : date or None
        The half-open interval [from, to). None leaves an end open, which check V1 refuses.
    serials : tuple of Serials
        Ranges of issued units; empty before issue.
    tonnes : Decimal or None
        t_CO2e claimed in the whole interval.
    programme, project : str
        Under which the tonnes are or will be issued; empty where there is none.
    instrument : str
        Number of the permit, policy or account, for rights that meet by it.
    holder : str
        Who gives the right as security.
    creditor : str
        Who takes it.
    registered_at : aware datetime or None
        When it was registered; decides priority.
    registration_number : str
        Decides between two of the same second.
    state : str
        Of lending/claim_states.csv: a state of a pledge, or what else lies on the tonnes
        (registered project, sale, retirement ...).
    family : str
        Claims of one family secure the same debt and never bar each other; empty is none.
    facts : mapping of str to Fact
        Declared from documents, by the names of lending/claim_facts.csv.
    """

    claim_id: str
    parcel_id: str
    geometry: BaseGeometry | None
    crs: str
    right: str
    vintage_from: date | None
    vintage_to: date | None
    serials: tuple[Serials, ...] = ()
    tonnes: Decimal | None = None
    programme: str = ""
    project: str = ""
    instrument: str = ""
    holder: str = ""
    creditor: str = ""
    registered_at: datetime | None = None
    registration_number: str = ""
    state: str = "reserved"
    family: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


def number_key(number: str) -> str:
    """Return what counts of a number: the same permit is written in many ways.

    Examples
    --------
    >>> number_key("取水〔2021〕第 7 号") == number_key("取水(２０２１)第7号")
    True
    """
    plain = unicodedata.normalize("NFKC", number).casefold()
    return "".join(character for character in plain if character.isalnum())


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """One side of a finding."""

    claim_id: str
    parcel_id: str
    holder: str
    creditor: str
    right: str
    state: str
    registered_at: datetime | None
    registration_number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a check says of a claim, alone or beside another.

    Parameters
    ----------
    check : str
        Id of lending/checks.csv.
    level : Level
        BLOCK must not be registered, FLAG needs a person's decision, INFO is for the record.
    claim, other : Party
        The claim that was asked about, and the one that it meets; None for a finding on one claim.
    area_m2 : float or None
        Ground in common, m2 in an equal-area projection.
    vintage_from, vintage_to : date or None
        Years in common, half-open.
    years : float or None
        The same in years of 365.25 days.
    tonnes : Decimal or None
        t_CO2e that both may count, at most: the smaller of the two shares by area and time.
    first : str
        Claim id of the one with priority; empty where it cannot be told.
    missing : tuple of str
        Facts without which the check could not be made. Such a finding is not a pass.
    what : Text
        What was found, with its values.
    rule : Text
        The rule in words.
    source : str
        Key of the references, and the place in it.
    """

    check: str
    level: Level
    claim: Party
    other: Party | None = None
    area_m2: float | None = None
    vintage_from: date | None = None
    vintage_to: date | None = None
    years: float | None = None
    tonnes: Decimal | None = None
    first: str = ""
    missing: tuple[str, ...] = ()
    what: Text
    rule: Text
    source: str

    @property
    def area_mu(self) -> float | None:
        """Return the common ground in mu."""
        return None if self.area_m2 is None else self.area_m2 * conversion("m2", "mu_land")[0]


def party(claim: Claim) -> Party:
    """Return a claim as a side of a finding."""
    return Party(
        claim_id=claim.claim_id,
        parcel_id=claim.parcel_id,
        holder=claim.holder,
        creditor=claim.creditor,
        right=claim.right,
        state=claim.state,
        registered_at=claim.registered_at,
        registration_number=claim.registration_number,
    )
