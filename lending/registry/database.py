"""Engines: SQLite and PostgreSQL made to behave alike where it matters.

A writing transaction is serialised from its first statement: BEGIN IMMEDIATE in SQLite, one
advisory lock in PostgreSQL, taken before anything is read. There is only this one lock, so nothing
can wait in a circle. A reading transaction sees one snapshot.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.orm import Session

from data_catalog.errors import ParameterMissing
from data_catalog.parameters import bundled
from data_catalog.text import Text
from lending.registry.errors import AgainstRecord, RegistryBusy, RegistryDown, RegistryError

__all__ = [
    "as_stored",
    "engine_of",
    "named",
    "overwrite",
    "reading",
    "told",
    "write_ahead",
    "writing",
]

WRITING = "registry_writing"
LOCK = "gep pledge registry"
TITLE = Text("质押登记库", "pledge registry")
BUSY_CODES = ("55P03", "57014", "40P01", "40001")
"""SQLSTATE of PostgreSQL: lock not available, cancelled in waiting, deadlock, not serialisable."""
FULL = ("full", "disk I/O error", "No space left", "could not extend file", "could not write")
UNOPENED = Text(
    "无法打开：不是登记库文件、已损坏，或没有读写权限。",
    "cannot be opened: it is no registry, it was damaged, or it may not be read and written.",
)
UNREADABLE = ("not a database", "malformed", "unable to open", "readonly")

GUARDED = {
    "guard:conservation": Text(
        "质押、出售、注销与缓冲之和超过批次的吨数。",
        "pledged, sold, retired and buffer would be more than the batch.",
    ),
    "guard:batch_below": Text(
        "批次的吨数少于已质押、出售、注销与缓冲之和。",
        "the batch would be less than what is pledged, sold, retired and in the buffer.",
    ),
    "guard:issued_before": Text(
        "序列号与同一项目的另一批次相交。", "serials meet those of another batch of the project."
    ),
    "guard:serial": Text(
        "序列号已被占用或不属于该批次。", "serials are taken, or not of the batch."
    ),
    "guard:": Text("登记库的约束拒绝了该写入。", "a guard of the registry refused this."),
    "two_persons": Text("经办与复核须为两人。", "maker and checker must be two persons."),
    "FOREIGN KEY": Text("所指的记录不存在。", "names something that is not recorded."),
    "foreign key": Text("所指的记录不存在。", "names something that is not recorded."),
    "ck_": Text("登记库的约束拒绝了该值。", "a rule of the registry refused a value."),
}
"""What the databases' own rules mean, the more special first."""


def lock_wait() -> float:
    """Return how long a writer waits for the others, seconds."""
    row = bundled().find("registry_lock_wait", "registry", "")
    if row is None:
        raise ParameterMissing(
            service=TITLE, standard="registry", parameter="registry_lock_wait", key=""
        )
    return row.in_units("s")


def url_of(place: str | Path) -> URL:
    """Return the address of a database; a path is an SQLite file."""
    words = str(place)
    if "://" not in words:
        return URL.create("sqlite", database=words)
    try:
        url = make_url(words)
    except ArgumentError as error:
        problem = Text("不是数据库地址。", "is no address of a database.")
        raise RegistryError(where=words.rsplit("@", maxsplit=1)[-1], problem=problem) from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        problem = Text("只支持 SQLite 和 PostgreSQL。", "only SQLite and PostgreSQL are supported.")
        raise RegistryError(where=url.get_backend_name(), problem=problem)
    return url


def named(engine: Engine) -> str:
    """Return the database's address without its password."""
    return engine.url.database or "" if _is_sqlite(engine) else str(engine.url)


def engine_of(place: str | Path) -> Engine:
    """Return an engine for a path or an address."""
    url = url_of(place)
    wait = lock_wait()
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": wait})
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,  # a server started anew is asked again, and nobody is told
            connect_args={"options": f"-c lock_timeout={int(wait)}s -c timezone=UTC"},
        )
    except ImportError as error:
        problem = Text(
            "缺少 PostgreSQL 驱动：pip install 'gep-toolkit[postgres]'。",
            "the driver of PostgreSQL is missing: pip install 'gep-toolkit[postgres]'.",
        )
        raise RegistryError(where="postgresql", problem=problem) from error
    event.listen(engine, "begin", _begin_postgresql)
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Hold the one writing transaction; commit at the end, or leave nothing behind."""
    with told(engine), engine.execution_options(**{WRITING: True}).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read one snapshot."""
    with told(engine), engine.connect() as connection:
        yield connection


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turn the database's own complaints that a user can do something about into words."""
    try:
        yield
    except DatabaseError as error:
        raise _in_words(engine, error) from error


def write_ahead(engine: Engine) -> None:
    """Let readers of SQLite read while one writes; the file remembers it."""
    if not _is_sqlite(engine):
        return
    with told(engine), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA journal_mode=WAL")


def overwrite(engine: Engine) -> None:
    """Write over what SQLite still holds of rows as they were, unless somebody is reading them.

    PostgreSQL keeps old rows, and its log of writes, as long as its own settings say.
    """
    if not _is_sqlite(engine):
        return
    with told(engine), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def as_stored(session: Session) -> Iterator[None]:
    """Read text as it is stored, also bytes that are no text; SQLite holds what it is given."""
    found = session.connection().connection.dbapi_connection
    if not isinstance(found, sqlite3.Connection):
        yield
        return
    before, found.text_factory = found.text_factory, _stored_text
    try:
        yield
    finally:
        found.text_factory = before


def _stored_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def _in_words(engine: Engine, error: DBAPIError) -> Exception:
    words, where = str(error.orig), named(engine)
    state = getattr(error.orig, "sqlstate", None)
    if state in BUSY_CODES or "database is locked" in words:
        return RegistryBusy(where=where, seconds=f"{lock_wait():g}")
    guard = next((name for name in GUARDED if name in words), None)
    if guard:
        return AgainstRecord(where=where, problem=GUARDED[guard])
    if any(sign in words for sign in FULL):
        full = Text(
            "磁盘已满或无法写入，什么也没有写入。请腾出空间后重试。",
            "the disk is full or cannot be written; nothing was written. Make room and try again.",
        )
        return RegistryDown(where=where, problem=full)
    if any(sign in words for sign in UNREADABLE):
        return RegistryDown(where=where, problem=UNOPENED)
    if isinstance(error, OperationalError):
        told = " ".join(words.split())
        lost = Text(
            f"数据库没有应答，或拒绝了连接。请检查地址、用户和网络。数据库的原话：“{told}”",
            f"the database does not answer, or lets nobody in. See to the address, the user and "
            f"the network. It said: {told}",
        )
        return RegistryDown(where=where, problem=lost)
    return error


def _set_up_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in (
        "foreign_keys=ON",
        "synchronous=FULL",
        "secure_delete=ON",
        "recursive_triggers=ON",
    ):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    wanted = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wanted else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITING):
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:name))")
        connection.execute(lock, {"name": LOCK})
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"
