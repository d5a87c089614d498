"""A registry: opened, migrated, read from, acted on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, select
from sqlalchemy.orm import Session

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.registry import journal
from lending.registry.claims import FindConflicts, default_finder
from lending.registry.database import engine_of, named, reading, write_ahead, writing
from lending.registry.errors import REGISTRY, NotAllowed, RegistryError
from lending.registry.roles import permit
from lending.registry.sealing import Sealer
from lending.registry.tables import User

__all__ = ["Act", "Registry", "migrate", "open_registry", "refuse_newer", "revision_of", "upgrade"]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Act:
    """One act in its transaction: its session, its time, and what is to stand in its event."""

    session: Session
    time: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    subject: str = ""


@dataclass(frozen=True, kw_only=True)
class Registry:
    """An opened registry.

    Parameters
    ----------
    sealer : Sealer or None
        Holds the key of personal fields; without it none can be written or read.
    find_conflicts : callable
        Compares new claims with those that stand near them.
    clock : callable
        Returns the time in UTC.
    """

    engine: Engine
    sealer: Sealer | None
    find_conflicts: FindConflicts
    clock: Callable[[], datetime] = _now

    @property
    def name(self) -> str:
        """Where it is."""
        return named(self.engine)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Read one snapshot."""
        with reading(self.engine) as connection, Session(connection) as session:
            yield session

    @contextmanager
    def acting(self, user: User | None, kind: str, subject: str = "") -> Iterator[Act]:
        """Do one act in one serialised transaction that ends with its event.

        `user` is None for what only the operator does. The user is read again under the lock: who
        was stopped a moment ago can do nothing more.
        """
        with (
            writing(self.engine) as connection,
            Session(connection, expire_on_commit=False, autoflush=False) as session,
        ):
            if user is not None:
                _permit_now(session, user, kind)
            journal.watch(session)
            last = journal.head(session)
            time = max(self.clock(), last.time) if last else self.clock()
            act = Act(session, time, subject=subject)
            yield act
            journal.append(
                session, time=time, kind=kind, actor=user.user_id if user else "operator",
                subject=act.subject, facts=act.facts,
            )  # fmt: skip
            session.expunge_all()

    def user(self, user_id: str) -> User:
        """Return a user.

        Raises
        ------
        UnknownNameError
            If there is none of this name.
        """
        with self.reading() as session:
            return _user(session, user_id)


def open_registry(
    place: str | Path, *, create: bool = False, sealing_key: Path | bytes | None = None,
    find_conflicts: FindConflicts | None = None, clock: Callable[[], datetime] = _now,
) -> Registry:  # fmt: skip
    """Open a registry, migrated to the newest revision.

    Parameters
    ----------
    place : str or Path
        A file of SQLite, or the address of a database.
    create : bool
        Make one where there is none; otherwise a mistyped address is an error.
    sealing_key : Path or bytes, optional
        The key of personal fields, or its file.
    find_conflicts : callable, optional
        By default that of `lending.conflicts`.

    Raises
    ------
    RegistryError
        If there is no registry, or one of a newer toolkit.
    """
    engine = engine_of(place)
    file = Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None
    if file and not file.exists() and not create:
        raise RegistryError(where=str(file), problem=NOT_THERE)
    sealer = Sealer.of(sealing_key) if sealing_key is not None else None
    found = Registry(
        engine=engine, sealer=sealer, find_conflicts=find_conflicts or default_finder, clock=clock
    )
    try:
        migrate(engine, create=create)
    except BaseException:
        engine.dispose()
        raise
    return found


NOT_THERE = Text(
    "没有登记库。先运行 gep pledge init，或检查地址。",
    "there is no registry. Run gep pledge init first, or check the address.",
)
NEWER = Text(
    "登记库由更新版本的工具写成（修订 {found}）。请先升级工具。",
    "the registry was written by a newer toolkit (revision {found}). Upgrade the toolkit first.",
)


def migrate(engine: Engine, *, create: bool, revision: str = "head") -> None:
    """Bring the tables to a revision, all of it or nothing."""
    with reading(engine) as connection:
        found = revision_of(connection)
    scripts = ScriptDirectory.from_config(_config())
    wanted = scripts.get_current_head() if revision == "head" else revision
    if found == wanted:
        return
    if found is None and not create:
        raise RegistryError(where=named(engine), problem=NOT_THERE)
    if found is not None:
        refuse_newer(found, named(engine))
    with writing(engine) as connection:
        if revision_of(connection) == found:
            upgrade(connection, revision)
    write_ahead(engine)


def refuse_newer(revision: str, where: str) -> None:
    """Return if this toolkit knows the revision.

    Raises
    ------
    RegistryError
        If a newer one made it.
    """
    try:
        ScriptDirectory.from_config(_config()).get_revision(revision)
    except CommandError as error:
        problem = Text(NEWER.zh.format(found=revision), NEWER.en.format(found=revision))
        raise RegistryError(where=where, problem=problem) from error


def upgrade(connection: Connection, revision: str) -> None:
    """Run the revisions up to this one in the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database's tables; None if it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "lending.registry:migrations")
    config.set_main_option("path_separator", "os")
    return config


def _permit_now(session: Session, user: User, kind: str) -> None:
    """Return if the user, as recorded at this moment, may do this for the same organisation."""
    found = _user(session, user.user_id)
    permit(found, kind)
    if found.organisation != user.organisation:
        raise NotAllowed(user=user.user_id, problem=MOVED)


MOVED = Text(
    "该用户已调往另一单位，请重新打开登记库。",
    "this user now belongs to another organisation; open the registry again.",
)


def _user(session: Session, user_id: str) -> User:
    found = session.get(User, user_id)
    if found is None:
        known = session.scalars(select(User.user_id))
        raise UnknownNameError(
            where=REGISTRY, name=user_id, kind=Text("用户", "user"), hint=suggestion(user_id, known)
        )
    session.expunge(found)
    return found
