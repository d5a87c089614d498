"""Whether the guards stand as the revisions put them up, and no trigger beside them."""

from sqlalchemy import Connection, text

from lending.registry.migrations.guards import (
    EMPTYING,
    EMPTYING_BODY,
    FIRST,
    KEPT,
    body_of,
    trigger_of,
)
from lending.registry.migrations.later_guards import INSTRUMENT_STAYS, ISSUED_ONCE
from lending.registry.migrations.second_guards import SECOND

__all__ = ["misplaced_guards"]

Trigger = tuple[str, str]
"""Its table and its name."""
IN_SQLITE = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
IN_POSTGRESQL = """
SELECT c.relname, t.tgname, t.tgenabled, p.prosrc,
    replace(pg_get_triggerdef(t.oid), ' ON ' || quote_ident(n.nspname) || '.', ' ON ')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND n.nspname = current_schema()
UNION ALL SELECT tablename, rulename, 'O', definition, ''
FROM pg_rules WHERE schemaname = current_schema()"""
ENABLED = "O"


def misplaced_guards(connection: Connection) -> list[str]:
    """Return the triggers that are not there, not as they were made, or not ours."""
    sqlite = connection.dialect.name == "sqlite"
    wanted, found = (_wanted(sqlite=sqlite), _found(connection, sqlite=sqlite))
    return sorted(
        f"{name} ({table})"
        for table, name in wanted.keys() | found.keys()
        if wanted.get((table, name)) != found.get((table, name))
    )


def _wanted(*, sqlite: bool) -> dict[Trigger, tuple[str, ...]]:
    dialect = "sqlite" if sqlite else "postgresql"
    made: dict[Trigger, tuple[str, ...]] = {}
    for guard in (*FIRST, *SECOND, *INSTRUMENT_STAYS, *ISSUED_ONCE):
        if guard.only in {"", dialect}:
            words = trigger_of(guard, dialect)
            name = guard.table, f"guard_{guard.name}"
            made[name] = (words,) if sqlite else (ENABLED, body_of(guard), words)
    if not sqlite:
        for table in KEPT:
            words = EMPTYING.format(table=table)
            made[table, "guard_emptying"] = (ENABLED, EMPTYING_BODY, words)
    return made


def _found(connection: Connection, *, sqlite: bool) -> dict[Trigger, tuple[str, ...]]:
    rows = connection.execute(text(IN_SQLITE if sqlite else IN_POSTGRESQL))
    return {(row[0], row[1]): tuple(map(str, row[2:])) for row in rows}
