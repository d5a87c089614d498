"""The pledge registry: parcels, rights, batches, pledges and loans, and who did what when.

One file of SQLite for one desk, PostgreSQL for several; the same schema and the same guards in
both. Every function that writes takes the acting user, asks the table of roles, runs in one
serialised transaction, and leaves one event in a chain of hashes that holds all rows it wrote.

Opening, users
    open(url, *, create=False, sealing_key=None, find_conflicts=None) -> Registry
        `url` is a path or "sqlite:///..." or "postgresql+psycopg://user:word@host/name". A database
        of an older revision is migrated; of a newer one, or empty without `create`, refused.
    Registry.reading() -> context manager of a SQLAlchemy Session that sees one snapshot
    record_user(registry, user_id, role, organisation, *, active=True) -> User
    Registry.user(user_id) -> User            role is bank_maker | bank_checker | forestry | auditor
    issue_token(registry, user_id, *, expires_at) -> str      stored as SHA-256, told only once
    user_of_token(registry, token) -> User                    raises NotAllowed: unknown, expired
    revoke_token(registry, token_id) -> Token
    may(role, action) -> bool ; actions() ; roles()      (lending/registry_roles.csv)

Records (forms.py: pydantic forms, frozen, unknown fields refused)
    record_subject(registry, user, SubjectForm) -> Subject    personal fields are sealed at once
    record_parcel(registry, user, ParcelForm) -> ParcelVersion    version 1, 2, ...
    record_right(registry, user, RightForm) ; record_project(..., ProjectForm)
    record_batch(..., BatchForm) ; issue_batch(registry, user, batch_id, IssueForm)
    set_aside(registry, user, Part, state="sold" | "retired" | "buffer", purpose="") -> Lot
    record_loan(..., LoanForm) ; record_policy(..., PolicyForm)
    record_valuation(..., ValuationForm) -> Valuation         append-only; may supersede one

Pledges
    apply(registry, user, PledgeForm) -> Pledge               state applied; lots are reserved
    declare(registry, user, pledge_id, facts, *, document="") -> Event    (claim_facts.csv)
    consent(registry, user, pledge_id, to) -> Event           of the earlier pledgee, to a later one
    check(registry, pledge_id) -> list[Finding]               what registering would find
    screen | investigate | sign | monitor | withdraw | repay (registry, user, pledge_id) -> Pledge
    approve(registry, user, pledge_id) -> Pledge              another person than the maker
        every step takes remark="": why, or by which document; it stands in the event
    register(registry, user, pledge_id, number, *, ends=None) -> Pledge
        raises ConflictsFound (fact-carrying, `.findings`) when a finding is a BLOCK
    draw(registry, user, pledge_id) -> Pledge                 and the loan is drawn
    release(registry, user, pledge_id, parts=None) -> Pledge  all, or `Part`s by tonnes or serials
    default | dispose | close (registry, user, pledge_id, *, remark) -> Pledge
    note(registry, user, pledge_id, kind, facts) -> Event     a watch notice, once per `facts["id"]`

Reading
    pledges(session, *, state=None, loan=None, organisation=None, after=None, limit=None)
    pledge(session, pledge_id) -> Pledge (raises UnknownNameError) ; lots_of(session, pledge_id)
    claims_of(session, pledge_id) ; candidates(session, claims) ; active_claims(session)
    events(session, *, subject=None, after=0, limit=None) ; unseal(registry, user, subject_id)

Audit, keeping
    audit(registry, *, public_key=None, checkpoints=()) -> AuditReport   (.fault names the first)
    checkpoint(registry, user, private_key) -> Signed ; seal(registry, user, subject_id)
    backup(registry, file) -> BackupManifest ; restore(url, file, ...) -> Registry
"""

from lending.conflicts import Claim, Finding
from lending.registry.auditing import AuditReport, Fault, audit
from lending.registry.checkpoints import Signed, checkpoint, new_signing_key, read_checkpoints
from lending.registry.claims import active_claims, candidates, claims_of
from lending.registry.consenting import consent
from lending.registry.declaring import declare, declared_facts
from lending.registry.errors import (
    ChainBroken,
    ConflictsFound,
    ImpossibleTransition,
    NotAllowed,
    RegistryBusy,
    RegistryError,
)
from lending.registry.forms import (
    BatchForm,
    IssueForm,
    LoanForm,
    ParcelForm,
    Part,
    PledgeForm,
    PolicyForm,
    ProjectForm,
    RightForm,
    SubjectForm,
    ValuationForm,
    read_form,
)
from lending.registry.keeping import BackupManifest, backup, restore
from lending.registry.lots import counted_tonnes, issue_batch, lots_of, set_aside
from lending.registry.opening import Registry
from lending.registry.opening import open_registry as open  # noqa: A004  (read: registry.open)
from lending.registry.reading import events, pledge, pledges
from lending.registry.records import (
    record_batch,
    record_loan,
    record_parcel,
    record_policy,
    record_project,
    record_right,
    record_subject,
    record_valuation,
    seal,
    unseal,
)
from lending.registry.roles import actions, may, roles
from lending.registry.sealing import new_sealing_key
from lending.registry.states import active_states, following, states
from lending.registry.steps import (
    apply,
    approve,
    check,
    close,
    default,
    dispose,
    draw,
    investigate,
    monitor,
    note,
    register,
    release,
    repay,
    screen,
    sign,
    withdraw,
)
from lending.registry.tables import (
    Batch,
    Event,
    Loan,
    Lot,
    Parcel,
    ParcelVersion,
    Pledge,
    Policy,
    Project,
    Right,
    Subject,
    Token,
    User,
    Valuation,
)
from lending.registry.users import issue_token, record_user, revoke_token, user_of_token

__all__ = [
    "AuditReport",
    "BackupManifest",
    "Batch",
    "BatchForm",
    "ChainBroken",
    "Claim",
    "ConflictsFound",
    "Event",
    "Fault",
    "Finding",
    "ImpossibleTransition",
    "IssueForm",
    "Loan",
    "LoanForm",
    "Lot",
    "NotAllowed",
    "Parcel",
    "ParcelForm",
    "ParcelVersion",
    "Part",
    "Pledge",
    "PledgeForm",
    "Policy",
    "PolicyForm",
    "Project",
    "ProjectForm",
    "Registry",
    "RegistryBusy",
    "RegistryError",
    "Right",
    "RightForm",
    "Signed",
    "Subject",
    "SubjectForm",
    "Token",
    "User",
    "Valuation",
    "ValuationForm",
    "actions",
    "active_claims",
    "active_states",
    "apply",
    "approve",
    "audit",
    "backup",
    "candidates",
    "check",
    "checkpoint",
    "claims_of",
    "close",
    "consent",
    "counted_tonnes",
    "declare",
    "declared_facts",
    "default",
    "dispose",
    "draw",
    "events",
    "following",
    "investigate",
    "issue_batch",
    "issue_token",
    "lots_of",
    "may",
    "monitor",
    "new_sealing_key",
    "new_signing_key",
    "note",
    "open",
    "pledge",
    "pledges",
    "read_checkpoints",
    "read_form",
    "record_batch",
    "record_loan",
    "record_parcel",
    "record_policy",
    "record_project",
    "record_right",
    "record_subject",
    "record_user",
    "record_valuation",
    "register",
    "release",
    "repay",
    "restore",
    "revoke_token",
    "roles",
    "screen",
    "seal",
    "set_aside",
    "sign",
    "states",
    "unseal",
    "user_of_token",
    "withdraw",
]
