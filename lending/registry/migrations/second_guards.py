"""Guards of revision 0003: what is agreed stays, names stay, and nothing is replaced.

The first guards refuse deleting and impossible steps. These refuse the quieter ways: another
amount in a loan, another maker of a pledge, another name for a row, and the REPLACE of SQLite,
which deletes what is in its way without the trigger of a DELETE being asked.

One of the first was too strict: what was sold before its issuance and then not issued is released,
and only then may a sale be undone.
"""

from lending.registry.migrations.guards import LOT_STEPS, Guard, none_of

__all__ = ["REPLACED", "SECOND", "differ", "rewritten"]

KEYS = {
    "subjects": ("subject_id",), "subject_keys": ("subject_id",),
    "sealed_fields": ("subject_id", "field", "version"), "parcels": ("parcel_id",),
    "parcel_versions": ("parcel_id", "version"), "projects": ("project_id",),
    "rights": ("right_id",), "batches": ("batch_id",), "loans": ("loan_id",),
    "pledges": ("pledge_id",), "pledge_parcels": ("pledge_id", "parcel_id"), "lots": ("lot_id",),
    "valuations": ("valuation_id",), "policies": ("policy_id",), "users": ("user_id",),
    "tokens": ("token_id",), "events": ("seq",), "checkpoints": ("seq",),
}  # fmt: skip
UNIQUE = {
    "events": ("previous", "digest"), "valuations": ("supersedes",), "tokens": ("digest",),
    "pledges": ("registration_number",),
}  # fmt: skip
CHANGING = ("subject_keys", "batches", "loans", "pledges", "lots", "users", "tokens")
"""Tables whose rows may be written again; rows of all others are written once."""
WRITTEN_ONCE_TOO = ("projects", "rights", "policies")


def differ(*columns: str) -> str:
    """Return the condition that one of these columns becomes another."""
    return " OR ".join(
        f"OLD.{c} <> NEW.{c} OR (OLD.{c} IS NULL) <> (NEW.{c} IS NULL)" for c in columns
    )


def rewritten(*columns: str) -> str:
    """Return the condition that something that was there becomes another or nothing."""
    return " OR ".join(
        f"(OLD.{c} IS NOT NULL AND (NEW.{c} IS NULL OR NEW.{c} <> OLD.{c}))" for c in columns
    )


def _same(table: str, keys: tuple[str, ...]) -> str:
    pairs = " AND ".join(f"{table}.{key} = NEW.{key}" for key in keys)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {pairs})"  # noqa: S608


def _replaced(table: str) -> str:
    unique = [(column,) for column in UNIQUE.get(table, ())]
    return " OR ".join(_same(table, keys) for keys in (KEYS[table], *unique))


def _taken(table: str) -> str:
    """Return whether another row has the value: UPDATE OR REPLACE would delete it."""
    return " OR ".join(
        f"(OLD.{c} IS NULL OR OLD.{c} <> NEW.{c}) AND {_same(table, (c,))}" for c in UNIQUE[table]
    )


NOT_ISSUED = """NOT (OLD.state = 'sold' AND NEW.state = 'released'
    AND OLD.serial_from IS NULL AND NEW.purpose = 'not issued')"""
REPLACED = (Guard("lot_step", "lots", "UPDATE"),)
"""Guards of the first revision that the second ones of the same name stand for."""

SECOND = (
    Guard("lot_step", "lots", "UPDATE", f"{none_of(LOT_STEPS)} AND {NOT_ISSUED}"),
    Guard("loan_stays", "loans", "UPDATE", " OR ".join((
        differ("borrower", "lender", "amount", "rate", "starts", "ends", "other_security"),
        rewritten("drawn_at"),
    ))),
    Guard("pledge_stays", "pledges", "UPDATE", " OR ".join((
        differ("loan_id", "right_code", "right_id", "organisation", "vintage_from", "vintage_to",
                "programme", "secured_amount", "account", "maker", "applied_at", "family"),
        rewritten("tonnes", "checker", "registration_ends", "cancelled_at"),
    ))),
    Guard("lot_stays", "lots", "UPDATE", differ("batch_id", "pledge_id")),
    Guard("batch_stays", "batches", "UPDATE", " OR ".join((
        differ("project_id", "parcel_id", "vintage_from", "vintage_to", "estimated"),
        "OLD.kind = 'issued'",
    ))),
    Guard("key_destroyed", "subject_keys", "UPDATE", " OR ".join((
        "NEW.wrapped IS NOT NULL", rewritten("destroyed_at"),
    ))),
    Guard("token_stays", "tokens", "UPDATE", " OR ".join((
        differ("user_id", "digest", "issued_at", "expires_at"), rewritten("revoked_at"),
    ))),
    *(Guard(f"{table}_once", table, "UPDATE") for table in WRITTEN_ONCE_TOO),
    *(Guard(f"{table}_name", table, "UPDATE", differ(*KEYS[table])) for table in CHANGING),
    *(Guard(f"{table}_replaced", table, "INSERT", _replaced(table), only="sqlite")
      for table in KEYS),
    *(Guard(f"{table}_taken", table, "UPDATE", _taken(table), only="sqlite")
      for table in UNIQUE if table in CHANGING),
)  # fmt: skip
