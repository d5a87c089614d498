"""Backup and restore: one file that either database can be made from, verified on both ways.

The file is a zip of one text per table, a row of JSON a line, and a manifest with the revision,
the head of the chain and the SHA-256 of every text. Wrapped keys are in it, so that personal
fields come back; the sealing key is not.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Connection, Date, LargeBinary, MetaData, Table, insert, select, text
from sqlalchemy.orm import Session

from data_catalog.disk_words import unreadable, unwritable
from data_catalog.text import Text
from lending.registry.auditing import audit_session
from lending.registry.columns import as_text
from lending.registry.database import engine_of, named, reading, write_ahead, writing
from lending.registry.errors import ChainBroken, RegistryError
from lending.registry.journal import canonical
from lending.registry.opening import (
    Registry,
    open_registry,
    refuse_newer,
    revision_of,
    upgrade,
)
from lending.registry.tables import Event

__all__ = ["BackupManifest", "backup", "restore"]

MANIFEST = "manifest.json"
FORMAT = 1
VERSIONS = "alembic_version"


@dataclass(frozen=True, kw_only=True)
class BackupManifest:
    """What a backup holds."""

    format: int
    revision: str
    written_at: str
    events: int
    head: str
    rows: dict[str, int]
    sha256: dict[str, str]


def backup(registry: Registry, file: Path) -> BackupManifest:
    """Write all tables, as of one moment, into a new file.

    Raises
    ------
    ChainBroken
        If the audit of that moment fails: a backup of it would be believed.
    RegistryError
        If the file exists or cannot be written.
    """
    if file.exists():
        raise RegistryError(where=str(file), problem=EXISTS)
    aside = file.with_name(f"{file.name}.part")
    try:
        with reading(registry.engine) as connection:
            manifest = _write(connection, aside, as_text(registry.clock()), registry.name)
        aside.rename(file)
    except OSError as error:
        raise RegistryError(where=str(file), problem=unwritable(error)) from error
    finally:
        aside.unlink(missing_ok=True)
    return manifest


def restore(place: str | Path, file: Path, *, sealing_key: Path | bytes | None = None) -> Registry:
    """Make an empty database into what was backed up, or leave it empty.

    Raises
    ------
    RegistryError
        If the file is no backup or was damaged, or the database is not empty.
    ChainBroken
        If the chain in the backup does not hold.
    """
    manifest, tables = _read(file)
    engine = engine_of(place)
    refuse_newer(manifest.revision, str(file))
    try:
        with reading(engine) as connection:
            _refuse_unless_empty(connection, named(engine))
        with writing(engine) as connection:
            _refuse_unless_empty(connection, named(engine))
            upgrade(connection, manifest.revision)
            with _unguarded(connection):
                for table in _tables(connection):
                    connection.execute(table.delete())
                    _load(connection, table, tables.get(table.name, []))
            _compare(connection, manifest, str(file))
            upgrade(connection, "head")
            _audit(connection, manifest, str(file))
    finally:
        engine.dispose()
    found = open_registry(place, sealing_key=sealing_key)
    write_ahead(found.engine)
    return found


def _refuse_unless_empty(connection: Connection, where: str) -> None:
    if revision_of(connection) is not None:
        raise RegistryError(where=where, problem=NOT_EMPTY)


def _write(connection: Connection, file: Path, time: str, name: str) -> BackupManifest:
    with Session(connection) as session:
        found = audit_session(session)
    if found.fault:
        raise ChainBroken(where=name, problem=found.fault.text)
    return write_tables(connection, file, time, found.events, found.head)


def write_tables(
    connection: Connection, file: Path, time: str, events: int, head: str
) -> BackupManifest:
    """Write all tables of a registry of any revision, with a manifest, into a new file."""
    rows, digests = {}, {}
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED) as packed:
        for table in _tables(connection):
            lines = list(_lines(connection, table))
            rows[table.name], digests[table.name] = len(lines), _digest(lines)
            packed.writestr(f"{table.name}.jsonl", "".join(f"{line}\n" for line in lines))
        manifest = BackupManifest(
            format=FORMAT, revision=revision_of(connection) or "", written_at=time,
            events=events, head=head, rows=rows, sha256=digests,
        )  # fmt: skip
        packed.writestr(MANIFEST, canonical(asdict(manifest)))
    return manifest


def _read(file: Path) -> tuple[BackupManifest, dict[str, list[str]]]:
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = BackupManifest(**json.loads(packed.read(MANIFEST)))
            tables = {
                name: packed.read(f"{name}.jsonl").decode().splitlines() for name in manifest.rows
            }
    except OSError as error:
        problem = unreadable(error, Text("登记库的备份", "a backup of a registry"))
        raise RegistryError(where=str(file), problem=problem) from error
    except (zipfile.BadZipFile, zlib.error, KeyError, TypeError, ValueError) as error:
        raise RegistryError(where=str(file), problem=NO_BACKUP) from error
    for name, lines in tables.items():
        if _digest(lines) != manifest.sha256.get(name):
            problem = Text(
                f"表 {name} 与清单不符。", f"table {name} is not what the manifest says."
            )
            raise RegistryError(where=str(file), problem=problem)
    return manifest, tables


def _compare(connection: Connection, manifest: BackupManifest, where: str) -> None:
    """Compare what was loaded with the manifest, row by row."""
    for table in _tables(connection):
        if _digest(list(_lines(connection, table))) != manifest.sha256.get(table.name):
            problem = Text(
                f"表 {table.name} 恢复后不同。", f"table {table.name} came back different."
            )
            raise RegistryError(where=where, problem=problem)


def _audit(connection: Connection, manifest: BackupManifest, where: str) -> None:
    """Audit what was loaded, brought to the newest revision, and find the old head in it."""
    with Session(connection) as session:
        found = audit_session(session)
        old_head = session.get(Event, manifest.events)
    if found.fault or old_head is None or old_head.digest != manifest.head:
        broken = (
            found.fault.text if found.fault else Text("链首不符。", "another head of the chain.")
        )
        raise ChainBroken(where=where, problem=broken)


def _tables(connection: Connection) -> list[Table]:
    """Return the tables as they are in this database, each behind those it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != VERSIONS]


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
        yield canonical({name: _packed(value) for name, value in row.items()})


def _load(connection: Connection, table: Table, lines: Sequence[str]) -> None:
    rows = [
        {name: _unpacked(table, name, value) for name, value in json.loads(line).items()}
        for line in lines
    ]
    for some in _parents_first(table, rows):
        connection.execute(insert(table), some)


def _parents_first(table: Table, rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in portions, so that a row comes behind the row of its table that it names."""
    own = [key for key in table.foreign_keys if key.column.table is table]
    if not own:
        if rows:
            yield rows
        return
    child, parent = own[0].parent.name, own[0].column.name
    there: set[Any] = {None}
    while rows:
        ready = [row for row in rows if row[child] in there]
        if not ready:
            return
        yield ready
        there |= {row[parent] for row in ready}
        rows = [row for row in rows if row[parent] not in there]


def _packed(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value.isoformat() if isinstance(value, date) else value


def _unpacked(table: Table, name: str, value: Any) -> Any:  # noqa: ANN401
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return bytes.fromhex(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(kind, Boolean) else value


@contextmanager
def _unguarded(connection: Connection) -> Iterator[None]:
    """Take the guards down while rows are loaded as they were; put the same ones up again."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in found:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, words in found:
            connection.exec_driver_sql(words)
        return
    tables = _tables(connection)
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    yield
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')


def _digest(lines: Sequence[str]) -> str:
    found = hashlib.sha256()
    for line in lines:
        found.update(f"{line}\n".encode())
    return found.hexdigest()


EXISTS = Text("文件已存在，备份不覆盖。", "exists; a backup replaces nothing.")
NOT_EMPTY = Text("不是空库，只能恢复到空库。", "is not empty; restore into a new one.")
NO_BACKUP = Text(
    "不是可读的备份：不是 gep pledge backup 写出的文件，或已损坏。",
    "is no readable backup: gep pledge backup did not write it, or it was damaged.",
)
