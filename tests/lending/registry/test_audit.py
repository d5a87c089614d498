"""Whatever is done to the database behind the registry's back, the audit names where it began."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Boolean, Connection, Date, Float, LargeBinary, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from lending import registry
from lending.registry import Signed, new_signing_key
from lending.registry.auditing import audit_session
from lending.registry.columns import Exact, Instant
from lending.registry.journal import digest_of
from lending.registry.keeping import _unguarded
from lending.registry.tables import Event, Row
from tests.lending.registry.world import World, of_batch

COLUMNS = {
    "seq": 1000, "time": "2020-01-01T00:00:00.000000Z", "kind": "release", "actor": "nobody",
    "subject": "P9", "data": '{"facts":{},"rows":[]}', "previous": "f" * 64, "digest": "e" * 64,
}  # fmt: skip


@pytest.fixture
def lived_in(world: World) -> World:
    world.until("drawn", world.apply("L1", "K1", of_batch("B1", "60")))
    return world


@contextmanager
def tampering(world: World, *, keep: bool = False) -> Iterator[Connection]:
    """Write to the tables with all guards down, as the owner of the database could."""
    engine = world.registry.engine.execution_options(registry_writing=True)
    with engine.connect() as connection, connection.begin() as transaction:
        with _unguarded(connection):
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            yield connection
        if keep:
            transaction.commit()
        else:
            transaction.rollback()


def each(world: World, seqs: range) -> Iterator[tuple[Connection, int]]:
    """Yield every event's number with tables to tamper with, which are then as before."""
    with tampering(world) as connection:
        for seq in seqs:
            place = connection.begin_nested()
            yield connection, seq
            place.rollback()


def first_fault(connection: Connection) -> tuple[int, str]:
    with Session(connection) as session:
        fault = audit_session(session).fault
    assert fault
    return fault.seq, fault.kind


def run(connection: Connection, words: str, **facts: object) -> None:
    connection.execute(text(words), facts)


def test_what_is_untouched_is_sound(lived_in: World) -> None:
    found = registry.audit(lived_in.registry)
    assert (found.faults, found.events) == ((), lived_in.events())


@pytest.mark.parametrize("column", COLUMNS)
def test_any_changed_column_of_any_event_is_found(lived_in: World, column: str) -> None:
    for connection, seq in each(lived_in, range(1, lived_in.events() + 1)):
        words = f"UPDATE events SET {column} = :v WHERE seq = :s"  # noqa: S608
        run(connection, words, v=COLUMNS[column], s=seq)
        expected = {"seq": "missing", "previous": "misplaced"}.get(column, "altered")
        last = column == "seq" and seq == lived_in.events()
        assert first_fault(connection) == (seq, "missing" if last else expected)


def test_any_removed_event_is_found(lived_in: World) -> None:
    for connection, seq in each(lived_in, range(1, lived_in.events())):
        run(connection, "DELETE FROM events WHERE seq = :s", s=seq)
        assert first_fault(connection) == (seq, "missing")


def test_removed_and_renumbered_is_found(lived_in: World) -> None:
    for connection, seq in each(lived_in, range(1, lived_in.events())):
        run(connection, "DELETE FROM events WHERE seq = :s", s=seq)
        for later in range(seq + 1, lived_in.events() + 1):
            run(connection, "UPDATE events SET seq = :a WHERE seq = :b", a=later - 1, b=later)
        assert first_fault(connection) == (seq, "misplaced")


def test_two_events_in_each_others_place_are_found(lived_in: World) -> None:
    for connection, seq in each(lived_in, range(1, lived_in.events())):
        for before, after in ((seq, 1000), (seq + 1, seq), (1000, seq + 1)):
            run(connection, "UPDATE events SET seq = :a WHERE seq = :b", a=after, b=before)
        assert first_fault(connection) == (seq, "misplaced")


def test_an_inserted_event_is_found(lived_in: World) -> None:
    """It is hashed properly onto event 9; what was event 10 does not follow it."""
    with tampering(lived_in) as connection, Session(connection) as session:
        before = session.get_one(Event, 9)
        forged = Event(
            seq=10, time=before.time, kind="release", actor="bank_checker.1", subject="P000001",
            data='{"facts":{},"rows":[]}', previous=before.digest,
        )  # fmt: skip
        forged.digest = digest_of(forged)
        for later in range(lived_in.events(), 9, -1):
            run(connection, "UPDATE events SET seq = :a WHERE seq = :b", a=later + 1, b=later)
        run(connection, "UPDATE events SET previous = :p WHERE seq = 11", p="0" * 63 + "1")
        session.add(forged)
        session.flush()
        assert first_fault(connection) == (11, "misplaced")


ROWS: dict[str, tuple[str, str]] = {
    "a loan's amount": ("UPDATE loans SET amount = amount + 1", "draw"),
    "a pledge's state": (
        "UPDATE pledges SET state = 'released', cancelled_at = applied_at", "draw",
    ),
    "a pledge's sum": ("UPDATE pledges SET secured_amount = 1", "draw"),
    "a range of serials": (
        "UPDATE lots SET serial_from = serial_from + 5, serial_to = serial_to + 5", "issue_batch",
    ),
    "a lot's tonnes": ("UPDATE lots SET tonnes = 1000, serial_to = serial_from", "issue_batch"),
    "a boundary": ("UPDATE parcel_versions SET geometry = :b", "record_parcel"),
    "a sealed name": ("UPDATE sealed_fields SET sealed = :b", "record_subject"),
    "a role": ("UPDATE users SET role = 'auditor' WHERE user_id = 'forestry.1'", "record_user"),
    "a lot that is gone": ("DELETE FROM lots", "issue_batch"),
}  # fmt: skip


@pytest.fixture
def issued(lived_in: World) -> World:
    form = registry.IssueForm(serial_from=1, serial_to=90, buffer=10)
    registry.issue_batch(lived_in.registry, lived_in.forestry, "B1", form)
    return lived_in


@pytest.mark.parametrize("what", ROWS)
def test_a_row_that_no_event_wrote_so_is_named(issued: World, what: str) -> None:
    words, kind = ROWS[what]
    with tampering(issued) as connection:
        run(connection, words, **({"b": b"other"} if ":b" in words else {}))
        seq, found = first_fault(connection)
        with Session(connection) as session:
            assert (found, session.get_one(Event, seq).kind) == ("row", kind)


def test_a_row_without_an_event_is_found(lived_in: World) -> None:
    with tampering(lived_in) as connection:
        run(connection, "INSERT INTO parcels VALUES ('K9', '331127', :t)", t=COLUMNS["time"])
        assert first_fault(connection)[1] == "row"


def everything(world: World) -> None:
    """Leave a row in every table that the audit looks at."""
    held, year = world.registry, {"valid_from": date(2026, 1, 1), "valid_to": date(2027, 1, 1)}
    right = registry.RightForm(right_id="R1", code="CARB_F", parcel_id="K1", holder="S1", **year)
    registry.record_right(held, world.forestry, right)
    policy = registry.PolicyForm(
        policy_id="Y1", pledge_id="P000001", insurer="PICC", perils="fire", trigger="",
        sum_insured=Decimal(1), payee="bank", **year,
    )  # fmt: skip
    registry.record_policy(held, world.maker, policy)
    value = registry.ValuationForm(valuation_id="V1", basis_date=date(2026, 6, 30), document={})
    registry.record_valuation(held, world.maker, value)
    registry.issue_token(held, "auditor.1", expires_at=datetime.now(UTC) + timedelta(days=1))
    registry.checkpoint(held, world.auditor, new_signing_key()[0])


def test_any_other_value_in_any_column_of_any_table_is_named(issued: World) -> None:
    """One row of each table, column by column: the database refuses it, or the audit names it."""
    everything(issued)
    tables = [table for table in Row.metadata.sorted_tables if table.name != "requests"]
    found = []
    for table in (table for table in tables if table.name != "events"):
        with tampering(issued) as connection:
            _let_anything_in(connection)
            row = connection.execute(text(f"SELECT * FROM {table.name}")).mappings().first()  # noqa: S608
            assert row is not None, f"{table.name} is empty"
            key = " AND ".join(f"{c.name} = :key_{c.name}" for c in table.primary_key.columns)
            keys = {f"key_{c.name}": row[c.name] for c in table.primary_key.columns}
            for column in table.columns:
                place = connection.begin_nested()
                words = f'UPDATE {table.name} SET "{column.name}" = :v WHERE {key}'  # noqa: S608
                try:
                    run(connection, words, v=another(row[column.name], column.type), **keys)
                    with Session(connection) as session:
                        faults = audit_session(session).faults
                    told = [fault.text["en"] for fault in faults if fault.kind != "guard"]
                    named = f"{table.name} [" if table.name != "checkpoints" else ""
                    assert any(named in words for words in told), (table.name, column.name, told)
                    found.append((table.name, column.name))
                except (IntegrityError, DataError):
                    continue  # refused by a rule of the table itself
                finally:
                    place.rollback()
    assert len(found) > 100
    assert {name for name, _ in found} == {t.name for t in tables} - {"events"}


def _let_anything_in(connection: Connection) -> None:
    """Ask no rule that the owner of a database can put aside."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    else:
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")


def another(value: object, kind: object) -> object:
    """Return another value of the same kind."""
    if isinstance(kind, LargeBinary):
        return b"other"
    if isinstance(kind, Boolean):
        return not value
    if isinstance(kind, Date):
        return date(2033, 3, 3).isoformat() if isinstance(value, str) else date(2033, 3, 3)
    if isinstance(kind, Instant):
        return COLUMNS["time"]
    if isinstance(value, int | float) or isinstance(kind, Exact | BigInteger | Float):
        return (value or 0) + 1000
    return f"{value}x"


UNFIT = {
    "a time that is none": "UPDATE pledges SET applied_at = 'yesterday'",
    "a date that is none": "UPDATE loans SET starts = 'soon'",
    "a word for a sum": "UPDATE loans SET amount = 'much'",
    "half a kilogram": "UPDATE lots SET tonnes = tonnes + 0.5",
    "bytes for a name": "UPDATE pledges SET organisation = x'ff00'",
    "text that is none": "UPDATE pledges SET organisation = CAST(x'fffe41' AS TEXT)",
    "an event's time that is none": "UPDATE events SET time = 'yesterday' WHERE seq = 7",
    "an event's data that are none": "UPDATE events SET data = x'ff' WHERE seq = 7",
    "an event's number that is none": "UPDATE events SET seq = 'seven' WHERE seq = 7",
    "a table that is gone": "DROP TABLE policies",
    "a view in a table's place":
        "ALTER TABLE policies RENAME TO p2; CREATE VIEW policies AS SELECT * FROM p2",
}  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", UNFIT)
def test_what_no_column_should_hold_is_named_too(lived_in: World, what: str) -> None:
    """SQLite holds what it is given; the audit names it and goes on."""
    with tampering(lived_in) as connection:
        _let_anything_in(connection)
        place = connection.begin_nested()
        for words in UNFIT[what].split("; "):
            connection.exec_driver_sql(words)
        with Session(connection) as session:
            fault = audit_session(session).fault
        place.rollback()
    assert fault
    expected = "event 7" if "event" in what else UNFIT[what].replace("DROP", "ALTER").split()[1]
    assert expected.replace("TABLE", "policies") in fault.text["en"]


DOWN: dict[str, dict[str, tuple[str, ...]]] = {
    "taken down": {
        "sqlite": ("DROP TRIGGER guard_events_kept",),
        "postgresql": ("DROP TRIGGER guard_events_kept ON events",),
    },
    "made to agree": {
        "sqlite": (
            "DROP TRIGGER guard_events_kept",
            "CREATE TRIGGER guard_events_kept BEFORE DELETE ON events WHEN false "
            "BEGIN SELECT RAISE(ABORT, 'guard:events_kept'); END",
        ),
        "postgresql": (
            "CREATE OR REPLACE FUNCTION guard_events_kept() RETURNS trigger LANGUAGE plpgsql "
            "AS 'BEGIN RETURN OLD; END'",
        ),
    },
    "disabled": {"postgresql": ("ALTER TABLE events DISABLE TRIGGER guard_events_kept",)},
    "asked for nothing": {
        "postgresql": (
            "DROP TRIGGER guard_events_kept ON events",
            "CREATE TRIGGER guard_events_kept BEFORE DELETE ON events FOR EACH ROW WHEN (false) "
            "EXECUTE FUNCTION guard_events_kept()",
        ),
    },
    "beside ours": {
        "sqlite": (
            "CREATE TRIGGER thief AFTER INSERT ON events BEGIN UPDATE users SET active = 1; END",
        ),
        "postgresql": ("CREATE RULE thief AS ON DELETE TO lots DO INSTEAD NOTHING",),
    },
}  # fmt: skip
UNGUARDED = [(what, database) for what, ways in DOWN.items() for database in ways]


@pytest.mark.parametrize(("what", "database"), UNGUARDED, indirect=["database"])
def test_a_guard_that_does_not_stand_is_named(lived_in: World, what: str, database: str) -> None:
    engine = lived_in.registry.engine.execution_options(registry_writing=True)
    with engine.begin() as connection:
        for words in DOWN[what][database]:
            connection.exec_driver_sql(words)
    fault = registry.audit(lived_in.registry).fault
    assert fault
    name = "thief" if what == "beside ours" else "guard_events_kept"
    assert (fault.kind, name in fault.text["en"]) == ("guard", True)


REPLACING = {
    "an event": "INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 3",
    "an event by its digest":
        "INSERT OR REPLACE INTO events SELECT 99, time, kind, actor, subject, data, 'x', digest "
        "FROM events WHERE seq = 3",
    "a pledge": "REPLACE INTO pledges SELECT * FROM pledges",
    "a parcel's version": "INSERT OR REPLACE INTO parcel_versions SELECT * FROM parcel_versions",
    "a loan under another's name": "UPDATE OR REPLACE loans SET loan_id = 'L1'",
    "a pledge by its number":
        "UPDATE OR REPLACE pledges SET registration_number = (SELECT max(registration_number) "
        "FROM pledges) WHERE registration_number IS NULL",
}  # fmt: skip


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", REPLACING)
def test_nothing_is_replaced_by_a_browser_of_databases(lived_in: World, what: str) -> None:
    """A bare connection asks no trigger of a DELETE when REPLACE deletes; others refuse."""
    lived_in.loan("L2")
    lived_in.apply("L2", "K1")
    file = lived_in.registry.engine.url.database or ""
    with (
        contextlib.closing(sqlite3.connect(file)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="guard:"),
    ):
        connection.execute(REPLACING[what])
    assert registry.audit(lived_in.registry).fault is None


def _rewrite(session: Session, seq: int) -> None:
    """Change an event and hash all later ones anew, as one with time and the source would."""
    entries = registry.events(session, after=seq - 1)
    before = entries[0].previous
    assert entries[0].actor != "forestry.1"
    entries[0].actor = "forestry.1"
    for entry in entries:
        entry.previous = before
        entry.digest = before = digest_of(entry)
    session.flush()


def test_a_chain_written_anew_is_found_by_a_checkpoint_kept_elsewhere(lived_in: World) -> None:
    private, public = new_signing_key()
    signed = registry.checkpoint(lived_in.registry, lived_in.auditor, private)
    registry.monitor(lived_in.registry, lived_in.maker, "P000001")
    with tampering(lived_in, keep=True) as connection, Session(connection) as session:
        run(connection, "DELETE FROM checkpoints")
        _rewrite(session, signed.seq - 3)
        session.commit()
    found = registry.audit(lived_in.registry, public_key=public, checkpoints=[signed])
    assert found.fault
    assert (found.fault.seq, found.fault.kind) == (signed.seq, "forged")


def test_a_chain_cut_short_is_found_by_a_checkpoint(lived_in: World) -> None:
    private, public = new_signing_key()
    signed = registry.checkpoint(lived_in.registry, lived_in.auditor, private)
    with tampering(lived_in, keep=True) as connection:
        run(connection, "DELETE FROM checkpoints")
        run(connection, "DELETE FROM events WHERE seq >= :s", s=signed.seq)
    found = registry.audit(lived_in.registry, public_key=public, checkpoints=[signed])
    assert (signed.seq, "cut") in {(fault.seq, fault.kind) for fault in found.faults}


def test_the_audit_says_up_to_which_event_somebody_signed(lived_in: World) -> None:
    """17 events, all signed; the checkpoint is an event itself, and one follows: 2 are not."""
    before = registry.audit(lived_in.registry)
    assert (before.checkpoints, before.signed_to) == (0, 0)
    private, public = new_signing_key()
    signed = registry.checkpoint(lived_in.registry, lived_in.auditor, private)
    registry.monitor(lived_in.registry, lived_in.maker, "P000001")
    found = registry.audit(lived_in.registry, public_key=public, checkpoints=[signed])
    assert (found.signed_to, found.events - found.signed_to) == (signed.seq, 2)
    assert (found.checkpoints, found.outside) == (1, 1)
    inside = registry.audit(lived_in.registry, public_key=public)
    assert (inside.checkpoints, inside.outside) == (1, 0)


def test_a_checkpoint_signed_by_somebody_else_is_found(lived_in: World) -> None:
    _, public = new_signing_key()
    other, _ = new_signing_key()
    signed = registry.checkpoint(lived_in.registry, lived_in.auditor, other)
    found = registry.audit(lived_in.registry, public_key=public)
    assert [(fault.seq, fault.kind) for fault in found.faults] == [(signed.seq, "signature")]


def test_checkpoints_come_back_from_their_lines() -> None:
    signed = Signed(seq=7, digest="a" * 64, signature="bc")
    assert registry.read_checkpoints([signed.line(), "\n"]) == [signed]


def test_the_chain_can_be_checked_by_hand(lived_in: World) -> None:
    """SHA-256 over the sorted JSON of seven fields: nothing of ours is needed for it."""
    import hashlib

    with lived_in.registry.reading() as session:
        entries = registry.events(session)
    before = "0" * 64
    for entry in entries:
        words = json.dumps(
            {
                "actor": entry.actor, "data": entry.data, "kind": entry.kind, "previous": before,
                "seq": entry.seq, "subject": entry.subject,
                "time": entry.time.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            },
            sort_keys=True, separators=(",", ":"), ensure_ascii=False,
        )  # fmt: skip
        assert entry.digest == hashlib.sha256(words.encode()).hexdigest()
        before = entry.digest


def test_personal_fields_are_sealed_for_good_and_the_chain_holds(lived_in: World) -> None:
    held = lived_in.registry
    assert registry.unseal(held, lived_in.maker, "S1")["name"] == "李山"
    registry.seal(held, lived_in.checker, "S1")
    with pytest.raises(registry.RegistryError, match="destroyed"):
        registry.unseal(held, lived_in.maker, "S1")
    assert registry.audit(held).fault is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_destroyed_key_is_nowhere_in_the_files(lived_in: World) -> None:
    """Neither in the file nor in the log beside it, while the registry is still open."""
    with lived_in.registry.reading() as session:
        key: bytes = session.scalars(text("SELECT wrapped FROM subject_keys")).one()
    file = Path(lived_in.registry.engine.url.database or "")

    def held() -> bool:
        return any(key in part.read_bytes() for part in file.parent.glob(f"{file.name}*"))

    assert held()
    registry.seal(lived_in.registry, lived_in.checker, "S1")
    assert not held()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_value_of_nobody_is_told_in_words(lived_in: World) -> None:
    with tampering(lived_in, keep=True) as connection:
        run(connection, "UPDATE users SET recorded_at = 'yesterday' WHERE user_id = 'auditor.1'")
    with pytest.raises(registry.RegistryError, match="'yesterday': stands in the registry"):
        lived_in.registry.user("auditor.1")


def test_no_personal_field_stands_in_the_database_in_clear(lived_in: World) -> None:
    with lived_in.registry.reading() as session:
        for table in ("events", "sealed_fields", "pledges", "subjects"):
            for row in session.execute(text(f"SELECT * FROM {table}")):  # noqa: S608
                words = " ".join(_readable(value) for value in row)
                assert "李山" not in words
                assert "6222 0000" not in words


def _readable(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def test_another_sealing_key_reads_nothing(lived_in: World) -> None:
    from lending.registry.sealing import Sealer

    object.__setattr__(lived_in.registry, "sealer", Sealer(bytes(32)))
    with pytest.raises(registry.RegistryError, match="not that of this registry"):
        registry.unseal(lived_in.registry, lived_in.maker, "S1")
