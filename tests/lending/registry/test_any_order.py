"""Whatever people try, in whatever order: the laws of lending.md 5.3 and 5.5 hold.

A model of plain dictionaries says which pledges are registered and which tonnes are free; the
registry must agree after every act.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from lending import registry
from lending.registry import ConflictsFound, ImpossibleTransition, IssueForm, NotAllowed, Part
from lending.registry.errors import RegistryError
from tests.lending.registry.conftest import Shown
from tests.lending.registry.world import WHY, World, of_batch, opened, serials

PARCELS = ("K1", "K2", "K3")
"""K1 and K2 overlap; K3 lies apart."""
OVERLAP = {("K1", "K2"), ("K2", "K1"), *((p, p) for p in PARCELS)}
ISSUED = 80
ACTIONS = ("screen", "investigate", "approve", "sign", "register", "draw", "monitor", "repay",
           "release", "default", "dispose", "close", "withdraw")  # fmt: skip
BARRING = {"registered", "drawn", "monitored", "repaid", "defaulted", "disposed"}
Way = tuple[str, ...]


def ways(state: str = "applied", past: Way = ()) -> Iterator[Way]:
    """Yield the actions of every whole life of a pledge that is in no state twice."""
    steps = [(a, to) for a, to in registry.following(state).items() if to not in {*past, state}]
    if not steps:
        yield ()
    for action, to in steps:
        yield from ((action, *rest) for rest in ways(to, (*past, state)))


WAYS = tuple(ways())
LIVED = set(registry.states()) - {"applied"}
tonnes = st.integers(1, 60_000).map(lambda kg: Decimal(kg) / 1000)


class Registry(RuleBasedStateMachine):
    """Random acts by random users on three parcels and one batch of 100 t."""

    new_place: Callable[[], str]
    reached: set[str]
    acts: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.world: World = opened(type(self).new_place())
        self.checkers = {
            "dispose": self.world.second_checker(), "close": self.world.third_checker(),
        }  # fmt: skip
        self.world.parcel("K2", west=119.005)
        self.world.parcel("K3", west=119.5)
        self.state: dict[str, str] = {}
        self.parcel: dict[str, str] = {}
        self.issued = False
        self.released: set[str] = set()
        self.acts["sequences"] += 1

    def teardown(self) -> None:
        assert registry.audit(self.world.registry).fault is None
        self.world.registry.close()

    @initialize(
        way=st.sampled_from(WAYS), before=st.integers(0, max(map(len, WAYS))),
        parcel=st.sampled_from(PARCELS), amount=tonnes,
    )  # fmt: skip
    def begin(self, way: Way, before: int, parcel: str, amount: Decimal) -> None:
        """Every sequence begins with a pledge that has come some way."""
        self.walk(way[: max(0, len(way) - before)], parcel, amount)

    def walk(self, way: Way, parcel: str, amount: Decimal) -> None:
        """Take a new pledge a way on which nothing bars it, and look at the laws at every step."""
        pledge = self._applied(parcel, amount)
        for action in way:
            expected = registry.following(self.state[pledge])[action]
            self._act(pledge, action, wrong=False)
            assert self.state[pledge] == expected
            for law in LAWS:
                law(self)

    @rule(parcel=st.sampled_from(PARCELS), amount=tonnes)
    def apply(self, parcel: str, amount: Decimal) -> None:
        self._applied(parcel, amount)

    def _applied(self, parcel: str, amount: Decimal) -> str:
        loan = f"A{len(self.state)}"
        self.world.loan(loan)
        whole = max(Decimal(1), amount.to_integral_value()) if self.issued else amount
        pledge = self.world.apply(loan, parcel, of_batch("B1", str(whole)))
        self.state[pledge], self.parcel[pledge] = "applied", parcel
        return pledge

    @precondition(lambda self: self._open())
    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """A step that may follow, by one who may, so that pledges come far."""
        pledge = data.draw(st.sampled_from(self._open()))
        steps = [s for s in registry.following(self.state[pledge]) if s != "withdraw"]
        self._act(pledge, data.draw(st.sampled_from(steps)), wrong=False)

    @precondition(lambda self: self.state)
    @rule(data=st.data(), action=st.sampled_from(ACTIONS), wrong=st.booleans())
    def act(self, data: st.DataObject, action: str, wrong: bool) -> None:
        """Any action on any pledge, sometimes by one who may not."""
        self._act(data.draw(st.sampled_from(sorted(self.state))), action, wrong=wrong)

    def _act(self, pledge: str, action: str, *, wrong: bool) -> None:
        maker = registry.may("bank_maker", action) != wrong
        checker = self.checkers.get(action, self.world.checker)
        user = self.world.maker if maker else checker
        more = (f"N-{pledge}",) if action == "register" else ()
        why = {} if action == "register" else {"remark": WHY}
        may_follow = action in registry.following(self.state[pledge])
        barred = action == "register" and self._barred(pledge)
        before = self.world.events()
        try:
            found = getattr(registry, action)(self.world.registry, user, pledge, *more, **why)
        except (NotAllowed, ImpossibleTransition, ConflictsFound) as error:
            assert self.world.events() == before
            self.acts["refused"] += 1
            why = {NotAllowed: wrong, ImpossibleTransition: not may_follow, ConflictsFound: barred}
            assert why[type(error)]  # noqa: PT017  (it depends on what was tried)
            return
        except RegistryError as error:
            words = error.say("en")
            self.acts["refused"] += 1
            assert action == "register"
            assert "are left" in words or "whole tonnes" in words
            assert self.world.events() == before
            return
        assert may_follow
        assert not wrong
        assert not barred
        self.acts["done"] += 1
        self.state[pledge] = found.state
        self.reached.add(found.state)
        if action == "release":
            assert pledge not in self.released, "released twice"
            self.released.add(pledge)

    @precondition(lambda self: self.state)
    @rule(data=st.data(), amount=tonnes, first=st.integers(1, ISSUED), size=st.integers(0, 20))
    def release_a_part(self, data: st.DataObject, amount: Decimal, first: int, size: int) -> None:
        pledge = data.draw(st.sampled_from(sorted(self.state)))
        part = serials("B1", first, first + size) if self.issued else of_batch("B1", str(amount))
        held = self._held(pledge)
        try:
            registry.release(self.world.registry, self.world.checker, pledge, [part])
        except RegistryError:
            assert self._held(pledge) == held
            return
        assert self.state[pledge] in BARRING
        assert self._held(pledge) == held - part.amount() > 0

    @rule(amount=tonnes, state=st.sampled_from(["sold", "retired", "buffer"]))
    def set_aside(self, amount: Decimal, state: str) -> None:
        part: Part = of_batch("B1", str(amount))
        free = self._limit() - self._counted()
        try:
            registry.set_aside(self.world.registry, self.world.forestry, part, state=state)
        except RegistryError:
            whole = amount == amount.to_integral_value()
            assert amount > free or (self.issued and not whole) or (
                not self.issued and state != "sold"
            )  # fmt: skip
            return
        assert amount <= free

    @precondition(lambda self: not self.issued)
    @rule(buffer=st.integers(0, 20))
    def issue(self, buffer: int) -> None:
        form = IssueForm(serial_from=1, serial_to=ISSUED, buffer=buffer)
        registry.issue_batch(self.world.registry, self.world.forestry, "B1", form)
        self.issued = True

    @invariant()
    def no_loan_is_drawn_without_registration(self) -> None:
        words = (
            "SELECT count(*) FROM loans WHERE drawn_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
            "pledges WHERE pledges.loan_id = loans.loan_id AND registered_at IS NOT NULL AND "
            "registered_at <= drawn_at)"
        )
        assert self._number(words) == 0

    @invariant()
    def no_more_is_taken_than_there_is(self) -> None:
        assert self._counted() <= self._limit()

    @invariant()
    def no_serial_is_taken_twice(self) -> None:
        words = "SELECT serial_from, serial_to FROM lots WHERE state NOT IN ('released','reserved')"
        with self.world.registry.reading() as session:
            taken = [n for a, b in session.execute(text(words)) if a for n in range(a, b + 1)]
        assert len(taken) == len(set(taken))

    @invariant()
    def no_forest_is_pledged_twice(self) -> None:
        active = [p for p, state in self.state.items() if state in BARRING]
        for place, one in enumerate(active):
            for other in active[place + 1 :]:
                assert (self.parcel[one], self.parcel[other]) not in OVERLAP

    def _open(self) -> list[str]:
        return [p for p, state in sorted(self.state.items()) if registry.following(state)]

    def _barred(self, pledge: str) -> bool:
        return any(
            self.state[other] in BARRING and (self.parcel[pledge], self.parcel[other]) in OVERLAP
            for other in self.state
            if other != pledge
        )

    def _held(self, pledge: str) -> Decimal:
        return sum((lot[1] for lot in self.world.lots(pledge, "pledged")), Decimal(0))

    def _counted(self) -> Decimal:
        words = "SELECT sum(tonnes) FROM lots WHERE state NOT IN ('released', 'reserved')"
        return Decimal(self._number(words)) / 1000

    def _limit(self) -> Decimal:
        return Decimal(ISSUED if self.issued else 100)

    def _number(self, words: str) -> int:
        with self.world.registry.reading() as session:
            return int(session.execute(text(words)).scalar() or 0)


LAWS: tuple[Callable[[Registry], None], ...] = (
    Registry.no_loan_is_drawn_without_registration, Registry.no_more_is_taken_than_there_is,
    Registry.no_serial_is_taken_twice, Registry.no_forest_is_pledged_twice,
)  # fmt: skip


def walk_all_ways(machine: type[Registry]) -> None:
    """Take one pledge after the other a whole way, so that no state is left to chance."""
    one = machine()
    for way in WAYS:
        one.walk(way, "K1", Decimal(1))
    one.teardown()


def test_the_laws_hold_whatever_is_tried(database: str, furnished_place: Callable[[], str]) -> None:
    reached: set[str] = set()
    place = staticmethod(furnished_place)
    facts = {"new_place": place, "reached": reached, "acts": Counter()}
    machine = type("Machine", (Registry,), facts)
    walk_all_ways(machine)
    assert reached == LIVED
    examples, steps = {"sqlite": (15, 40), "postgresql": (4, 30)}[database]
    health = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, suppress_health_check=health
    )
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_the_laws_hold_over_many_more_sequences(
    furnished_place: Callable[[], str], shown: Shown
) -> None:
    began, reached, acts = time.monotonic(), set[str](), Counter[str]()
    facts = {"new_place": staticmethod(furnished_place), "reached": reached, "acts": acts}
    chosen = settings(
        max_examples=400, stateful_step_count=80, derandomize=False,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    machine = type("Machine", (Registry,), facts)
    walk_all_ways(machine)
    run_state_machine_as_test(machine, settings=chosen)
    shown(f"{acts['sequences']} sequences, {acts['done']} steps done, {acts['refused']} refused, "
          f"reached {', '.join(sorted(reached))}; {time.monotonic() - began:.0f} s")  # fmt: skip
    assert reached == LIVED
