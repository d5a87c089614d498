"""Different acts at the same instant: what each process was told is what the chain says.

Each officer is a process with users of its own. After a contest one law is looked at, and at the
end the acts of each officer stand in the chain, those that were told done and no other.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import text

from lending import registry
from lending.registry import IssueForm, RegistryError
from tests.lending.registry.conftest import Shown
from tests.lending.registry.processes import WAIT, nothing_waits, together
from tests.lending.registry.world import BANK, ROLES, World, of_batch, opened, serials

OFFICERS = 8
REFUSED = "refused"
Done = tuple[str, str]
"""The kind of an act and its subject."""


@dataclass(frozen=True)
class Contest:
    """What is there before, what each officer tries, and what must be so after."""

    prepare: Callable[[World, str], list[str]]
    attempt: Callable[[World, int, list[str]], Done]
    law: Callable[[World, list[str], Counter[str]], bool]


def _land(world: World, name: str, *, apart: bool = False, rivals: int = 1) -> list[str]:
    """Make parcels that overlap, or lie apart, and loans of the same names."""
    with world.registry.reading() as session:
        west = 80 + (session.scalar(text("SELECT count(*) FROM parcels")) or 0) * 0.02
    names = [f"{name}-{number}" for number in range(rivals)]
    for number, one in enumerate(names):
        world.parcel(one, west=west + number * (0.02 if apart else 0.0001))
        world.loan(one)
    return names


def _pledges(state: str, *, apart: bool = False, rivals: int = 1, first: str | None = None):
    """Make pledges in a state, the first perhaps in another, on land of their own."""

    def prepare(world: World, name: str) -> list[str]:
        land = _land(world, name, apart=apart, rivals=rivals)
        made = [world.apply(one, one) for one in land]
        for number, pledge in enumerate(made):
            world.until(first if first and number == 0 else state, pledge)
        return made

    return prepare


def _batch(*, issued: bool):
    def prepare(world: World, name: str) -> list[str]:
        world.project(name)
        world.batch(name, "100.000", project=name)
        if issued:
            form = IssueForm(serial_from=1, serial_to=100)
            registry.issue_batch(world.registry, world.forestry, name, form)
        return [name]

    return prepare


def _step(action: str, role: str):
    """The same step on the same pledge, by all."""

    def attempt(world: World, _number: int, subjects: list[str]) -> Done:
        getattr(registry, action)(world.registry, world.users[role], subjects[0])
        return action, subjects[0]

    return attempt


def _approve(world: World, _number: int, subjects: list[str]) -> Done:
    found = registry.approve(world.registry, world.checker, subjects[0])
    assert found.checker == world.checker.user_id
    return "approve", subjects[0]


def _register(world: World, number: int, subjects: list[str], said: str | None = None) -> Done:
    mine = subjects[number]
    registry.register(world.registry, world.maker, mine, said or f"N-{mine}")
    return "register", mine


def _register_or_release(world: World, number: int, subjects: list[str]) -> Done:
    """The first releases what bars all the others."""
    if number:
        return _register(world, number, subjects)
    return _step("release", "bank_checker")(world, number, subjects)


def _register_or_withdraw(world: World, number: int, subjects: list[str]) -> Done:
    if number % 2:
        return _step("withdraw", "bank_maker")(world, number, subjects)
    return _register(world, 0, subjects)


def _same_number(world: World, number: int, subjects: list[str]) -> Done:
    return _register(world, number, subjects, f"N-all-{subjects[0]}")


def _sell_serials(world: World, number: int, subjects: list[str]) -> Done:
    """Five serials each, of which two are wanted by the next officer too."""
    part = serials(subjects[0], 1 + 3 * number, 5 + 3 * number)
    registry.set_aside(world.registry, world.forestry, part, state="sold")
    return "set_aside", subjects[0]


def _sell_or_issue(world: World, number: int, subjects: list[str]) -> Done:
    """Even ones sell 40 t of 100 t expected; odd ones record an issuance of 90 t."""
    name = subjects[0]
    if number % 2:
        form = IssueForm(serial_from=1, serial_to=90)
        registry.issue_batch(world.registry, world.forestry, name, form)
        return "issue_batch", name
    registry.set_aside(world.registry, world.forestry, of_batch(name, "40"), state="sold")
    return "set_aside", name


def _batches(world: World, name: str) -> list[str]:
    """Make a batch for each officer, all of one project."""
    world.project(name)
    names = [f"{name}-{number}" for number in range(OFFICERS)]
    for one in names:
        world.batch(one, "100", project=name)
    return names


def _issue_the_same(world: World, number: int, subjects: list[str]) -> Done:
    """A hundred serials each, all of them with one in common."""
    form = IssueForm(serial_from=1 + number, serial_to=100 + number)
    registry.issue_batch(world.registry, world.forestry, subjects[number], form)
    return "issue_batch", subjects[number]


def _apply(world: World, _number: int, subjects: list[str]) -> Done:
    return "apply", world.apply(subjects[0], subjects[0])


def _measure_again(world: World, _number: int, subjects: list[str]) -> Done:
    world.parcel(subjects[0])
    return "record_parcel", subjects[0]


def _measure_or_register(world: World, number: int, subjects: list[str]) -> Done:
    pledge, parcel = subjects
    if number % 2:
        return _measure_again(world, number, [parcel])
    return _register(world, 0, [pledge])


def _alert(world: World, _number: int, subjects: list[str]) -> Done:
    facts = {"id": "alert", "ltv_after": "0.71"}
    registry.note(world.registry, world.maker, subjects[0], "fire", facts)
    return "note", subjects[0]


def _one(kind: str):
    """Exactly one may, whoever it is."""
    return lambda _world, _subjects, done: done == {kind: 1, REFUSED: OFFICERS - 1}


def _released_then_registered(world: World, subjects: list[str], done: Counter[str]) -> bool:
    """The release was done; one other came behind it, or all others came before it."""
    with world.registry.reading() as session:
        of_these = [e for e in registry.events(session) if e.subject in subjects]
    taken = [e.kind for e in of_these if e.kind in {"register", "release"}]
    free = ["register", "release"]
    return done["release"] == 1 and taken in (free, [*free, "register"])


def _disjoint(world: World, subjects: list[str], done: Counter[str]) -> bool:
    """No serial is sold twice, five by each seller."""
    sold = [n for a, b in _sold(world, subjects[0]) if a for n in range(a, b + 1)]
    return len(sold) == len(set(sold)) == 5 * done["set_aside"] > 0


def _conserved(world: World, subjects: list[str], done: Counter[str]) -> bool:
    """Issued once; 40 t to each of two buyers, or less than two; never above 90 t."""
    with world.registry.reading() as session:
        sold = registry.counted_tonnes(session, subjects[0])["sold"]
    return done["issue_batch"] == 1 and sold == 40 * done["set_aside"] <= 90


def _numbered(world: World, subjects: list[str], done: Counter[str]) -> bool:
    """The first version and one more of each officer, none lost."""
    words = "SELECT version FROM parcel_versions WHERE parcel_id = :name ORDER BY version"
    with world.registry.reading() as session:
        found = list(session.scalars(text(words), {"name": subjects[0]}))
    return done == {"record_parcel": OFFICERS} and found == list(range(1, OFFICERS + 2))


def _on_the_newest(world: World, subjects: list[str], done: Counter[str]) -> bool:
    """All measure; one registers before the first of them, or nobody."""
    with world.registry.reading() as session:
        of_these = [e.kind for e in registry.events(session) if e.subject in subjects]
    since = of_these[of_these.index("sign") + 1 :]
    return since in (["register"] * n + ["record_parcel"] * (OFFICERS // 2) for n in (0, 1)) and (
        done["record_parcel"] == OFFICERS // 2
    )


def _noted_once(world: World, subjects: list[str], done: Counter[str]) -> bool:
    with world.registry.reading() as session:
        notes = [e for e in registry.events(session, subject=subjects[0]) if e.kind == "note"]
    return done["note"] == OFFICERS and sum("ltv_after" in e.data for e in notes) == 1


def _sold(world: World, batch: str) -> Sequence[tuple[int, int]]:
    words = "SELECT serial_from, serial_to FROM lots WHERE state = 'sold' AND batch_id = :name"
    with world.registry.reading() as session:
        return [(a, b) for a, b in session.execute(text(words), {"name": batch})]


CONTESTS = {
    "draw": Contest(_pledges("registered"), _step("draw", "bank_maker"), _one("draw")),
    "confirm": Contest(_pledges("due_diligence"), _approve, _one("approve")),
    "release": Contest(_pledges("repaid"), _step("release", "bank_checker"), _one("release")),
    "number": Contest(
        _pledges("signed", apart=True, rivals=OFFICERS), _same_number, _one("register")
    ),
    "register or release": Contest(
        _pledges("signed", rivals=OFFICERS, first="registered"), _register_or_release,
        _released_then_registered,
    ),
    "register or withdraw": Contest(
        _pledges("signed"), _register_or_withdraw,
        lambda _world, _subjects, done: done[REFUSED] == OFFICERS - 1,
    ),
    "sell serials": Contest(_batch(issued=True), _sell_serials, _disjoint),
    "sell or issue": Contest(_batch(issued=False), _sell_or_issue, _conserved),
    "issue the same": Contest(_batches, _issue_the_same, _one("issue_batch")),
    "apply": Contest(_land, _apply, _one("apply")),
    "measure": Contest(_land, _measure_again, _numbered),
    "measure or register": Contest(
        lambda world, name: [*_pledges("signed")(world, name), f"{name}-0"], _measure_or_register,
        _on_the_newest,
    ),
    "alert": Contest(_pledges("drawn"), _alert, _noted_once),
}  # fmt: skip


def seated(world: World, number: int) -> World:
    """The same registry before the users of one officer."""
    return World(world.registry, {r: world.registry.user(f"{r}.of-{number}") for r in ROLES})


def officer(
    place: str, barrier: Barrier, number: int, prepared: dict[str, list[list[str]]]
) -> list[tuple[str, int, Done]]:
    """Try every contest when all the others do."""
    world, found = seated(opened(place), number), []
    for name, turns in prepared.items():
        for turn, subjects in enumerate(turns):
            barrier.wait(WAIT)
            try:
                done = CONTESTS[name].attempt(world, number, subjects)
            except RegistryError:
                done = (REFUSED, "")
            found.append((name, turn, done))
    world.registry.close()
    return found


def contend(world: World, rounds: int) -> int:
    """Hold all contests; return how many acts were tried."""
    for number in range(OFFICERS):
        for role in ROLES:
            who = role if role in {"forestry", "auditor"} else BANK
            registry.record_user(world.registry, f"{role}.of-{number}", role, who)
    prepared = {
        name: [contest.prepare(world, f"{place}-{turn}") for turn in range(rounds)]
        for place, (name, contest) in enumerate(CONTESTS.items())
    }
    found = together(officer, OFFICERS, world, prepared)
    outcomes: dict[tuple[str, int], Counter[str]] = {}
    for name, turn, (kind, _) in (one for officers in found for one in officers):
        outcomes.setdefault((name, turn), Counter())[kind] += 1
    for (name, turn), done in outcomes.items():
        subjects = prepared[name][turn]
        assert CONTESTS[name].law(world, subjects, done), (name, subjects, done)
    assert registry.audit(world.registry).fault is None
    with world.registry.reading() as session:
        entries = registry.events(session)
    for number, tried in enumerate(found):
        told = [done for _, _, done in tried if done[0] != REFUSED]
        acts = [e for e in entries if e.actor.endswith(f".of-{number}")]
        # papers are declared with every application
        mine = [(e.kind, e.subject) for e in acts if e.kind != "declare"]
        # an alert noted before by another is found at once, and need not stand there again
        quiet = [act for act in told if act[0] != "note" or act in mine]
        assert mine == quiet, "an act was lost, or one was done that nobody was told of"
    nothing_waits(world)
    return sum(len(tried) for tried in found)


def test_what_is_told_done_is_in_the_chain_and_nothing_else(world: World) -> None:
    contend(world, rounds=1)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_fifty_rounds_of_all_contests(world: World, shown: Shown) -> None:
    began, rounds = time.monotonic(), 50
    acts = contend(world, rounds)
    shown(f"{len(CONTESTS)} contests, {rounds} rounds, {OFFICERS} processes, {acts} acts tried, "
          f"{world.events()} events, {time.monotonic() - began:.0f} s")  # fmt: skip
