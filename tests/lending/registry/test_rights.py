"""What can be pledged as what: years, land, permits and projects, told before it is too late."""

from datetime import date
from decimal import Decimal

import pytest
from shapely.geometry import Polygon, box

from lending import registry
from lending.conflicts import ClaimError
from lending.registry import (
    ConflictsFound,
    IssueForm,
    LoanForm,
    ParcelForm,
    Part,
    RightForm,
)
from lending.registry.errors import AgainstRecord, RegistryError
from tests.lending.registry.world import World, of_batch, serials


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


AFAR = box(1e9, 1e9, 2e9, 2e9)
NOWHERE = (
    (AFAR, "EPSG:32650", "outside the area"), (AFAR, "+proj=ortho +lat_0=0", "outside the area"),
    (AFAR, "+proj=longlat +ellps=GRS80", "outside the area"),
    (box(119, 28, 120, 29), "IAU_2015:30100", "compared with no other parcel"),
    (box(119, 28, 120, 29), 'LOCAL_CS["x"]', "neither geographic nor projected"),
)  # fmt: skip
"""Off the earth's plane, on the moon, on a plane of its own."""


@pytest.mark.parametrize(("shape", "crs", "why"), NOWHERE)
def test_a_parcel_that_nothing_can_be_compared_with_is_not_recorded(
    world: World, shape: Polygon, crs: str, why: str
) -> None:
    form = ParcelForm(parcel_id="K9", region="331127", geometry=shape, crs=crs, certificate="c")
    before = world.events()
    with pytest.raises(ClaimError, match=why):
        registry.record_parcel(world.registry, world.forestry, form)
    assert world.events() == before


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


SPELT = (
    ("取水〔2021〕第 7 号", "取水(２０２１)第7号"), ("QS-2021-7", "qs 2021 7"),
    ("QS-2021-7", "QS-2021-7\u200b"),
)  # fmt: skip


@pytest.mark.parametrize(("here", "there"), SPELT)
def test_a_permit_spelt_in_another_way_is_the_same_permit(
    world: World, here: str, there: str
) -> None:
    world.loan("L2")
    first = world.until("registered", world.apply("L1", "K1", right="WATER", instrument=here))
    with pytest.raises(AgainstRecord, match=f"{first} secures it"):
        world.apply("L1", "K1", right="WATER", instrument=there)
    again = world.until("signed", world.apply("L2", "K1", right="WATER", instrument=there))
    found = [f for f in registry.check(world.registry, again) if f.level == "BLOCK"]
    assert [(f.check, f.other.claim_id) for f in found] == [("G3", f"{first}/K1")]


def test_a_number_of_signs_alone_is_none(world: World) -> None:
    with pytest.raises(RegistryError, match="number of its permit or policy"):
        world.apply("L1", "K1", right="WATER", instrument="—")


@pytest.mark.parametrize("right", ["TREE", "LAND"])
def test_trees_that_are_not_released_secure_no_loan_of_later_years(
    world: World, right: str
) -> None:
    """L1 runs [2026, 2029), L2 [2029, 2032): who has the trees has them until a release."""
    first = world.until("drawn", world.apply("L1", "K1", right=right, years=(2026, 2029)))
    form = LoanForm(
        loan_id="L2", borrower="S1", amount=Decimal(300_000), rate=Decimal("0.04"),
        starts=date(2029, 1, 1), ends=date(2032, 1, 1),
    )  # fmt: skip
    registry.record_loan(world.registry, world.maker, form)
    later = world.until("signed", world.apply("L2", "K1", right=right, years=(2029, 2032)))
    (found,) = [f for f in registry.check(world.registry, later) if f.level == "BLOCK"]
    assert (found.check, found.other.claim_id, found.years) == ("G3", f"{first}/K1", None)
    with pytest.raises(ConflictsFound):
        registry.register(world.registry, world.maker, later, "N2")
    registry.repay(world.registry, world.maker, first)
    registry.release(world.registry, world.checker, first)
    assert registry.register(world.registry, world.maker, later, "N2").state == "registered"


def test_one_ground_and_year_is_of_one_project(world: World) -> None:
    """J1 has K1 in 2026; J2 has K2, half of it on K1, in 2026 and 2027, and K1 in 2028."""
    world.project("J2")
    world.parcel("K2", west=119.005)
    world.batch("B2", "100", parcel="K1")
    for name, year, parcel in (("B3", 2026, "K2"), ("B4", 2027, "K2"), ("B5", 2028, "K1")):
        world.batch(name, "100", year, project="J2", parcel=parcel)

    def barring(right: str, years: tuple[int, int], *parts: Part, **more: str) -> list[str]:
        pledge = world.apply("L1", "K1", *parts, right=right, years=years, **more)
        found = registry.check(world.registry, pledge)
        registry.withdraw(world.registry, world.maker, pledge)
        return [f.other.claim_id for f in found if f.check == "G6" and f.level == "BLOCK"]

    in_2026, on_k2, on_k1 = (
        "project/J2/K2/2026-01-01..2027-01-01", "project/J2/K2/2026-01-01..2028-01-01",
        "project/J2/K1/2028-01-01..2029-01-01",
    )  # fmt: skip
    assert barring("CARB_F", (2026, 2027)) == [in_2026]
    assert barring("CARB_F", (2026, 2027), of_batch("B2", "10")) == [in_2026]
    assert barring("CARB_F", (2026, 2029), of_batch("B2", "10")) == [on_k1, on_k2]
    assert barring("CARB_F", (2028, 2029), of_batch("B5", "10")) == []
    assert barring("CARB_F", (2028, 2029), programme="VCS") == []
    assert barring("CARB_F", (2028, 2029), programme="CCER") == [on_k1]
    assert barring("CARB_F", (2029, 2030)) == barring("COMP", (2026, 2029)) == []


def test_what_another_project_has_is_not_registered(world: World) -> None:
    """J1 has the batch; the right of J2 over a neighbour of another name reaches into K1."""
    world.project("J2")
    world.parcel("K2", west=119.005)
    world.batch("B2", "100", parcel="K1")
    right = registry.RightForm(
        right_id="R1", code="CARB_F", parcel_id="K2", project_id="J2", valid_from=date(2026, 1, 1),
        valid_to=date(2046, 1, 1),
    )  # fmt: skip
    registry.record_right(world.registry, world.forestry, right)
    signed = world.until("signed", world.apply("L1", "K1", of_batch("B2", "10")))
    with pytest.raises(ConflictsFound, match=r"G6 .* meets project/J2/K2") as refused:
        registry.register(world.registry, world.maker, signed, "N1")
    (found,) = [f for f in refused.value.findings if f.check == "G6"]
    assert found.area_mu == pytest.approx(817, rel=0.005)  # 492 m x 1108 m, 666.67 m2 a mu
    assert (found.vintage_from, found.vintage_to) == (date(2026, 1, 1), date(2031, 1, 1))


@pytest.mark.parametrize("right", ["CARB_F", "CARB_I"])
def test_tonnes_of_no_parcel_may_be_those_of_a_pledged_parcel(world: World, right: str) -> None:
    """All tonnes of K1, in project J1, are pledged; then B1 of J1 with far K9, or the reverse."""
    where = {"right_id": "R1", "code": "CARB_F", "parcel_id": "K1", "project_id": "J1"}
    form = RightForm(**where, valid_from=date(2020, 1, 1), valid_to=date(2060, 1, 1))
    registry.record_right(world.registry, world.forestry, form)
    world.parcel("K9", west=119.5)
    world.loan("L2")
    whole = world.until("registered", world.apply("L1", "K1"))
    world.apply("L2", "K1", years=(2027, 2031))
    units = of_batch("B1", "100")
    if right == "CARB_I":
        issuance = IssueForm(serial_from=1, serial_to=100, buffer=0)
        registry.issue_batch(world.registry, world.forestry, "B1", issuance)
        units = serials("B1", 1, 100)
    named = world.apply("L2", "K9", units, right=right)
    same = world.apply("L1", "K9", units, right=right)

    def told(pledge: str) -> list[tuple[str, str]]:
        found = registry.check(world.registry, pledge)
        return [(f.level, f.other.claim_id) for f in found if "names no parcel" in f.what.en]

    assert (told(named), told(same), told(whole)) == ([("FLAG", f"{whole}/K1")], [], [])
    world.until("registered", named)
    assert told(whole) == [("FLAG", f"{named}/K1")]


@pytest.mark.parametrize(("right", "told"), [("CARB_F", True), ("COMP", True), ("TREE", False)])
def test_what_was_sold_by_a_bank_is_told_to_the_next(world: World, right: str, told: bool) -> None:
    """The income of [2026, 2029) is sold and the case closed; the old owner pledges it again."""
    sold = world.until("closed", world.apply("L1", "K1", right=right, years=(2026, 2029)))
    world.loan("L2")
    again = world.apply("L2", "K1", right=right, years=(2026, 2029))
    found = [f for f in registry.check(world.registry, again) if "closed" in f.what.en]
    assert [(f.level, f.other.claim_id) for f in found] == [("FLAG", f"{sold}/K1")] * told
