"""Rules that the databases keep themselves, as triggers: what no program can get round by mistake.

A guard is a table, the occasion, and a condition over NEW and OLD under which it refuses. The same
conditions make a trigger of SQLite and one of PostgreSQL. Frozen with the revision that made it:
a changed rule is a new revision.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

__all__ = [
    "EMPTYING",
    "EMPTYING_BODY",
    "FIRST",
    "KEPT",
    "LOT_STEPS",
    "Guard",
    "body_of",
    "none_of",
    "put_up",
    "refuse_emptying",
    "take_down",
    "trigger_of",
]


@dataclass(frozen=True)
class Guard:
    """A trigger that refuses when its condition holds; always, if there is none."""

    name: str
    table: str
    occasion: str
    refused: str = ""
    only: str = ""
    """The database that needs it; by default both."""


STEPS = [
    "applied>screened",
    "screened>due_diligence",
    "due_diligence>approved",
    "approved>signed",
    "signed>registered",
    "registered>drawn",
    "drawn>monitored",
    "monitored>monitored",
    "drawn>repaid",
    "monitored>repaid",
    "repaid>released",
    "registered>released",
    "drawn>defaulted",
    "monitored>defaulted",
    "defaulted>disposed",
    "disposed>closed",
    "applied>withdrawn",
    "screened>withdrawn",
    "due_diligence>withdrawn",
    "approved>withdrawn",
    "signed>withdrawn",
]
LOT_STEPS = ["reserved>pledged", "reserved>released", "pledged>released", "pledged>sold"]
COUNTED = "('pledged', 'sold', 'retired', 'buffer')"
BEFORE_REGISTRATION = "('applied', 'screened', 'due_diligence', 'approved', 'signed', 'withdrawn')"


def none_of(steps: list[str]) -> str:
    """Return the condition that a state changes by none of these steps."""
    listed = ", ".join(f"'{step}'" for step in steps)
    return f"OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({listed})"


TOO_MUCH = f"""NEW.state IN {COUNTED} AND
    (SELECT COALESCE(SUM(tonnes), 0) FROM lots WHERE batch_id = NEW.batch_id AND state IN {COUNTED}
     AND lot_id <> NEW.lot_id) + NEW.tonnes
    > (SELECT tonnes FROM batches WHERE batch_id = NEW.batch_id)"""  # noqa: S608
TWICE = f"""NEW.state IN {COUNTED} AND NEW.serial_from IS NOT NULL AND EXISTS (
    SELECT 1 FROM lots WHERE batch_id = NEW.batch_id AND lot_id <> NEW.lot_id
    AND state IN {COUNTED} AND serial_from <= NEW.serial_to AND NEW.serial_from <= serial_to)"""  # noqa: S608
NOT_OF_BATCH = f"""NEW.state IN {COUNTED} AND EXISTS (
    SELECT 1 FROM batches WHERE batch_id = NEW.batch_id AND (
    (kind = 'issued') <> (NEW.serial_from IS NOT NULL)
    OR NEW.serial_from < serial_from OR NEW.serial_to > serial_to))"""  # noqa: S608
UNREGISTERED = """NEW.state = 'pledged' AND NOT EXISTS (
    SELECT 1 FROM pledges WHERE pledge_id = NEW.pledge_id AND registration_number IS NOT NULL)"""
UNSECURED = f"""NEW.drawn_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM pledges WHERE loan_id = NEW.loan_id AND registration_number IS NOT NULL
    AND state NOT IN {BEFORE_REGISTRATION})"""  # noqa: S608
BELOW = f"""(SELECT COALESCE(SUM(tonnes), 0) FROM lots WHERE batch_id = NEW.batch_id
    AND state IN {COUNTED}) > NEW.tonnes"""  # noqa: S608
REWRITTEN = """OLD.registration_number IS NOT NULL AND (
    NEW.registration_number IS NULL OR NEW.registration_number <> OLD.registration_number
    OR NEW.registered_at IS NULL OR NEW.registered_at <> OLD.registered_at)"""

KEPT = (
    "subjects", "subject_keys", "sealed_fields", "parcels", "parcel_versions", "projects", "rights",
    "batches", "loans", "pledges", "pledge_parcels", "lots", "valuations", "policies", "users",
    "tokens", "events", "checkpoints",
)  # fmt: skip
WRITTEN_ONCE = (
    "subjects", "sealed_fields", "parcels", "parcel_versions", "pledge_parcels", "valuations",
    "events", "checkpoints",
)  # fmt: skip

FIRST = (
    Guard("pledge_starts", "pledges", "INSERT", "NEW.state <> 'applied'"),
    Guard("pledge_step", "pledges", "UPDATE", none_of(STEPS)),
    Guard("registration_stays", "pledges", "UPDATE", REWRITTEN),
    Guard("lot_step", "lots", "UPDATE", none_of(LOT_STEPS)),
    Guard("lot_over", "lots", "UPDATE", "OLD.state IN ('released', 'retired')"),
    *(
        Guard(f"{name}_{occasion.lower()}", "lots", occasion, refused)
        for occasion in ("INSERT", "UPDATE")
        for name, refused in (
            ("conservation", TOO_MUCH), ("serial_twice", TWICE), ("serial_of_batch", NOT_OF_BATCH),
            ("lot_unregistered", UNREGISTERED),
        )
    ),
    Guard("batch_below", "batches", "UPDATE", BELOW),
    Guard("drawn_unsecured_insert", "loans", "INSERT", UNSECURED),
    Guard("drawn_unsecured_update", "loans", "UPDATE", UNSECURED),
    *(Guard(f"{table}_kept", table, "DELETE") for table in KEPT),
    *(Guard(f"{table}_once", table, "UPDATE") for table in WRITTEN_ONCE),
)  # fmt: skip

SQLITE = """CREATE TRIGGER guard_{name} BEFORE {occasion} ON {table} {when}
BEGIN SELECT RAISE(ABORT, 'guard:{name}'); END"""
BODY = """
BEGIN
  IF {when} THEN RAISE EXCEPTION 'guard:{name}' USING ERRCODE = 'check_violation'; END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END """
POSTGRESQL = """CREATE TRIGGER guard_{name} BEFORE {occasion} ON {table} FOR EACH ROW \
EXECUTE FUNCTION guard_{name}()"""
EMPTYING_BODY = """
BEGIN RAISE EXCEPTION 'guard:emptying' USING ERRCODE = 'check_violation'; END """
EMPTYING = """CREATE TRIGGER guard_emptying BEFORE TRUNCATE ON {table} FOR EACH STATEMENT \
EXECUTE FUNCTION guard_emptying()"""
FUNCTION = "CREATE FUNCTION guard_{name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"


def trigger_of(guard: Guard, dialect: str) -> str:
    """Return the words that make a guard's trigger."""
    facts = {"name": guard.name, "table": guard.table, "occasion": guard.occasion}
    if dialect == "sqlite":
        return SQLITE.format(when=f"WHEN {guard.refused}" if guard.refused else "", **facts)
    return POSTGRESQL.format(**facts)


def body_of(guard: Guard) -> str:
    """Return the body of a guard's function in PostgreSQL."""
    return BODY.format(name=guard.name, when=guard.refused or "true")


def put_up(connection: Connection, guards: tuple[Guard, ...]) -> None:
    """Make the triggers."""
    dialect = connection.dialect.name
    for guard in guards:
        if guard.only not in {"", dialect}:
            continue
        if dialect != "sqlite":
            words = FUNCTION.format(name=guard.name, body=body_of(guard))
            connection.exec_driver_sql(words)
        connection.exec_driver_sql(trigger_of(guard, dialect))


def take_down(connection: Connection, guards: tuple[Guard, ...]) -> None:
    """Take the triggers of guards down, for others to stand in their place."""
    for guard in guards:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER guard_{guard.name}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER guard_{guard.name} ON {guard.table}")
            connection.exec_driver_sql(f"DROP FUNCTION guard_{guard.name}()")


def refuse_emptying(connection: Connection) -> None:
    """Refuse TRUNCATE, which PostgreSQL knows beside DELETE."""
    if connection.dialect.name == "sqlite":
        return
    connection.exec_driver_sql(FUNCTION.format(name="emptying", body=EMPTYING_BODY))
    for table in KEPT:
        connection.exec_driver_sql(EMPTYING.format(table=table))
