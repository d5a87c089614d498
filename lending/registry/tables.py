"""The tables, as typed classes. Guards that span rows are in migrations/guards.py."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lending.registry.columns import CNY, FRACTION, TONNES, Instant

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Row(DeclarativeBase):
    """A row of the registry."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        bytes: LargeBinary, bool: Boolean, date: Date, datetime: Instant(), float: Float(53),
        int: BigInteger, str: Text,
    }  # fmt: skip


def _key(**options: Any) -> Mapped[Any]:  # noqa: ANN401
    return mapped_column(primary_key=True, autoincrement=False, **options)


def _to(column: str, **options: Any) -> Mapped[Any]:  # noqa: ANN401
    return mapped_column(ForeignKey(column), **options)


class Subject(Row):
    """A person, a company or a collective: what identifies it is sealed."""

    __tablename__ = "subjects"
    subject_id: Mapped[str] = _key()
    kind: Mapped[str]
    recorded_at: Mapped[datetime]


class SubjectKey(Row):
    """The wrapped key of a subject's sealed fields; empty once destroyed."""

    __tablename__ = "subject_keys"
    subject_id: Mapped[str] = _to("subjects.subject_id", primary_key=True)
    wrapped: Mapped[bytes | None]
    destroyed_at: Mapped[datetime | None]


class SealedField(Row):
    """A personal field, encrypted."""

    __tablename__ = "sealed_fields"
    subject_id: Mapped[str] = _to("subjects.subject_id", primary_key=True)
    field: Mapped[str] = _key()
    version: Mapped[int] = _key()
    sealed: Mapped[bytes]


class Parcel(Row):
    """A parcel; where it lies is in its versions."""

    __tablename__ = "parcels"
    parcel_id: Mapped[str] = _key()
    region: Mapped[str]
    recorded_at: Mapped[datetime]


class ParcelVersion(Row):
    """A parcel's boundary and title as recorded at a time. Bounds are degrees of EPSG:4490."""

    __tablename__ = "parcel_versions"
    parcel_id: Mapped[str] = _to("parcels.parcel_id", primary_key=True)
    version: Mapped[int] = _key()
    geometry: Mapped[bytes]
    crs: Mapped[str]
    west: Mapped[float]
    south: Mapped[float]
    east: Mapped[float]
    north: Mapped[float]
    width: Mapped[float] = mapped_column(index=True)
    """East less west: the widest says how far west of a claim others may begin."""
    certificate: Mapped[str]
    certificate_area_ha: Mapped[float | None]
    tenure_from: Mapped[date | None]
    tenure_to: Mapped[date | None]
    holder: Mapped[str | None] = _to("subjects.subject_id")
    recorded_at: Mapped[datetime]


class Project(Row):
    """A carbon project of a programme."""

    __tablename__ = "projects"
    project_id: Mapped[str] = _key()
    programme: Mapped[str]
    methodology: Mapped[str]
    crediting_from: Mapped[date]
    crediting_to: Mapped[date]
    status: Mapped[str]
    __table_args__ = (CheckConstraint("crediting_from < crediting_to", "crediting"),)


class Right(Row):
    """A right on a parcel."""

    __tablename__ = "rights"
    right_id: Mapped[str] = _key()
    code: Mapped[str]
    parcel_id: Mapped[str] = _to("parcels.parcel_id", index=True)
    project_id: Mapped[str | None] = _to("projects.project_id")
    holder: Mapped[str | None] = _to("subjects.subject_id")
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    certificate: Mapped[str]
    __table_args__ = (CheckConstraint("valid_from < valid_to", "valid"),)


class Batch(Row):
    """Tonnes of one project and vintage; issued ones have serials, one for each tonne."""

    __tablename__ = "batches"
    batch_id: Mapped[str] = _key()
    project_id: Mapped[str] = _to("projects.project_id")
    parcel_id: Mapped[str | None] = _to("parcels.parcel_id", index=True)
    kind: Mapped[str]
    vintage_from: Mapped[date]
    vintage_to: Mapped[date]
    tonnes: Mapped[Decimal] = mapped_column(TONNES)
    """What may be claimed: the lower bound, net, before issuance; then the tonnes issued."""
    estimated: Mapped[Decimal | None] = mapped_column(TONNES)
    serial_from: Mapped[int | None]
    serial_to: Mapped[int | None]
    __table_args__ = (
        CheckConstraint("kind IN ('ex_ante', 'monitored', 'issued')", "kind"),
        CheckConstraint("vintage_from < vintage_to", "vintage"),
        CheckConstraint("tonnes >= 0", "tonnes"),
        CheckConstraint(
            "(kind = 'issued') = (serial_from IS NOT NULL AND serial_to IS NOT NULL)", "serials"
        ),
        CheckConstraint(
            "serial_from IS NULL OR tonnes = 1000 * (serial_to - serial_from + 1)", "units"
        ),
    )


class Loan(Row):
    """A loan as far as its security goes."""

    __tablename__ = "loans"
    loan_id: Mapped[str] = _key()
    borrower: Mapped[str | None] = _to("subjects.subject_id")
    lender: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(CNY)
    rate: Mapped[Decimal] = mapped_column(FRACTION)
    starts: Mapped[date]
    ends: Mapped[date]
    other_security: Mapped[str]
    drawn_at: Mapped[datetime | None]
    repaid_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("starts < ends", "term"),
        CheckConstraint("amount > 0", "amount"),
        CheckConstraint("repaid_at IS NULL OR drawn_at IS NOT NULL", "repaid"),
    )


class Pledge(Row):
    """A right over parcels and years that secures a loan."""

    __tablename__ = "pledges"
    pledge_id: Mapped[str] = _key()
    loan_id: Mapped[str] = _to("loans.loan_id", index=True)
    right_code: Mapped[str]
    right_id: Mapped[str | None] = _to("rights.right_id")
    organisation: Mapped[str]
    state: Mapped[str] = mapped_column(index=True)
    vintage_from: Mapped[date]
    vintage_to: Mapped[date]
    tonnes: Mapped[Decimal | None] = mapped_column(TONNES)
    programme: Mapped[str]
    secured_amount: Mapped[Decimal] = mapped_column(CNY)
    account: Mapped[bytes | None]
    """The specified account (特定账户), sealed under the borrower's key."""
    registration_number: Mapped[str | None] = mapped_column(unique=True)
    registered_at: Mapped[datetime | None]
    registration_ends: Mapped[date | None]
    cancelled_at: Mapped[datetime | None]
    maker: Mapped[str] = _to("users.user_id")
    checker: Mapped[str | None] = _to("users.user_id")
    applied_at: Mapped[datetime]
    family: Mapped[str] = mapped_column(server_default="")
    """Pledges of one family secure the same debt and do not conflict with each other."""
    instrument: Mapped[str] = mapped_column(server_default="", index=True)
    """Number of the permit or policy, for rights that meet by it."""
    __table_args__ = (
        CheckConstraint("vintage_from < vintage_to", "vintage"),
        CheckConstraint("checker IS NULL OR checker <> maker", "two_persons"),
        CheckConstraint(
            "state IN ('applied', 'screened', 'due_diligence', 'withdrawn') OR checker IS NOT NULL",
            "approved",
        ),
        CheckConstraint(
            "state IN ('applied', 'screened', 'due_diligence', 'approved', 'signed', 'withdrawn') "
            "OR (registration_number IS NOT NULL AND registered_at IS NOT NULL)",
            "registered",
        ),
        CheckConstraint("(state = 'released') = (cancelled_at IS NOT NULL)", "cancelled"),
    )


class PledgeParcel(Row):
    """A parcel of a pledge, in the version that was pledged."""

    __tablename__ = "pledge_parcels"
    pledge_id: Mapped[str] = _to("pledges.pledge_id", primary_key=True)
    parcel_id: Mapped[str] = _key(index=True)
    version: Mapped[int]
    __table_args__ = (
        ForeignKeyConstraint(
            ["parcel_id", "version"], ["parcel_versions.parcel_id", "parcel_versions.version"]
        ),
    )


class Lot(Row):
    """Tonnes of a batch that somebody has a claim on; issued ones by serial."""

    __tablename__ = "lots"
    lot_id: Mapped[int] = _key()
    batch_id: Mapped[str] = _to("batches.batch_id", index=True)
    pledge_id: Mapped[str | None] = _to("pledges.pledge_id", index=True)
    state: Mapped[str]
    tonnes: Mapped[Decimal] = mapped_column(TONNES)
    serial_from: Mapped[int | None]
    serial_to: Mapped[int | None]
    purpose: Mapped[str]
    __table_args__ = (
        CheckConstraint(
            "state IN ('reserved', 'pledged', 'released', 'sold', 'retired', 'buffer')", "state"
        ),
        CheckConstraint("tonnes > 0", "tonnes"),
        CheckConstraint(
            "(serial_from IS NULL) = (serial_to IS NULL) AND "
            "(serial_from IS NULL OR tonnes = 1000 * (serial_to - serial_from + 1))",
            "units",
        ),
        CheckConstraint("state NOT IN ('reserved', 'pledged') OR pledge_id IS NOT NULL", "pledgor"),
    )


class Valuation(Row):
    """A valuation file as it was; a newer one supersedes it."""

    __tablename__ = "valuations"
    valuation_id: Mapped[str] = _key()
    pledge_id: Mapped[str | None] = _to("pledges.pledge_id", index=True)
    basis_date: Mapped[date]
    document: Mapped[str]
    digest: Mapped[str]
    supersedes: Mapped[str | None] = _to("valuations.valuation_id", unique=True)
    recorded_at: Mapped[datetime]


class Policy(Row):
    """An insurance policy on what is pledged."""

    __tablename__ = "policies"
    policy_id: Mapped[str] = _key()
    pledge_id: Mapped[str] = _to("pledges.pledge_id", index=True)
    insurer: Mapped[str]
    perils: Mapped[str]
    trigger: Mapped[str]
    sum_insured: Mapped[Decimal] = mapped_column(CNY)
    payee: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    __table_args__ = (CheckConstraint("valid_from < valid_to", "valid"),)


class User(Row):
    """Somebody who acts, in one role."""

    __tablename__ = "users"
    user_id: Mapped[str] = _key()
    role: Mapped[str]
    organisation: Mapped[str]
    active: Mapped[bool]
    recorded_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("role IN ('bank_maker', 'bank_checker', 'forestry', 'auditor')", "role"),
    )


class Token(Row):
    """A token of a user: only its SHA-256 is kept."""

    __tablename__ = "tokens"
    token_id: Mapped[int] = _key()
    user_id: Mapped[str] = _to("users.user_id")
    digest: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Event(Row):
    """A link of the chain: what was done, by whom, and every row that it wrote."""

    __tablename__ = "events"
    seq: Mapped[int] = _key()
    time: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    data: Mapped[str]
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)


class Checkpoint(Row):
    """The digest of an event, signed."""

    __tablename__ = "checkpoints"
    seq: Mapped[int] = _to("events.seq", primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str]
    signed_at: Mapped[datetime]


class Request(Row):
    """An answer given to a request with an idempotency key, to be given again."""

    __tablename__ = "requests"
    user_id: Mapped[str] = _to("users.user_id", primary_key=True)
    key: Mapped[str] = _key()
    digest: Mapped[str]
    status: Mapped[int] = mapped_column(Integer)
    answer: Mapped[str]
    received_at: Mapped[datetime]


Index("ix_parcel_versions_bounds", ParcelVersion.west, ParcelVersion.east)
