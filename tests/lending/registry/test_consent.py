"""Whose consent it is: the earlier pledgee's own act, never a word of the bank that wants it."""

from datetime import UTC, datetime

import pytest

from lending import registry
from lending.registry import ConflictsFound, NotAllowed, RegistryError, User
from lending.registry.declaring import active_with_facts, claims_with_facts
from lending.registry.errors import AgainstRecord
from lending.registry.journal import canonical
from tests.lending.registry.world import BANK, DOCUMENT, World, papers

OTHER = "Timber Bank"


@pytest.fixture
def later(world: World) -> str:
    """The carbon of K1 is registered by one bank; another one applies for its trees."""
    world.until("registered", world.apply("L1", "K1"))
    other_bank(world)
    maker, checker = world.registry.user("t.1"), world.registry.user("t.2")
    world.loan("L2", maker)
    pledge = world.apply("L2", "K1", right="TREE", who=maker)
    for step, who in (("screen", maker), ("investigate", maker), ("approve", checker),
                      ("sign", maker)):  # fmt: skip
        getattr(registry, step)(world.registry, who, pledge)
    return pledge


def other_bank(world: World) -> None:
    for number, role in ((1, "bank_maker"), (2, "bank_checker")):
        registry.record_user(world.registry, f"t.{number}", role, OTHER)


def barred(world: World, pledge: str) -> list[str]:
    found = registry.check(world.registry, pledge)
    return [finding.check for finding in found if finding.level == "BLOCK"]


def test_a_bank_cannot_write_that_another_one_consents(world: World, later: str) -> None:
    maker, before = world.registry.user("t.1"), world.events()
    with pytest.raises(RegistryError, match="a checker of that bank gives it"):
        registry.declare(world.registry, maker, later, {"consent_of": ("P000001/K1",)})
    with pytest.raises(NotAllowed, match="P000001 is of Jingning Rural Bank"):
        registry.consent(world.registry, world.registry.user("t.2"), "P000001", later)
    assert (barred(world, later), world.events()) == (["G5"], before)


def test_what_an_older_toolkit_let_a_bank_declare_for_another_counts_no_more(
    world: World, later: str
) -> None:
    maker = world.registry.user("t.1")
    with world.registry.acting(maker, "declare", later) as act:
        act.facts = {"declared": {"consent_of": ["P000001/K1"]}}
    assert barred(world, later) == ["G5"]


def test_the_earlier_pledgee_lets_one_application_pass(world: World, later: str) -> None:
    given = registry.consent(world.registry, world.checker, "P000001", later)
    assert (given.kind, given.actor, given.subject) == ("consent", "bank_checker.1", later)
    facts = {"organisation": "Jingning Rural Bank", "pledge": "P000001"}
    assert canonical(facts) in given.data
    maker = world.registry.user("t.1")
    second = world.apply("L2", "K1", right="LAND", who=maker)
    assert barred(world, later) == []
    registry.register(world.registry, maker, later, "ZDW-2")
    with world.registry.reading() as session:
        (found,) = [
            change for claim in active_with_facts(session)
            if (change := claim.facts.get("consent_of"))
        ]  # fmt: skip
        (other,) = {claim.facts.get("consent_of") for claim in claims_with_facts(session, second)}
    assert (found, other) == (("P000001/K1",), None)
    assert registry.audit(world.registry).fault is None


def test_there_is_nothing_to_consent_to(world: World, later: str) -> None:
    """A pledge that bars nobody, one that is registered already, one that was withdrawn."""
    waiting = world.apply("L1", "K1", right="UND")
    with pytest.raises(AgainstRecord, match="bars nobody"):
        registry.consent(world.registry, world.checker, waiting, later)
    with pytest.raises(AgainstRecord, match="too late"):
        registry.consent(world.registry, world.checker, "P000001", "P000001")
    registry.withdraw(world.registry, world.registry.user("t.1"), later)
    with pytest.raises(AgainstRecord, match="too late"):
        registry.consent(world.registry, world.checker, "P000001", later)


def test_who_made_an_application_does_not_consent_to_it(world: World) -> None:
    world.until("registered", world.apply("L1", "K1"))
    mine = world.apply("L1", "K1", right="TREE", family="L1")
    now_checker: User = registry.record_user(
        world.registry, world.maker.user_id, "bank_checker", world.maker.organisation
    )
    with pytest.raises(NotAllowed, match="another person"):
        registry.consent(world.registry, now_checker, "P000001", mine)


def test_the_bank_of_the_gep_right_alone_says_that_it_is_without_its_carbon(world: World) -> None:
    other_bank(world)
    maker = world.registry.user("t.1")
    world.loan("L2", maker)
    gep = world.until("registered", world.apply("L1", "K1", right="GEPR"))
    carbon = world.apply("L2", "K1", who=maker)
    registry.declare(
        world.registry, maker, carbon, papers() | {"carbon_split": True}, document=DOCUMENT
    )
    assert "C1" in barred(world, carbon)
    split = {"carbon_split": True}
    registry.declare(world.registry, world.checker, gep, split, document="contract 12, annex 3")
    assert "C1" not in barred(world, carbon)


def test_without_consent_it_is_not_registered(world: World, later: str) -> None:
    with pytest.raises(ConflictsFound):
        registry.register(world.registry, world.registry.user("t.1"), later, "ZDW-2")


AGREED = ("coowners_agree", "collective_vote", "carbon_split")


@pytest.mark.parametrize("fact", AGREED)
def test_what_people_outside_agreed_to_has_a_document_and_two_who_saw_it(
    world: World, fact: str
) -> None:
    """The maker declares before the approval; after it somebody else must."""
    held, pledge = world.registry, world.apply("L1", "K1")
    for document in ("", " "):
        with pytest.raises(RegistryError, match="needs the document that says so"):
            registry.declare(held, world.maker, pledge, {fact: True}, document=document)
    registry.declare(held, world.maker, pledge, {fact: False})
    given = registry.declare(held, world.maker, pledge, {fact: True}, document=DOCUMENT)
    assert DOCUMENT in given.data
    world.until("approved", pledge)
    with pytest.raises(NotAllowed, match="another person must"):
        registry.declare(held, world.maker, pledge, {fact: True}, document=DOCUMENT)
    registry.declare(held, world.maker, pledge, {fact: False})
    registry.declare(held, world.checker, pledge, {fact: True}, document=DOCUMENT)


def test_no_maker_alone_declares_after_the_approval_what_nobody_else_saw(world: World) -> None:
    """A second maker, who registers too; the first one, against what was approved."""
    held, pledge = world.registry, world.apply("L1", "K1")
    registry.declare(held, world.maker, pledge, {"litigation_or_seizure": True})
    world.until("signed", pledge)
    second = registry.record_user(held, "bank_maker.2", "bank_maker", BANK)
    before = world.events()
    with pytest.raises(NotAllowed, match="by a checker from now on: all co-owners"):
        registry.declare(held, second, pledge, {"coowners_agree": True}, document=DOCUMENT)
    for maker in (world.maker, second):
        with pytest.raises(NotAllowed, match="by a checker from now on: a lawsuit") as refused:
            registry.declare(held, maker, pledge, {"litigation_or_seizure": False})
    assert "须由复核人员声明：有诉讼" in refused.value.say("zh")
    assert world.events() == before
    today = {"register_search_date": datetime.now(UTC).date(), "register_search_clear": False}
    registry.declare(held, world.maker, pledge, today | {"tenure_type": "家庭承包"})
    registry.declare(held, world.checker, pledge, {"litigation_or_seizure": False})
    assert barred(world, pledge) == ["P1"]


@pytest.mark.parametrize("words", ["a\x00b", "\ud800", "\u202e承包", "长" * 5000])
def test_a_fact_in_words_is_of_words(world: World, words: str) -> None:
    pledge = world.apply("L1", "K1")
    before = world.events()
    with pytest.raises(RegistryError, match="tenure_type"):
        registry.declare(world.registry, world.maker, pledge, {"tenure_type": words})
    assert world.events() == before


def test_who_declared_does_not_approve(world: World) -> None:
    pledge = world.apply("L1", "K1")
    registry.screen(world.registry, world.maker, pledge)
    registry.investigate(world.registry, world.maker, pledge)
    registry.declare(world.registry, world.checker, pledge, {"tenure_type": "家庭承包"})
    with pytest.raises(NotAllowed, match="another person"):
        registry.approve(world.registry, world.checker, pledge)
    assert registry.approve(world.registry, world.second_checker(), pledge).state == "approved"
