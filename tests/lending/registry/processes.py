"""Processes that meet: each opens the registry by itself, and what it returns comes back."""

import multiprocessing
import sqlite3
import traceback
from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from lending.registry import database
from tests.lending.registry.world import World

WAIT = 900.0
"""Seconds that one waits for the others: at a barrier, behind their writing, or for the end.

A shared machine may let a process that holds the lock stand still for longer than a writer waits
elsewhere (`registry_lock_wait`); that a writer gives up then is tested by itself.
"""
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.lending.registry.warm"])

Work = Callable[..., list[Any]]


def address(world: World) -> str:
    return world.registry.engine.url.render_as_string(hide_password=False)


def together(work: Work, officers: int, world: World, *facts: object) -> list[list[Any]]:
    """Run work(place, barrier, number, *facts) in so many processes; return what each returned."""
    barrier, answers = CONTEXT.Barrier(officers), CONTEXT.SimpleQueue()
    running = [
        CONTEXT.Process(target=_answer, args=(answers, work, address(world), barrier, n, *facts))
        for n in range(officers)
    ]
    for process in running:
        process.start()
    found = dict(answers.get() for _ in running)
    for process in running:
        process.join(WAIT)
        assert process.exitcode == 0
    wrong = [said for said in found.values() if isinstance(said, str)]
    assert not wrong, "\n".join(wrong)
    return [found[number] for number in range(officers)]


def _answer(answers, work, place, barrier, number, *facts) -> None:
    """Put what the work returns; if it raises, what it raised, and let nobody wait for it."""
    database.lock_wait = lambda: WAIT
    try:
        answers.put((number, work(place, barrier, number, *facts)))
    except Exception:  # noqa: BLE001  (told where all are gathered)
        barrier.abort()
        answers.put((number, traceback.format_exc()))


def nothing_waits(world: World) -> None:
    """No lock is held or waited for, no transaction is open, no deadlock was ever met."""
    engine = world.registry.engine
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(engine.url.database or "", timeout=0) as connection:
            connection.execute("BEGIN EXCLUSIVE")
        connection.close()
        return
    with engine.connect() as connection:
        for words in (
            "SELECT count(*) FROM pg_locks WHERE NOT granted OR locktype = 'advisory'",
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'",
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()",
        ):
            assert connection.scalar(text(words)) == 0, words
