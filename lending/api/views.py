"""What the service answers with: a row of the registry as JSON. Money and tonnes are text."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import shapely
from pydantic import BaseModel, ConfigDict, PlainSerializer

from lending.api.findings import Words
from lending.registry.states import following, states
from lending.registry.tables import Event, ParcelVersion, Pledge, Valuation

__all__ = [
    "BatchView",
    "EventView",
    "LoanView",
    "LotView",
    "ParcelView",
    "PledgeView",
    "PolicyView",
    "ProjectView",
    "RightView",
    "SubjectView",
    "TokenView",
    "ValuationView",
]

Tonnes = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.3f}", return_type=str)]
"""t_CO2e, with its kilograms."""
Money = Annotated[Decimal, PlainSerializer(lambda amount: f"{amount:.2f}", return_type=str)]
"""CNY, with its cents."""
Rate = Annotated[Decimal, PlainSerializer(lambda rate: f"{rate:.6f}", return_type=str)]
"""A fraction a year."""


class View(BaseModel):
    """A row as it is read."""

    model_config = ConfigDict(from_attributes=True)


class SubjectView(View):
    """A party; personal fields are sealed and read apart."""

    subject_id: str
    kind: str
    recorded_at: datetime


class ParcelView(View):
    """A parcel in one of its versions; the geometry is GeoJSON in `crs`."""

    parcel_id: str
    version: int
    geometry: dict[str, Any]
    crs: str
    certificate: str
    certificate_area_ha: float | None
    tenure_from: date | None
    tenure_to: date | None
    holder: str | None
    recorded_at: datetime

    @classmethod
    def of(cls, row: ParcelVersion) -> "ParcelView":
        """Return a version of a parcel for an answer."""
        names = cls.model_fields.keys() - {"geometry"}
        shape = json.loads(shapely.to_geojson(shapely.from_wkb(row.geometry)))
        return cls(geometry=shape, **{name: getattr(row, name) for name in names})


class RightView(View):
    """A right on a parcel, for the half-open years [valid_from, valid_to)."""

    right_id: str
    code: str
    parcel_id: str
    project_id: str | None
    holder: str | None
    valid_from: date
    valid_to: date
    certificate: str


class ProjectView(View):
    """A carbon project."""

    project_id: str
    programme: str
    methodology: str
    crediting_from: date
    crediting_to: date
    status: str


class BatchView(View):
    """Tonnes (t_CO2e) of a vintage; with serials once they are issued."""

    batch_id: str
    project_id: str
    parcel_id: str | None
    kind: str
    vintage_from: date
    vintage_to: date
    tonnes: Tonnes
    estimated: Tonnes | None
    serial_from: int | None
    serial_to: int | None
    counted: dict[str, Tonnes] = {}
    """t_CO2e that are pledged, sold, retired or in the buffer; where one batch is shown."""


class LotView(View):
    """Tonnes (t_CO2e) of a batch that somebody has a claim on."""

    lot_id: int
    batch_id: str
    pledge_id: str | None
    state: str
    tonnes: Tonnes
    serial_from: int | None
    serial_to: int | None
    purpose: str


class LoanView(View):
    """A loan; `amount` in CNY, `rate` a fraction a year."""

    loan_id: str
    borrower: str | None
    lender: str
    amount: Money
    rate: Rate
    starts: date
    ends: date
    other_security: str
    drawn_at: datetime | None
    repaid_at: datetime | None


class PolicyView(View):
    """An insurance policy; `sum_insured` in CNY."""

    policy_id: str
    pledge_id: str
    insurer: str
    perils: str
    trigger: str
    sum_insured: Money
    payee: str
    valid_from: date
    valid_to: date


class PledgeView(View):
    """A pledge; `secured_amount` in CNY, `tonnes` in t_CO2e. The account is never told."""

    pledge_id: str
    loan_id: str
    right_code: str
    right_id: str | None
    organisation: str
    state: str
    state_title: Words
    may_follow: list[str]
    """Actions that the state allows; each has its own endpoint."""
    vintage_from: date
    vintage_to: date
    tonnes: Tonnes | None
    programme: str
    secured_amount: Money
    registration_number: str | None
    registered_at: datetime | None
    registration_ends: date | None
    cancelled_at: datetime | None
    maker: str
    checker: str | None
    applied_at: datetime
    family: str
    instrument: str
    """Number of the water permit or of the policy."""

    @classmethod
    def of(cls, row: Pledge) -> "PledgeView":
        """Return a pledge for an answer."""
        names = cls.model_fields.keys() - {"state_title", "may_follow"}
        return cls(
            state_title=Words.of(states()[row.state].title), may_follow=list(following(row.state)),
            **{name: getattr(row, name) for name in names},
        )  # fmt: skip


class ValuationView(View):
    """A valuation as kept; `document` is its file, left out in lists."""

    valuation_id: str
    pledge_id: str | None
    basis_date: date
    digest: str
    supersedes: str | None
    recorded_at: datetime
    document: dict[str, Any] | None = None

    @classmethod
    def of(cls, row: Valuation, *, whole: bool) -> "ValuationView":
        """Return a valuation for an answer, with its file or without."""
        names = cls.model_fields.keys() - {"document"}
        document = json.loads(row.document) if whole else None
        return cls(document=document, **{name: getattr(row, name) for name in names})


class EventView(View):
    """A link of the chain: what was done, by whom, and every row that it wrote."""

    seq: int
    time: datetime
    kind: str
    actor: str
    subject: str
    data: dict[str, Any]
    previous: str
    digest: str

    @classmethod
    def of(cls, row: Event) -> "EventView":
        """Return an event for an answer."""
        names = cls.model_fields.keys() - {"data"}
        return cls(data=json.loads(row.data), **{name: getattr(row, name) for name in names})


class TokenView(View):
    """A token, without its words."""

    token_id: int
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
