"""Whatever is done to the database behind the registry's back, the audit names where it began."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from lending import registry
from lending.registry import Signed, new_signing_key
from lending.registry.auditing import audit_session
from lending.registry.journal import digest_of
from lending.registry.keeping import _unguarded
from lending.registry.tables import Event
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
    for seq in range(1, lived_in.events() + 1):
        with tampering(lived_in) as connection:
            words = f"UPDATE events SET {column} = :v WHERE seq = :s"  # noqa: S608
            run(connection, words, v=COLUMNS[column], s=seq)
            expected = {"seq": "missing", "previous": "misplaced"}.get(column, "altered")
            last = column == "seq" and seq == lived_in.events()
            assert first_fault(connection) == (seq, "missing" if last else expected)


def test_any_removed_event_is_found(lived_in: World) -> None:
    for seq in range(1, lived_in.events()):
        with tampering(lived_in) as connection:
            run(connection, "DELETE FROM events WHERE seq = :s", s=seq)
            assert first_fault(connection) == (seq, "missing")


def test_removed_and_renumbered_is_found(lived_in: World) -> None:
    for seq in range(1, lived_in.events()):
        with tampering(lived_in) as connection:
            run(connection, "DELETE FROM events WHERE seq = :s", s=seq)
            for later in range(seq + 1, lived_in.events() + 1):
                run(connection, "UPDATE events SET seq = :a WHERE seq = :b", a=later - 1, b=later)
            assert first_fault(connection) == (seq, "misplaced")


def test_two_events_in_each_others_place_are_found(lived_in: World) -> None:
    for seq in range(1, lived_in.events()):
        with tampering(lived_in) as connection:
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
    "a pledge's state": ("UPDATE pledges SET secured_amount = 1", "draw"),
    "a lot's tonnes": ("UPDATE lots SET tonnes = 1", "register"),
    "a boundary": ("UPDATE parcel_versions SET geometry = :b", "record_parcel"),
    "a sealed name": ("UPDATE sealed_fields SET sealed = :b", "record_subject"),
    "a role": ("UPDATE users SET role = 'auditor' WHERE user_id = 'forestry.1'", "record_user"),
    "a lot that is gone": ("DELETE FROM lots", "register"),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_a_row_that_no_event_wrote_so_is_named(lived_in: World, what: str) -> None:
    words, kind = ROWS[what]
    with tampering(lived_in) as connection:
        run(connection, words, **({"b": b"other"} if ":b" in words else {}))
        seq, found = first_fault(connection)
        with Session(connection) as session:
            assert (found, session.get_one(Event, seq).kind) == ("row", kind)


def test_a_row_without_an_event_is_found(lived_in: World) -> None:
    with tampering(lived_in) as connection:
        run(connection, "INSERT INTO parcels VALUES ('K9', '331127', :t)", t=COLUMNS["time"])
        assert first_fault(connection)[1] == "row"


def _rewrite(session: Session, seq: int) -> None:
    """Change an event and hash all later ones anew, as one with time and the source would."""
    entries = registry.events(session, after=seq - 1)
    before = entries[0].previous
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
        _rewrite(session, 12)
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
