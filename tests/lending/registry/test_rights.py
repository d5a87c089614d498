"""What can be pledged as what: years, land, permits and projects, told before it is too late."""

import pytest

from lending import registry
from lending.registry import ConflictsFound
from lending.registry.errors import AgainstRecord, RegistryError
from tests.lending.registry.world import World


@pytest.mark.parametrize("right", ["TREE", "LAND"])
def test_what_stands_is_pledged_for_the_whole_term_of_the_loan(world: World, right: str) -> None:
    """The loan runs [2026, 2029): trees of 2026 and trees of 2027 are the same trees."""
    for years in ((2026, 2028), (2027, 2029), (2027, 2028)):
        with pytest.raises(
            AgainstRecord, match=r"whole term of the loan, \[2026-01-01, 2029"
        ) as no:
            world.apply("L1", "K1", right=right, years=years)
    assert "不能按年份分割" in no.value.say("zh")
    assert world.state(world.apply("L1", "K1", right=right, years=(2026, 2029))) == "applied"
    with pytest.raises(AgainstRecord, match="P000001 secures it"):
        world.apply("L1", "K1", right=right, years=(2025, 2030))
    flows = [world.apply("L1", "K1", right="COMP", years=(y, y + 1)) for y in (2026, 2027)]
    assert [world.state(flow) for flow in flows] == ["applied", "applied"]


def test_what_was_measured_since_the_application_is_applied_for_again(world: World) -> None:
    """K1 is signed in version 1; a neighbour pledges K2; version 2 of K1 reaches into K2."""
    world.parcel("K2", west=119.02)
    world.loan("L2")
    world.until("registered", world.apply("L2", "K2"))
    signed = world.until("signed", world.apply("L1", "K1"))
    assert [f for f in registry.check(world.registry, signed) if f.level == "BLOCK"] == []
    world.parcel("K1", width=0.03)
    before = world.events()
    for act in (
        lambda: registry.register(world.registry, world.maker, signed, "N1"),
        lambda: registry.check(world.registry, signed),
    ):
        with pytest.raises(AgainstRecord, match=r"K1 .*version 1, and version 2 .*apply again"):
            act()
    assert (world.state(signed), world.events()) == ("signed", before)
    registry.withdraw(world.registry, world.maker, signed)
    again = world.until("signed", world.apply("L1", "K1"))
    found = [f for f in registry.check(world.registry, again) if f.level == "BLOCK"]
    assert [(f.check, f.other.claim_id) for f in found] == [("G3", "P000001/K2")]


def test_what_is_registered_stands_when_it_is_measured_again(world: World) -> None:
    pledge = world.until("registered", world.apply("L1", "K1"))
    world.parcel("K1", width=0.02)
    registry.check(world.registry, pledge)
    assert registry.draw(world.registry, world.maker, pledge).state == "drawn"


NUMBERED = ("WATER", "INS")


@pytest.mark.parametrize("right", NUMBERED)
def test_a_permit_or_a_policy_is_pledged_by_its_number(world: World, right: str) -> None:
    """Number 7 is pledged once, wherever the parcels lie; number 8 of the same parcel is free."""
    world.parcel("K2", west=119.5)
    world.loan("L2")
    with pytest.raises(RegistryError, match="number of its permit or policy"):
        world.apply("L1", "K1", right=right)
    first = world.until("registered", world.apply("L1", "K1", right=right, instrument="7"))
    again = world.until("signed", world.apply("L2", "K2", right=right, instrument=" 7 "))
    found = [f for f in registry.check(world.registry, again) if f.level == "BLOCK"]
    assert [(f.check, f.other.claim_id) for f in found] == [("G3", f"{first}/K1")]
    with pytest.raises(ConflictsFound):
        registry.register(world.registry, world.maker, again, "N2")
    other = world.until("registered", world.apply("L2", "K1", right=right, instrument="8"))
    assert world.state(other) == "registered"


def test_a_permit_secures_one_loan_once(world: World) -> None:
    world.parcel("K2", west=119.5)
    first = world.apply("L1", "K1", right="WATER", instrument="7")
    with pytest.raises(AgainstRecord, match=f"{first} secures it"):
        world.apply("L1", "K2", right="WATER", instrument="7")
    other = world.apply("L1", "K1", right="WATER", instrument="8")
    assert world.state(other) == "applied"
