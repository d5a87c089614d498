"""Many officers, each a process of its own, pledge overlapping forest at the same instant.

Exactly one is registered, every act of all others is in the chain, and nobody waits for ever.
"""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

import pytest

from lending import registry
from lending.registry import ConflictsFound, RegistryError
from tests.lending.registry.world import World, of_batch, opened

OFFICERS = 64
WAIT = 120.0
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.lending.registry.warm"])


def race(world: World, rounds: int, officers: int, *, apart: bool) -> list[Counter[str]]:
    """Let the officers race for one forest, or for tonnes apart; return each round's outcomes."""
    for number in range(officers):
        world.parcel(f"R{number}", west=118.0 + number * (0.02 if apart else 0.0001))
        world.loan(f"R{number}")
    place = world.registry.engine.url.render_as_string(hide_password=False)
    barrier, outcomes = CONTEXT.Barrier(officers), CONTEXT.SimpleQueue()
    running = [
        CONTEXT.Process(target=officer, args=(place, n, rounds, apart, barrier, outcomes))
        for n in range(officers)
    ]
    for process in running:
        process.start()
    found = [Counter[str]() for _ in range(rounds)]
    for _ in range(officers * rounds):
        number, outcome = outcomes.get()
        found[number][outcome] += 1
    for process in running:
        process.join(WAIT)
        assert process.exitcode == 0
    return found


def officer(place: str, number: int, rounds: int, apart: bool, barrier: Barrier, outcomes) -> None:
    """Apply and sign at leisure, wait for all the others, register."""
    world = opened(place)
    for turn in range(rounds):
        parts = (of_batch("B1", "60"),) if apart else ()
        years = (2026, 2031) if apart else (2030 + turn, 2031 + turn)
        try:
            pledge = world.apply(f"R{number}", f"R{number}", *parts, years=years)
            world.until("signed", pledge)
            barrier.wait(WAIT)
            outcome = _registered(world, pledge)
        except RegistryError as error:
            barrier.abort()
            outcome = error.say("en")
        outcomes.put((turn, outcome))
    world.registry.close()


def _registered(world: World, pledge: str) -> str:
    try:
        registry.register(world.registry, world.maker, pledge, f"N-{pledge}")
    except ConflictsFound:
        return "conflict"
    except RegistryError as error:
        return "no tonnes left" if "are left" in error.say("en") else error.say("en")
    return "registered"


def check(world: World, rounds: int, officers: int, found: list[Counter[str]], lost: str) -> None:
    assert found == [Counter({"registered": 1, lost: officers - 1})] * rounds
    report = registry.audit(world.registry)
    assert report.fault is None
    with world.registry.reading() as session:
        kinds = Counter(entry.kind for entry in registry.events(session))
        states = Counter(pledge.state for pledge in registry.pledges(session))
    acts = officers * rounds
    assert kinds["register"] == rounds
    assert {kinds[k] for k in ("apply", "screen", "investigate", "approve", "sign")} == {acts}
    assert states == {"registered": rounds, "signed": acts - rounds}


def test_of_64_officers_one_registers_the_forest(world: World) -> None:
    rounds = 2
    found = race(world, rounds, OFFICERS, apart=False)
    check(world, rounds, OFFICERS, found, "conflict")


def test_of_16_officers_one_gets_the_tonnes(world: World) -> None:
    """Forests apart from each other, but 16 x 60 t of a batch of 100 t."""
    found = race(world, 1, 16, apart=True)
    check(world, 1, 16, found, "no tonnes left")


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_of_64_officers_one_registers_in_each_of_200_rounds(world: World) -> None:
    rounds = 200
    found = race(world, rounds, OFFICERS, apart=False)
    check(world, rounds, OFFICERS, found, "conflict")


def test_a_writer_that_waits_too_long_is_told_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lending.registry import database

    monkeypatch.setattr(database, "lock_wait", lambda: 1.0)
    impatient = opened(world.registry.engine.url.render_as_string(hide_password=False))
    with (
        database.writing(world.registry.engine),
        pytest.raises(registry.RegistryBusy, match="busy after 1 s"),
    ):
        impatient.loan("L2")
    impatient.loan("L2")
    impatient.registry.close()


def test_readers_do_not_wait_for_a_writer(world: World) -> None:
    from lending.registry import database

    reader: Callable[[], int] = opened(
        world.registry.engine.url.render_as_string(hide_password=False)
    ).events
    with database.writing(world.registry.engine):
        assert reader() > 0
    reader.__self__.registry.close()
