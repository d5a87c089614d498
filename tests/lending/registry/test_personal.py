"""Who reads whom: a bank its own parties, once two of its people stand for a pledge with them."""

import pytest

from data_catalog.errors import UnknownNameError
from lending import registry
from lending.registry import NotAllowed, ParcelForm, SubjectForm, User
from lending.registry.register_record import register_records
from tests.lending.registry.world import SEALING_KEY, World

OTHER = "Another Bank"
SEES = {
    "nothing": UnknownNameError, "loan": NotAllowed, "applied": NotAllowed,
    "screened": NotAllowed, "due_diligence": NotAllowed, "approved": None, "signed": None,
    "registered": None, "repaid": None, "released": None, "withdrawn": NotAllowed,
}  # fmt: skip
"""What a bank has with a party that the forestry office recorded, and what refuses it."""


@pytest.fixture
def known(world: World) -> World:
    """S2, recorded by the forestry office, holds the parcel K2."""
    assert SEALING_KEY
    person = SubjectForm(subject_id="S2", kind="person", personal={"姓名": "王林", "id": "3326"})
    registry.record_subject(world.registry, world.forestry, person)
    world.parcel("K2", west=119.5)
    with world.registry.reading() as session:
        (claim,) = registry.claims_of(session, world.apply("L1", "K2"))
    registry.withdraw(world.registry, world.maker, "P000001")
    held = ParcelForm(parcel_id="K2", region="331127", geometry=claim.geometry, certificate="c",
                      holder="S2")  # fmt: skip
    registry.record_parcel(world.registry, world.forestry, held)
    return world


def brought(world: World, state: str, by: str) -> str:
    """Bring this bank's business with S2 to a state: as the borrower, or as the holder."""
    if state == "nothing":
        return ""
    if by == "borrower" or state == "loan":
        world.loan("L2", borrower="S2")
    if state == "loan":
        return ""
    loan, parcel = ("L2", "K1") if by == "borrower" else ("L1", "K2")
    return world.until(state, world.apply(loan, parcel))


@pytest.mark.parametrize("by", ["borrower", "holder"])
@pytest.mark.parametrize("state", SEES)
def test_what_opens_the_personal_fields_of_a_party(known: World, state: str, by: str) -> None:
    pledge, held = brought(known, state, by), known.registry
    refused = SEES[state]
    stranger = registry.record_user(held, "other.1", "bank_checker", OTHER)
    readers = ((known.maker, refused), (known.checker, refused), (stranger, UnknownNameError),
               (known.forestry, NotAllowed), (known.auditor, NotAllowed))  # fmt: skip
    for user, error in readers:
        reads(known, user, error)
    if pledge:
        for user, error in readers:
            exports(known, user, pledge, error)
    before = known.events()
    if refused:
        with pytest.raises(refused):
            registry.seal(held, known.checker, "S2")
        assert known.events() == before
    else:
        assert registry.seal(held, known.checker, "S2").destroyed_at
    with pytest.raises(UnknownNameError):
        registry.seal(held, stranger, "S2")


def reads(world: World, user: User, error: type[Exception] | None) -> None:
    before = world.events()
    if error is None:
        assert registry.unseal(world.registry, user, "S2") == {"姓名": "王林", "id": "3326"}
        assert world.events() == before + 1
        return
    with pytest.raises(error):
        registry.unseal(world.registry, user, "S2")
    assert world.events() == before


def exports(world: World, user: User, pledge: str, error: type[Exception] | None) -> None:
    """The record for the movable-property register, with its personal fields and without."""
    if error is None:
        (record,) = register_records(world.registry, user, [pledge], personal=True)
        assert record["account_no"] == "6222 0000 0000 0001"
        assert record["grantor_id"] in {"3325", "3326"}
    else:
        with pytest.raises(error):
            register_records(world.registry, user, [pledge], personal=True)
    if user.organisation == OTHER:
        with pytest.raises(UnknownNameError, match=pledge):
            register_records(world.registry, user, [pledge], personal=False)
    else:
        (record,) = register_records(world.registry, user, [pledge], personal=False)
        assert (record["account_no"], record["grantor_id"]) == ("", "")


def test_a_bank_reads_whom_it_recorded_itself(known: World) -> None:
    assert registry.unseal(known.registry, known.maker, "S1")["name"] == "李山"


def test_who_goes_to_another_bank_takes_no_party_along(known: World) -> None:
    """The maker of one bank records S1, and is a maker of another one since."""
    held, name = known.registry, known.maker.user_id
    moved = registry.record_user(held, name, "bank_maker", OTHER)
    with pytest.raises(UnknownNameError):
        registry.unseal(held, moved, "S1")
    assert registry.unseal(held, known.checker, "S1")["name"] == "李山"
    person = SubjectForm(subject_id="S3", kind="person", personal={"name": "王五"})
    registry.record_subject(held, moved, person)
    assert registry.unseal(held, moved, "S3")["name"] == "王五"
    with pytest.raises(UnknownNameError):
        registry.unseal(held, known.checker, "S3")
