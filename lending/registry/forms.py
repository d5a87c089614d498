"""What is given to be recorded, checked before it touches the database.

Unknown fields, blank or endless text, control characters, open-ended years, tonnes with more
than three decimals and geometries that are no valid areas are refused.
"""

import json
import math
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar

import pyproj
import shapely
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from data_catalog.complaints import Refused, complaints
from data_catalog.errors import GepError, raise_all
from data_catalog.text import Text
from lending.conflicts.invalidity import invalidity
from lending.registry.errors import RegistryError

__all__ = [
    "BatchForm",
    "BatchIssueForm",
    "DocumentForm",
    "IssueForm",
    "LoanForm",
    "ParcelForm",
    "Part",
    "PledgeForm",
    "PolicyForm",
    "ProjectForm",
    "RegistrationForm",
    "RemarkForm",
    "RightForm",
    "SubjectForm",
    "ValuationForm",
    "read_form",
]

LONGEST = 200
LONGEST_NOTE = 4000
MOST_PARTS = 10_000
LARGEST = 2**53
"""The largest whole number that JSON, SQLite and PostgreSQL all hold exactly."""
BAD_CATEGORIES = {"Cc", "Cs", "Co", "Cn"}
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
"""Characters that turn the order of what is read, so that a text shows as another."""
INTERVALS = (
    ("vintage_from", "vintage_to"), ("valid_from", "valid_to"), ("starts", "ends"),
    ("crediting_from", "crediting_to"), ("tenure_from", "tenure_to"),
)  # fmt: skip
AREAS = ("Polygon", "MultiPolygon")


def _clean(words: str) -> str:
    """Return text in the form (NFC) in which equal texts are equal bytes."""
    if any(_bad(c) for c in words):
        raise Refused(
            Text("含有控制字符或无效字符。", "has control characters or characters that are none.")
        )
    return unicodedata.normalize("NFC", words).strip()


def clean_words(value: Any) -> Any:  # noqa: ANN401  (what JSON may hold)
    """Return what JSON may hold with every text in it clean, however deep."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, dict):
        return {_clean(name): clean_words(one) for name, one in value.items()}
    return [clean_words(one) for one in value] if isinstance(value, list) else value


def _bad(character: str) -> bool:
    if unicodedata.bidirectional(character) in TURNING:
        return True
    return unicodedata.category(character) in BAD_CATEGORIES and character not in "\n\t"


def _seen(name: str) -> str:
    """Refuse names that look like another one, or that an address cannot hold."""
    if name in {".", ".."} or any(unicodedata.category(c) == "Cf" for c in name):
        raise Refused(
            Text(
                "不能作名称：含有看不见的字符，或为“.”“..”。",
                "is no name: it has characters that are not seen, or is . or ...",
            )
        )
    return name


def _geometry(given: object) -> BaseGeometry:
    """Take a geometry, GeoJSON or WKT of valid areas."""
    try:
        found = _read_geometry(given)
    except (ShapelyError, ValueError, TypeError) as error:
        raise Refused(
            Text("不是图形（GeoJSON 或 WKT）。", "is no geometry (GeoJSON or WKT).")
        ) from error
    if found.geom_type not in AREAS or found.is_empty:
        kind = f"{'EMPTY ' * found.is_empty}{found.geom_type}"
        raise Refused(
            Text(
                f"是 {kind}，应为 Polygon 或 MultiPolygon。",
                f"is of kind {kind}; it must be a Polygon or MultiPolygon.",
            )
        )
    if not all(math.isfinite(bound) for bound in found.bounds):
        raise Refused(Text("有的坐标不是有限的数。", "has coordinates that are no finite numbers."))
    if not found.is_valid:
        why = invalidity(found)
        raise Refused(Text(f"图形无效：{why.zh}。", f"is not valid: {why.en}."))
    flat: BaseGeometry = shapely.force_2d(found)
    return flat


def _read_geometry(given: object) -> BaseGeometry:
    if isinstance(given, BaseGeometry):
        return given
    found: BaseGeometry
    if isinstance(given, dict):
        found = shapely.from_geojson(json.dumps(given, allow_nan=False))
        return found
    found = shapely.from_wkt(str(given))
    return found


def _crs(words: str) -> str:
    try:
        pyproj.CRS.from_user_input(words)
    except pyproj.exceptions.CRSError as error:
        raise Refused(
            Text(f"没有坐标系 {words}。", f"there is no coordinate system {words}.")
        ) from error
    return words


Word = Annotated[str, AfterValidator(_clean), Field(min_length=1, max_length=LONGEST)]
Id = Annotated[
    str, Field(pattern=r"^[^\s/?#%\\]{1,100}$"), AfterValidator(_clean), AfterValidator(_seen)
]
Note = Annotated[str, AfterValidator(_clean), Field(max_length=LONGEST_NOTE)]
Tonnes = Annotated[Decimal, Field(ge=0, le=Decimal(10) ** 12, decimal_places=3)]
Money = Annotated[Decimal, Field(gt=0, le=Decimal(10) ** 13, decimal_places=2)]
Whole = Annotated[int, Field(ge=1, le=LARGEST)]
Area = Annotated[BaseGeometry, BeforeValidator(_geometry)]
Crs = Annotated[Word, AfterValidator(_crs)]


class Form(BaseModel):
    """A form: unknown fields are errors, and nothing changes after it is checked."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="after")
    def _intervals(self) -> Self:
        """Refuse a half-open interval [from, to) that is empty."""
        for first, last in INTERVALS:
            begin, end = getattr(self, first, None), getattr(self, last, None)
            if begin is not None and end is not None and begin >= end:
                raise Refused(
                    Text(
                        f"{first} {begin} 须早于 {last} {end}。",
                        f"{first} {begin} must be before {last} {end}.",
                    )
                )
        return self


class SubjectForm(Form):
    """A party; `personal` (name, identity number, telephone, ...) is sealed."""

    subject_id: Id
    kind: Literal["person", "company", "collective"]
    personal: dict[Word, Word] = {}


class ParcelForm(Form):
    """A parcel's boundary and title."""

    parcel_id: Id
    region: Word
    geometry: Area
    crs: Crs = "EPSG:4490"
    certificate: Word
    certificate_area_ha: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    tenure_from: date | None = None
    tenure_to: date | None = None
    holder: Id | None = None


class RightForm(Form):
    """A right on a parcel."""

    right_id: Id
    code: Id
    parcel_id: Id
    project_id: Id | None = None
    holder: Id | None = None
    valid_from: date
    valid_to: date
    certificate: Note = ""


class ProjectForm(Form):
    """A carbon project."""

    project_id: Id
    programme: Word
    methodology: Word
    crediting_from: date
    crediting_to: date
    status: Word = "registered"


class BatchForm(Form):
    """Tonnes of a vintage that are not issued yet: the lower bound, net."""

    batch_id: Id
    project_id: Id
    parcel_id: Id | None = None
    kind: Literal["ex_ante", "monitored"] = "ex_ante"
    vintage_from: date
    vintage_to: date
    tonnes: Tonnes
    estimated: Tonnes | None = None


class Serials(Form):
    """A range of serials, both ends in it."""

    serial_from: Whole
    serial_to: Whole

    @model_validator(mode="after")
    def _in_order(self) -> "Serials":
        if self.serial_from > self.serial_to:
            raise Refused(Text("serial_from 大于 serial_to。", "serial_from is behind serial_to."))
        return self


class IssueForm(Serials):
    """Units issued for a batch, one a tonne, and how many of the last go to the buffer."""

    buffer: Annotated[int, Field(ge=0, le=LARGEST)] = 0


class BatchIssueForm(IssueForm):
    """An issuance, with the batch that it is of."""

    batch_id: Id

    def issue(self) -> IssueForm:
        """Return the issuance alone."""
        return IssueForm(serial_from=self.serial_from, serial_to=self.serial_to, buffer=self.buffer)


class Part(Form):
    """Tonnes of a batch, or serials of one that is issued."""

    batch_id: Id
    tonnes: Annotated[Tonnes, Field(gt=0)] | None = None
    serial_from: Whole | None = None
    serial_to: Whole | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "Part":
        serials = self.serial_from is not None and self.serial_to is not None
        if serials == (self.tonnes is not None) or (self.serial_from is None) != (
            self.serial_to is None
        ):
            raise Refused(
                Text(
                    "tonnes，或 serial_from 与 serial_to，须给出其一。",
                    "give either tonnes, or serial_from and serial_to.",
                )
            )
        if self.serial_from is not None and self.serial_to is not None:
            Serials(serial_from=self.serial_from, serial_to=self.serial_to)
        return self

    def amount(self) -> Decimal:
        """Return the tonnes."""
        if self.tonnes is not None:
            return self.tonnes
        return Decimal((self.serial_to or 0) - (self.serial_from or 0) + 1)


class LoanForm(Form):
    """A loan; what else secures it is text apart."""

    loan_id: Id
    borrower: Id | None = None
    amount: Money
    rate: Annotated[Decimal, Field(ge=0, lt=1, decimal_places=6)]
    starts: date
    ends: date
    other_security: Note = ""


class PledgeForm(Form):
    """An application to pledge a right over parcels for half-open years [from, to)."""

    loan_id: Id
    right_code: Id
    right_id: Id | None = None
    parcels: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_PARTS)]
    vintage_from: date
    vintage_to: date
    parts: Annotated[tuple[Part, ...], Field(max_length=MOST_PARTS)] = ()
    programme: Note = ""
    secured_amount: Money
    account: Word | None = None
    instrument: Word | None = None
    """Number of the water permit or of the policy, for rights that meet by it."""
    family: Id | None = None
    """By default the loan: pledges for one loan do not conflict.

    Otherwise another loan of the same lender to the same borrower.
    """


class RegistrationForm(Form):
    """The statutory registration of a pledge: its number, and when it ends."""

    number: Word
    ends: date | None = None


class RemarkForm(Form):
    """Why a step is taken, or by which document; never a personal field: events are kept."""

    remark: Note = ""


class DocumentForm(Form):
    """What a declaration says in words, and from what; never personal: events are kept."""

    document: Note = ""
    texts: dict[Word, Note] = {}


class PolicyForm(Form):
    """An insurance policy."""

    policy_id: Id
    pledge_id: Id
    insurer: Word
    perils: Note
    trigger: Note
    sum_insured: Money
    payee: Word
    valid_from: date
    valid_to: date


class ValuationForm(Form):
    """A valuation file; it must hold no personal fields, as it is never destroyed."""

    valuation_id: Id
    pledge_id: Id | None = None
    basis_date: date
    document: dict[str, Any]
    supersedes: Id | None = None


F = TypeVar("F", bound=Form)


def read_form(kind: type[F], given: object, where: str) -> F:
    """Read a form, telling every fault in words.

    Raises
    ------
    RegistryError
        Or `Problems`, if there are several.
    """
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise_all(_faults(error, where))
        raise


def _faults(error: ValidationError, where: str) -> list[GepError]:
    return [
        RegistryError(where=f"{where}: {place}" if place else where, problem=said)
        for place, said in complaints(error)
    ]
