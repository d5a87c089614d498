"""What is recorded before anything is pledged: parties, parcels, rights, projects, loans, ..."""

import hashlib

from sqlalchemy import func, select

from data_catalog.errors import raise_all
from data_catalog.text import Text
from lending.conflicts import Claim
from lending.conflicts.ground import geometry_faults
from lending.registry.claims import bounds_of
from lending.registry.database import overwrite
from lending.registry.errors import AgainstRecord
from lending.registry.finding import new, one
from lending.registry.forms import (
    BatchForm,
    LoanForm,
    ParcelForm,
    PolicyForm,
    ProjectForm,
    RightForm,
    SubjectForm,
    ValuationForm,
)
from lending.registry.journal import canonical
from lending.registry.opening import Registry
from lending.registry.own import refuse_unconcerned, secures_another_bank, seen
from lending.registry.sealing import key_in, needed
from lending.registry.tables import (
    Batch,
    Loan,
    Parcel,
    ParcelVersion,
    Pledge,
    Policy,
    Project,
    Right,
    SealedField,
    Subject,
    SubjectKey,
    User,
    Valuation,
)

__all__ = [
    "record_batch",
    "record_loan",
    "record_parcel",
    "record_policy",
    "record_project",
    "record_right",
    "record_subject",
    "record_valuation",
    "seal",
    "unseal",
]


def record_subject(registry: Registry, user: User, form: SubjectForm) -> Subject:
    """Record a party, its personal fields sealed under a key of its own."""
    sealer = needed(registry.sealer, form.subject_id)
    with registry.acting(user, "record_subject", form.subject_id) as act:
        subject = Subject(subject_id=form.subject_id, kind=form.kind, recorded_at=act.time)
        new(act.session, subject)
        key = sealer.new_key(form.subject_id)
        act.session.add(key)
        act.session.add_all(
            SealedField(
                subject_id=form.subject_id, field=name, version=1,
                sealed=sealer.seal(key, name, words),
            )
            for name, words in sorted(form.personal.items())
        )  # fmt: skip
    return subject


def unseal(registry: Registry, user: User, subject_id: str) -> dict[str, str]:
    """Return a party's personal fields. That they were read stands in the chain.

    Raises
    ------
    UnknownNameError
        If there is no such party, or the user's bank has nothing to do with it.
    NotAllowed
        If it has a loan or an application with it, and no approved pledge.
    """
    sealer = needed(registry.sealer, subject_id)
    with registry.acting(user, "read_personal", subject_id) as act:
        seen(act.session, user, Subject, subject_id)
        refuse_unconcerned(act.session, user, subject_id)
        key = key_in(act.session, subject_id)
        fields = act.session.scalars(
            select(SealedField).where(SealedField.subject_id == subject_id)
        )
        return {one.field: sealer.unseal(key, one.field, one.sealed) for one in fields}


def seal(registry: Registry, user: User, subject_id: str) -> SubjectKey:
    """Destroy the key of a party's personal fields; the chain holds, nobody reads them again.

    Raises
    ------
    UnknownNameError
        If there is no such party, or the user's bank has nothing to do with it.
    NotAllowed
        If it has a loan or an application with it, and no approved pledge.
    AgainstRecord
        If another bank has a loan or a pledge with it that is not over.
    """
    with registry.acting(user, "seal", subject_id) as act:
        seen(act.session, user, Subject, subject_id)
        refuse_unconcerned(act.session, user, subject_id)
        if secures_another_bank(act.session, user, subject_id):
            raise AgainstRecord(where=subject_id, problem=NEEDED_ELSEWHERE)
        key = key_in(act.session, subject_id)
        if key.destroyed_at is None:
            key.wrapped, key.destroyed_at = None, act.time
    overwrite(registry.engine)
    return key


def record_parcel(registry: Registry, user: User, form: ParcelForm) -> ParcelVersion:
    """Record a parcel, or a new version of its boundary and title.

    Raises
    ------
    ClaimError
        If it lies where no parcel can be compared with it.
    """
    raise_all(geometry_faults([_ground_of(form)]))
    with registry.acting(user, "record_parcel", form.parcel_id) as act:
        session = act.session
        if form.holder:
            one(session, Subject, form.holder)
        if session.get(Parcel, form.parcel_id) is None:
            new(session, Parcel(parcel_id=form.parcel_id, region=form.region, recorded_at=act.time))
        of_parcel = ParcelVersion.parcel_id == form.parcel_id
        last = session.scalar(select(func.max(ParcelVersion.version)).where(of_parcel)) or 0
        west, south, east, north = bounds_of(form.geometry, form.crs)
        version = ParcelVersion(
            parcel_id=form.parcel_id, version=last + 1, geometry=form.geometry.wkb, crs=form.crs,
            west=west, south=south, east=east, north=north, width=east - west,
            certificate=form.certificate,
            certificate_area_ha=form.certificate_area_ha, tenure_from=form.tenure_from,
            tenure_to=form.tenure_to, holder=form.holder, recorded_at=act.time,
        )  # fmt: skip
        session.add(version)
    return version


def _ground_of(form: ParcelForm) -> Claim:
    return Claim(
        claim_id=form.parcel_id, parcel_id=form.parcel_id, geometry=form.geometry, crs=form.crs,
        right="LAND", vintage_from=None, vintage_to=None,
    )  # fmt: skip


def record_right(registry: Registry, user: User, form: RightForm) -> Right:
    """Record a right on a parcel."""
    with registry.acting(user, "record_right", form.right_id) as act:
        one(act.session, Parcel, form.parcel_id)
        return new(act.session, Right(**form.model_dump()))


def record_project(registry: Registry, user: User, form: ProjectForm) -> Project:
    """Record a carbon project."""
    with registry.acting(user, "record_project", form.project_id) as act:
        return new(act.session, Project(**form.model_dump()))


def record_batch(registry: Registry, user: User, form: BatchForm) -> Batch:
    """Record tonnes of a vintage that are not issued yet."""
    with registry.acting(user, "record_batch", form.batch_id) as act:
        one(act.session, Project, form.project_id)
        if form.parcel_id:
            one(act.session, Parcel, form.parcel_id)
        batch = Batch(**form.model_dump(), serial_from=None, serial_to=None)
        return new(act.session, batch)


def record_loan(registry: Registry, user: User, form: LoanForm) -> Loan:
    """Record a loan; it is drawn only through a registered pledge."""
    with registry.acting(user, "record_loan", form.loan_id) as act:
        if form.borrower:
            one(act.session, Subject, form.borrower)
        loan = Loan(**form.model_dump(), lender=user.organisation, drawn_at=None, repaid_at=None)
        return new(act.session, loan)


def record_policy(registry: Registry, user: User, form: PolicyForm) -> Policy:
    """Record an insurance policy on what is pledged."""
    with registry.acting(user, "record_policy", form.pledge_id) as act:
        seen(act.session, user, Pledge, form.pledge_id)
        return new(act.session, Policy(**form.model_dump()))


def record_valuation(registry: Registry, user: User, form: ValuationForm) -> Valuation:
    """Record a valuation file as it is; a newer one names the one it supersedes."""
    with registry.acting(user, "record_valuation", form.pledge_id or form.valuation_id) as act:
        if form.pledge_id:
            seen(act.session, user, Pledge, form.pledge_id)
        if form.supersedes:
            seen(act.session, user, Valuation, form.supersedes)
        document = canonical(form.document)
        valuation = Valuation(
            valuation_id=form.valuation_id, pledge_id=form.pledge_id, basis_date=form.basis_date,
            document=document, digest=hashlib.sha256(document.encode()).hexdigest(),
            supersedes=form.supersedes, recorded_at=act.time,
        )  # fmt: skip
        return new(act.session, valuation)


NEEDED_ELSEWHERE = Text(
    "另一家银行与该当事人的贷款或质押尚未了结，不能销毁密钥。了结后再办。",
    "another bank has a loan or a pledge with this party that is not over; its key cannot be "
    "destroyed before that.",
)
