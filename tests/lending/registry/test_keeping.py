"""Backup, restore and migration: the same rows come back, on either database."""

import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from lending import registry
from lending.registry.database import engine_of, reading, writing
from lending.registry.errors import ChainBroken, RegistryError
from lending.registry.journal import extend
from lending.registry.keeping import write_tables
from lending.registry.opening import migrate, revision_of
from lending.registry.tables import Row
from tests.lending.registry.test_audit import run, tampering
from tests.lending.registry.world import SEALING_KEY, World, of_batch, opened


@pytest.fixture
def lived_in(world: World) -> World:
    pledge = world.until("drawn", world.apply("L1", "K1", of_batch("B1", "60")))
    for number, before in (("V1", None), ("A2", "V1"), ("V3", "A2")):
        form = registry.ValuationForm(
            valuation_id=number, pledge_id=pledge, basis_date="2026-06-30",
            document={"lending_value": "210000.00", "名称": "景宁"}, supersedes=before,
        )  # fmt: skip
        registry.record_valuation(world.registry, world.maker, form)
    return world


def test_a_restored_registry_is_the_same_and_lives_on(
    lived_in: World, new_place: Callable[[], str], tmp_path: Path
) -> None:
    manifest = registry.backup(lived_in.registry, tmp_path / "b.zip")
    there = new_place()
    registry.restore(there, tmp_path / "b.zip").close()
    again = opened(there)
    assert registry.backup(again.registry, tmp_path / "c.zip").sha256 == manifest.sha256
    assert registry.unseal(again.registry, again.maker, "S1")["name"] == "李山"
    registry.repay(again.registry, again.maker, "P000001")
    registry.release(again.registry, again.checker, "P000001")
    assert registry.audit(again.registry).fault is None
    with pytest.raises(Exception, match="guard:"), tampered(again) as connection:
        run(connection, "DELETE FROM events WHERE seq = 3")
    again.registry.close()


def tampered(world: World):
    return world.registry.engine.execution_options(registry_writing=True).begin()


def test_a_backup_moves_between_the_databases(
    lived_in: World, postgres_address: str, tmp_path: Path, database: str
) -> None:
    from tests.lending.registry.postgres import new_database

    manifest = registry.backup(lived_in.registry, tmp_path / "b.zip")
    there = tmp_path / "other.db"
    place = str(there) if database == "postgresql" else new_database(postgres_address, "moved")
    moved = registry.restore(place, tmp_path / "b.zip", sealing_key=SEALING_KEY)
    assert registry.audit(moved).head == manifest.head
    assert registry.backup(moved, tmp_path / "c.zip").sha256 == manifest.sha256
    moved.close()


def test_a_damaged_backup_is_refused_and_leaves_nothing(
    lived_in: World, new_place: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "b.zip"
    registry.backup(lived_in.registry, file)
    with zipfile.ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    parts["pledges.jsonl"] = parts["pledges.jsonl"].replace(b"30000000", b"90000000")
    _pack(tmp_path / "bad.zip", parts)
    there = new_place()
    with pytest.raises(RegistryError, match="pledges"):
        registry.restore(there, tmp_path / "bad.zip")
    # with the manifest made to fit, the chain still knows better
    import hashlib

    manifest = json.loads(parts["manifest.json"])
    manifest["sha256"]["pledges"] = hashlib.sha256(parts["pledges.jsonl"]).hexdigest()
    parts["manifest.json"] = json.dumps(manifest).encode()
    _pack(tmp_path / "forged.zip", parts)
    with pytest.raises(ChainBroken, match="secured_amount"):
        registry.restore(there, tmp_path / "forged.zip")
    (tmp_path / "cut.zip").write_bytes(file.read_bytes()[:1000])
    with pytest.raises(RegistryError, match="no readable backup"):
        registry.restore(there, tmp_path / "cut.zip")
    registry.restore(there, file).close()


def _pack(file: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w") as packed:
        for name, words in parts.items():
            packed.writestr(name, words)


def test_what_is_there_is_not_replaced(lived_in: World, tmp_path: Path) -> None:
    registry.backup(lived_in.registry, tmp_path / "b.zip")
    with pytest.raises(RegistryError, match="exists"):
        registry.backup(lived_in.registry, tmp_path / "b.zip")
    where = lived_in.registry.engine.url.render_as_string(hide_password=False)
    with pytest.raises(RegistryError, match="not empty"):
        registry.restore(where, tmp_path / "b.zip")


def test_a_broken_chain_is_not_backed_up(lived_in: World, tmp_path: Path) -> None:
    with tampering(lived_in, keep=True) as connection:
        run(connection, "UPDATE events SET actor = 'nobody' WHERE seq = 5")
    with pytest.raises(ChainBroken, match="event 5"):
        registry.backup(lived_in.registry, tmp_path / "b.zip")
    assert list(tmp_path.glob("b.zip*")) == []


def test_the_revisions_make_the_tables_of_the_code(world: World) -> None:
    with reading(world.registry.engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Row.metadata) == []


FIRST = (
    "INSERT INTO users VALUES ('m', 'bank_maker', 'B', {true}, '{t}'), "
    "('c', 'bank_checker', 'B', {true}, '{t}')",
    "INSERT INTO loans VALUES "
    "('L1', NULL, 'B', 100, 0, '2026-01-01', '2027-01-01', '', NULL, NULL), "
    "('L2', NULL, 'B', 100, 0, '2026-01-01', '2027-01-01', '', NULL, NULL)",
    "INSERT INTO pledges VALUES ('P000001', 'L1', 'CARB_F', NULL, 'B', 'applied', '2026-01-01', "
    "'2027-01-01', NULL, '', 100, NULL, NULL, NULL, NULL, NULL, 'm', NULL, '{t}')",
    "INSERT INTO pledges VALUES ('P000002', 'L2', 'CARB_F', NULL, 'B', 'applied', '2026-01-01', "
    "'2027-01-01', NULL, '', 100, NULL, NULL, NULL, NULL, NULL, 'm', NULL, '{t}')",
)


def first_schema(place: str) -> Engine:
    """Make a registry of revision 0001 that holds two pledges, as its chain says."""
    engine = engine_of(place)
    migrate(engine, create=True, revision="0001")
    moment = "2026-01-01T00:00:00.000000Z"
    rows = []
    with writing(engine) as connection:
        for words in FIRST:
            true = "1" if engine.dialect.name == "sqlite" else "true"
            connection.exec_driver_sql(words.format(t=moment, true=true))
        for table in ("users", "loans", "pledges"):
            found = connection.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608
            rows += [[table, {k: _said(k, v) for k, v in row.items()}] for row in found]
        with Session(connection) as session:
            extend(session, time=datetime.now(UTC), kind="apply", actor="m", subject="P000001",
                   data={"facts": {}, "rows": rows})  # fmt: skip
            session.commit()
    return engine


def lives(place: str) -> None:
    """It is of the newest revision, has its data, holds, and goes on behind all guards."""
    found = registry.open(place)
    with found.reading() as session:
        assert {p.pledge_id: p.family for p in registry.pledges(session)} == {
            "P000001": "L1", "P000002": "L2",
        }  # fmt: skip
        assert [e.kind for e in registry.events(session)] == [
            "created",
            "apply",
            *["migrated"] * 5,
        ]
    assert registry.audit(found).fault is None
    registry.screen(found, found.user("m"), "P000001")
    with (
        pytest.raises(RegistryError, match="a guard of the registry"),
        writing(found.engine) as connection,
    ):
        connection.exec_driver_sql("UPDATE loans SET amount = 1")
    found.close()


def test_a_registry_of_the_first_schema_is_brought_up_with_its_data(place: str) -> None:
    """The family of each pledge becomes its loan, and the chain says so."""
    first_schema(place).dispose()
    lives(place)


def test_a_backup_of_the_first_schema_is_restored_and_brought_up(
    new_place: Callable[[], str], tmp_path: Path
) -> None:
    engine = first_schema(new_place())
    with reading(engine) as connection, Session(connection) as session:
        last = registry.events(session)[-1]
        write_tables(
            connection, tmp_path / "old.zip", "2026-01-02T00:00:00.000000Z", last.seq, last.digest
        )
    engine.dispose()
    there = new_place()
    registry.restore(there, tmp_path / "old.zip").close()
    lives(there)


def test_a_backup_of_a_newer_toolkit_is_refused(
    lived_in: World, new_place: Callable[[], str], tmp_path: Path
) -> None:
    registry.backup(lived_in.registry, tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(parts["manifest.json"]) | {"revision": "9999"}
    _pack(tmp_path / "new.zip", parts | {"manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(RegistryError, match="newer toolkit"):
        registry.restore(new_place(), tmp_path / "new.zip")


def _said(name: str, value: object) -> object:
    """As an event says a value: money with two decimals, rates with six."""
    if name in {"amount", "secured_amount"}:
        return f"{int(value) / 100:.2f}"
    if name == "rate":
        return f"{int(value) / 10**6:.6f}"
    if name == "active":
        return bool(value)
    return value if isinstance(value, str | None) else str(value)


def test_a_registry_of_a_newer_toolkit_is_left_alone(world: World) -> None:
    engine = world.registry.engine
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RegistryError, match="newer toolkit"):
        registry.open(engine.url.render_as_string(hide_password=False))
    with reading(engine) as connection:
        assert revision_of(connection) == "9999"


def test_a_mistyped_address_makes_no_registry(tmp_path: Path, place: str) -> None:
    with pytest.raises(RegistryError, match="no registry"):
        registry.open(place)
    assert not Path(place).exists()
    with pytest.raises(RegistryError, match="SQLite"):
        registry.open("mysql://x/y")
    (tmp_path / "text.db").write_text("no database at all, but a text " * 99)
    with pytest.raises(RegistryError, match="cannot be opened"):
        registry.open(tmp_path / "text.db")
