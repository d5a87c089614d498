"""Many officers, each a process of its own, pledge overlapping forest at the same instant.

Exactly one is registered, every act that was told done is in the chain and no other, and nobody
waits for ever or leaves a lock behind.
"""

import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.synchronize import Barrier

import pytest

from lending import registry
from lending.registry import ConflictsFound, RegistryError
from tests.lending.registry.conftest import Shown
from tests.lending.registry.processes import WAIT, address, nothing_waits, together
from tests.lending.registry.world import World, of_batch, opened

OFFICERS, ROUNDS = 64, 200
Outcome = tuple[str, str]
"""What came of a try, and the pledge."""


def officer(
    place: str, barrier: Barrier, number: int, pledges: list[str], rounds: int, apart: bool
) -> list[Outcome]:
    """In each round wait for all the others, then register the pledge.

    Who wins releases it again and signs the next, unless the round was the last.
    """
    world = opened(place)
    pledge, found = pledges[number], []
    assert _registered(world, pledge, "") != "registered"  # without a number; first tries are slow
    registry.check(world.registry, pledge)
    for turn in range(rounds):
        barrier.wait(WAIT)
        outcome = _registered(world, pledge, f"N-{turn}-{pledge}")
        found.append((outcome, pledge))
        barrier.wait(WAIT)
        if outcome == "registered" and turn < rounds - 1:
            registry.release(world.registry, world.checker, pledge)
            pledge = _signed(world, number, apart=apart)
    world.registry.close()
    return found


def _signed(world: World, number: int, *, apart: bool) -> str:
    parts = (of_batch("B1", "60"),) if apart else ()
    return world.until("signed", world.apply(f"R{number}", f"R{number}", *parts))


def _registered(world: World, pledge: str, number: str) -> str:
    try:
        registry.register(world.registry, world.maker, pledge, number)
    except ConflictsFound:
        return "conflict"
    except RegistryError as error:
        return "no tonnes left" if "are left" in error.say("en") else error.say("en")
    return "registered"


def race(world: World, rounds: int, officers: int, *, apart: bool, lost: str) -> None:
    """Let the officers race for one forest, or for tonnes apart; in each round one may win."""
    for number in range(officers):
        world.parcel(f"R{number}", west=118.0 + number * (0.02 if apart else 0.0001))
        world.loan(f"R{number}")
    pledges = [_signed(world, number, apart=apart) for number in range(officers)]
    found = together(officer, officers, world, pledges, rounds, apart)
    winners = []
    for turn in zip(*found, strict=True):
        assert Counter(outcome for outcome, _ in turn) == {"registered": 1, lost: officers - 1}
        winners += [pledge for outcome, pledge in turn if outcome == "registered"]
    assert registry.audit(world.registry).fault is None
    with world.registry.reading() as session:
        told = [(e.kind, e.subject) for e in registry.events(session)]
        states = Counter(pledge.state for pledge in registry.pledges(session))
    assert [s for kind, s in told if kind == "register"] == winners
    assert [s for kind, s in told if kind == "release"] == winners[:-1]
    taken = [kind for kind, _ in told if kind in {"register", "release"}]
    assert taken == ["register", "release"] * (rounds - 1) + ["register"], "two at one moment"
    acts, kinds = officers + rounds - 1, Counter(kind for kind, _ in told)
    assert {kinds[k] for k in ("apply", "screen", "investigate", "approve", "sign")} == {acts}
    assert states == {"registered": 1, "released": rounds - 1, "signed": officers - 1}
    nothing_waits(world)


def test_of_64_officers_one_registers_the_forest(world: World) -> None:
    race(world, 2, OFFICERS, apart=False, lost="conflict")


def test_of_16_officers_one_gets_the_tonnes(world: World) -> None:
    """Forests apart from each other, but 16 x 60 t of a batch of 100 t."""
    race(world, 2, 16, apart=True, lost="no tonnes left")


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_of_64_officers_one_registers_in_each_of_200_rounds(world: World, shown: Shown) -> None:
    began = time.monotonic()
    race(world, ROUNDS, OFFICERS, apart=False, lost="conflict")
    shown(f"{OFFICERS} processes, {ROUNDS} rounds, {ROUNDS} winners, "
          f"{world.events()} events, {time.monotonic() - began:.0f} s")  # fmt: skip


def test_a_writer_that_waits_too_long_is_told_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lending.registry import database

    monkeypatch.setattr(database, "lock_wait", lambda: 1.0)
    impatient = opened(address(world))
    with (
        database.writing(world.registry.engine),
        pytest.raises(registry.RegistryBusy, match="busy after 1 s"),
    ):
        impatient.loan("L2")
    impatient.loan("L2")
    impatient.registry.close()


def test_readers_do_not_wait_for_a_writer(world: World) -> None:
    from lending.registry import database

    reader: Callable[[], int] = opened(address(world)).events
    with database.writing(world.registry.engine):
        assert reader() > 0
    reader.__self__.registry.close()
