"""What the service is given: the registry's forms as JSON can hold them, and its own."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pyproj.exceptions import ProjError
from shapely.geometry.base import BaseGeometry

from data_catalog.complaints import Refused
from data_catalog.text import Text
from lending.api.limits import limits
from lending.registry import forms
from lending.registry.claims import bounds_of
from lending.valuation.facts import Facts
from lending.valuation.result import Vintage

__all__ = [
    "AreaIn",
    "BatchIn",
    "CheckIn",
    "ClaimIn",
    "ConsentIn",
    "DeclarationIn",
    "IssueIn",
    "LoanIn",
    "NoteIn",
    "ParcelIn",
    "PledgeIn",
    "PolicyIn",
    "ProjectIn",
    "ReasonIn",
    "RegistrationIn",
    "ReleaseIn",
    "RemarkIn",
    "RightIn",
    "SetAsideIn",
    "SubjectIn",
    "ValuationIn",
]

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EAST, NORTH = 180, 90
"""Degrees that there are."""
GEOJSON = {
    "type": "object",
    "description": "GeoJSON: a valid Polygon or MultiPolygon, east before north.",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"enum": ["Polygon", "MultiPolygon"]},
        "coordinates": {"type": "array"},
    },
}


def _area(given: object) -> object:
    if not isinstance(given, dict) or given.get("type") not in forms.AREAS:
        raise Refused(
            Text(
                "应为 GeoJSON 的 Polygon 或 MultiPolygon。",
                "must be a Polygon or MultiPolygon in GeoJSON.",
            )
        )
    return given


def _day(given: object) -> object:
    """Refuse what pydantic would take for seconds since 1970."""
    if not isinstance(given, str) or not DAY.fullmatch(given):
        raise Refused(Text("应为文字，YYYY-MM-DD。", "must be text, YYYY-MM-DD."))
    return given


def _time(given: object) -> object:
    if given is not None and (not isinstance(given, str) or not DAY.match(given)):
        raise Refused(
            Text("应为文字，YYYY-MM-DDThh:mm:ssZ。", "must be text, YYYY-MM-DDThh:mm:ssZ.")
        )
    return given


def _on_earth(geometry: BaseGeometry, crs: str) -> None:
    try:
        west, south, east, north = bounds_of(geometry, crs)
    except ProjError as error:
        raise _not_on_earth() from error
    if not (-EAST <= west <= east <= EAST and -NORTH <= south <= north <= NORTH):
        raise _not_on_earth()


def _not_on_earth() -> Refused:
    return Refused(
        Text(
            "geometry 在该坐标系中不在地球上：坐标是否先东后北？",
            "geometry is not on the earth in this crs: are the axes east, north?",
        )
    )


AreaIn = Annotated[forms.Area, BeforeValidator(_area), WithJsonSchema(GEOJSON)]
Day = Annotated[date, BeforeValidator(_day)]
"""A date; never a number of seconds."""


class In(BaseModel):
    """A form of the service's own."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class SubjectIn(forms.SubjectForm):
    """A party; `personal` (name, identity number, telephone, ...) is sealed at once."""


class ParcelIn(forms.ParcelForm):
    """A parcel's boundary and title; the geometry is GeoJSON in `crs`."""

    geometry: AreaIn
    tenure_from: Day | None = None
    tenure_to: Day | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> "ParcelIn":
        _on_earth(self.geometry, self.crs)
        return self


class RightIn(forms.RightForm):
    """A right on a parcel, for the half-open years [valid_from, valid_to)."""

    valid_from: Day
    valid_to: Day


class ProjectIn(forms.ProjectForm):
    """A carbon project."""

    crediting_from: Day
    crediting_to: Day


class BatchIn(forms.BatchForm):
    """Tonnes (t_CO2e) of a vintage that are not issued yet: the lower bound, net."""

    vintage_from: Day
    vintage_to: Day


class IssueIn(forms.IssueForm):
    """Units issued for a batch, one a tonne, and how many of the last go to the buffer."""


class SetAsideIn(forms.Part):
    """Tonnes or serials that were sold, retired or moved to the buffer."""

    state: Literal["sold", "retired", "buffer"]
    purpose: forms.Note = ""


class LoanIn(forms.LoanForm):
    """A loan: `amount` in CNY, `rate` a fraction a year."""

    starts: Day
    ends: Day


class PolicyIn(forms.PolicyForm):
    """An insurance policy on what is pledged; `sum_insured` in CNY."""

    valid_from: Day
    valid_to: Day


class PledgeIn(forms.PledgeForm):
    """An application to pledge a right over parcels for the half-open years [from, to)."""

    vintage_from: Day
    vintage_to: Day


FactsIn = dict[forms.Word, bool | int | forms.Note | list[forms.Note]]


class DeclarationIn(In):
    """Facts from documents, by the names of `gep pledge check`; of each the newest counts."""

    facts: Annotated[FactsIn, Field(min_length=1)]
    document: forms.Note = ""
    """Which say so; needed where co-owners, the collective or the grantor agreed."""


class ConsentIn(In):
    """The later application, of any bank, that a registered pledge consents to."""

    to: forms.Id


class RegistrationIn(In):
    """Number and end of the statutory registration (中登网), or of the platform."""

    number: forms.Word
    ends: Day | None = None


class ReleaseIn(In):
    """What to release; without parts the whole pledge, which ends its registration."""

    parts: Annotated[tuple[forms.Part, ...], Field(min_length=1)] | None = None
    remark: forms.Note = ""


class RemarkIn(forms.RemarkForm):
    """Why a step is taken, or by which document; no personal fields, as events are kept."""


class ReasonIn(In):
    """Why, or by which document: this step needs it. No personal fields, as events are kept."""

    remark: forms.Note


class NoteIn(In):
    """A notice beside a pledge, kept once for each id."""

    id: forms.Id
    kind: forms.Id
    facts: Annotated[dict[forms.Word, Any], AfterValidator(forms.clean_words)] = {}


class SerialsIn(forms.Serials):
    """Serials of a batch, both ends in it."""

    batch: forms.Id


class ClaimIn(In):
    """A right on one parcel that somebody asks about; nothing is recorded.

    Without a geometry it is that of the registered parcel. `facts` are declared from documents, by
    the names of `gep pledge check`.
    """

    claim_id: forms.Id
    parcel_id: forms.Id
    geometry: AreaIn | None = None
    crs: forms.Crs = "EPSG:4490"
    right: forms.Id
    vintage_from: Day | None = None
    vintage_to: Day | None = None
    serials: Annotated[tuple[SerialsIn, ...], Field(max_length=forms.MOST_PARTS)] = ()
    tonnes: forms.Tonnes | None = None
    programme: forms.Note = ""
    project: forms.Note = ""
    instrument: forms.Note = ""
    holder: forms.Note = ""
    creditor: forms.Note = ""
    registered_at: Annotated[AwareDatetime | None, BeforeValidator(_time)] = None
    registration_number: forms.Note = ""
    state: forms.Id = "reserved"
    family: forms.Note = ""
    facts: FactsIn = {}

    @model_validator(mode="after")
    def _somewhere(self) -> "ClaimIn":
        if self.geometry is not None:
            _on_earth(self.geometry, self.crs)
        return self


class CheckIn(In):
    """Claims to be checked against the register and among each other."""

    claims: Annotated[tuple[ClaimIn, ...], Field(min_length=1, max_length=limits().claims_most)]


class ValuationIn(In):
    """What is to be valued: facts, vintages, and the name of a policy that the service has."""

    valuation_id: forms.Id
    pledge_id: forms.Id | None = None
    supersedes: forms.Id | None = None
    policy: forms.Id
    facts: Facts
    vintages: Annotated[tuple[Vintage, ...], Field(max_length=forms.MOST_PARTS)] = ()

    @model_validator(mode="after")
    def _within_reach(self) -> "ValuationIn":
        """Refuse times without end: a network request is to be answered soon."""
        start, longest = self.facts.base_date, limits().years_most
        ends = self.facts.ends
        for when in (ends.crediting, ends.tenure, ends.programme):
            years = _years(start, when) if isinstance(when, date) else when
            if abs(years) > longest:
                raise _too_far(longest, "facts.ends")
        for row in self.vintages:
            if max(abs(_years(start, day)) for day in (row.vintage_from, row.vintage_to)) > longest:
                raise _too_far(longest, "vintages")
        draws = self.facts.simulation.draws if self.facts.simulation else 0
        if draws > limits().draws_most:
            most = limits().draws_most
            raise Refused(
                Text(
                    f"facts.simulation.draws 超过 {most}。",
                    f"facts.simulation.draws is above {most}.",
                )
            )
        return self


def _too_far(years: float, where: str) -> Refused:
    return Refused(
        Text(f"{where} 超出 {years:g} 年。", f"{where} reaches further than {years:g} years.")
    )


def _years(start: date, day: date) -> float:
    return (day - start).days / DAYS


DAYS = 365
"""Of a year, roughly: only to refuse what is far out of reach."""
