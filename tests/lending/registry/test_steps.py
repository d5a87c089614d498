"""The life of a pledge: each step only where it may follow, each guard also in the database."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib import resources

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from data_catalog.errors import UnknownNameError
from lending import registry
from lending.registry import ConflictsFound, ImpossibleTransition, IssueForm, NotAllowed
from lending.registry.errors import AgainstRecord, RegistryError
from lending.registry.migrations.guards import STEPS
from tests.lending.registry.world import WHY, World, of_batch, serials

STATES = tuple(registry.states())


def _rows(name: str) -> list[dict[str, str]]:
    table = (resources.files("data_catalog.lending") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(table.splitlines()))


def test_the_straight_way_of_the_norm(world: World) -> None:
    pledge = world.apply("L1", "K1", of_batch("B1", "60"))
    for state in ("registered", "drawn", "monitored", "repaid"):
        assert state in STATES
    world.until("released", pledge)
    assert world.state(pledge) == "released"
    assert [lot[0] for lot in world.lots(pledge)] == ["released"]


def test_a_default_ends_in_a_sale(world: World) -> None:
    pledge = world.until("closed", world.apply("L1", "K1", of_batch("B1", "60")))
    assert [lot[:1] for lot in world.lots(pledge)] == [("sold",)]
    assert world.state(pledge) == "closed"


ACTIONS = sorted({row["action"] for row in _rows("pledge_transitions.csv")} - {"apply"})
POSSIBLE = {(row["from"], row["action"]): row["to"] for row in _rows("pledge_transitions.csv")}


@pytest.mark.parametrize("state", STATES)
def test_every_action_from_every_state(world: World, state: str) -> None:
    """What the table does not list is refused, and leaves no event."""
    pledge = world.until(state, world.apply("L1", "K1", of_batch("B1", "60")))
    for action in ACTIONS:
        if (state, action) in POSSIBLE:
            continue
        who = world.maker if registry.may("bank_maker", action) else world.checker
        before = world.events()
        more = ("N",) if action == "register" else ()
        with pytest.raises(ImpossibleTransition):
            getattr(registry, action)(world.registry, who, pledge, *more)
        assert (world.state(pledge), world.events()) == (state, before)


def test_the_databases_know_the_same_steps_as_the_table() -> None:
    listed = {
        f"{row['from']}>{row['to']}" for row in _rows("pledge_transitions.csv") if row["from"]
    }
    assert set(STEPS) == listed


def test_raw_sql_cannot_make_an_impossible_step(world: World) -> None:
    pledge = world.until("signed", world.apply("L1", "K1"))
    listed = set(STEPS)
    for state in STATES:
        if f"signed>{state}" in listed or state == "signed":
            continue
        with pytest.raises(DatabaseError, match="guard:pledge_step"), _raw(world) as connection:
            connection.execute(
                text("UPDATE pledges SET state = :s WHERE pledge_id = :p"),
                {"s": state, "p": pledge},
            )


RAW = {
    "a drawn loan without registration":
        "UPDATE loans SET drawn_at = '2026-01-01T00:00:00.000000Z' WHERE loan_id = 'L1'",
    "registered without number and time":
        "UPDATE pledges SET state = 'registered' WHERE pledge_id = 'P000001'",
    "maker and checker the same person": "UPDATE pledges SET checker = maker",
    "a pledge that starts drawn":
        "INSERT INTO pledges SELECT 'P9', loan_id, right_code, right_id, organisation, 'drawn', "
        "vintage_from, vintage_to, tonnes, programme, secured_amount, account, 'N9', applied_at, "
        "registration_ends, cancelled_at, maker, checker, applied_at, family, "
        "instrument FROM pledges",
    "a lot pledged without registration": "UPDATE lots SET state = 'pledged'",
    "more sold than there is":
        "INSERT INTO lots VALUES (99, 'B1', NULL, 'sold', 100001, NULL, NULL, '')",
    "a batch made smaller than nothing": "UPDATE batches SET tonnes = -1",
    "an event changed": "UPDATE events SET actor = 'nobody' WHERE seq = 3",
    "an event deleted": "DELETE FROM events WHERE seq = 3",
    "a pledge deleted": "DELETE FROM pledges",
    "a boundary changed": "UPDATE parcel_versions SET west = 0",
    "a pledge of a loan that is none": "UPDATE pledges SET loan_id = 'none'",
    "another amount in a loan": "UPDATE loans SET amount = amount + 1",
    "another sum secured": "UPDATE pledges SET secured_amount = 1",
    "another maker": "UPDATE pledges SET maker = 'bank_checker.1', checker = NULL",
    "another permit": "UPDATE pledges SET instrument = 'W9'",
    "another right": "UPDATE pledges SET right_code = 'TIMBER'",
    "fewer tonnes in a pledge": "UPDATE pledges SET tonnes = 1",
    "an approval taken back": "UPDATE pledges SET checker = NULL",
    "a lot of another pledge": "UPDATE lots SET pledge_id = NULL",
    "a batch of another year": "UPDATE batches SET vintage_to = '2030-01-01'",
    "another methodology": "UPDATE projects SET methodology = 'none'",
    "another name for a pledge": "UPDATE pledges SET pledge_id = 'P9'",
    "another name for a user": "UPDATE users SET user_id = 'x' WHERE user_id = 'auditor.1'",
    "a key in the place of another": "UPDATE subject_keys SET wrapped = account FROM pledges",
}  # fmt: skip


@pytest.mark.parametrize("what", RAW)
def test_raw_sql_is_refused(world: World, what: str) -> None:
    world.until("signed", world.apply("L1", "K1", of_batch("B1", "60")))
    with pytest.raises(DatabaseError), _raw(world) as connection:
        connection.execute(text(RAW[what]))
    assert registry.audit(world.registry).fault is None


def _raw(world: World):
    return world.registry.engine.execution_options(registry_writing=True).begin()


def test_raw_sql_undoes_nothing_that_is_done(world: World) -> None:
    """Drawn, issued, sealed and revoked: none of it is taken back."""
    world.until("drawn", world.apply("L1", "K1", of_batch("B1", "60")))
    form = IssueForm(serial_from=1, serial_to=100)
    registry.issue_batch(world.registry, world.forestry, "B1", form)
    registry.seal(world.registry, world.checker, "S1")
    until = datetime.now(UTC) + timedelta(days=1)
    registry.issue_token(world.registry, "auditor.1", expires_at=until)
    registry.revoke_token(world.registry, 1)
    for words in (
        "UPDATE loans SET drawn_at = NULL",
        "UPDATE loans SET drawn_at = '2020-01-01T00:00:00.000000Z'",
        "UPDATE pledges SET registration_number = 'N'",
        "UPDATE batches SET tonnes = 200000, serial_to = 200",
        "UPDATE subject_keys SET destroyed_at = NULL",
        "UPDATE subject_keys SET wrapped = (SELECT account FROM pledges)",
        "UPDATE tokens SET revoked_at = NULL",
        "UPDATE tokens SET expires_at = '2099-01-01T00:00:00.000000Z'",
    ):
        with pytest.raises(DatabaseError, match="guard:"), _raw(world) as connection:
            connection.execute(text(words))
    assert registry.audit(world.registry).fault is None


def test_a_loan_with_two_pledges_is_drawn_when_both_are_registered(world: World) -> None:
    world.parcel("K2", west=119.5)
    first, second = world.apply("L1", "K1"), world.apply("L1", "K2")
    world.until("registered", first)
    with pytest.raises(RegistryError, match=second):
        registry.draw(world.registry, world.maker, first)
    assert world.state(first) == "registered"
    world.until("registered", second)
    registry.draw(world.registry, world.maker, first)
    assert world.state(first) == "drawn"


def test_the_same_forest_twice_is_refused(world: World) -> None:
    """Same right and land: years [2026, 2031) and [2030, 2033) meet, [2031, 2033) do not."""
    world.until("registered", world.apply("L1", "K1"))
    world.loan("L2")
    meeting = world.until("signed", world.apply("L2", "K1", years=(2030, 2033)))
    before = world.events()
    found = registry.check(world.registry, meeting)
    assert [f.check for f in found if f.level == "BLOCK"] == ["G3"]
    with pytest.raises(ConflictsFound) as refused:
        registry.register(world.registry, world.maker, meeting, "N2")
    assert refused.value.findings
    assert (world.state(meeting), world.events()) == ("signed", before)
    registry.withdraw(world.registry, world.maker, meeting)
    world.until("registered", world.apply("L2", "K1", years=(2031, 2033)))


def test_a_released_forest_can_be_pledged_again(world: World) -> None:
    world.until("released", world.apply("L1", "K1", of_batch("B1", "100")))
    world.loan("L2")
    again = world.until("registered", world.apply("L2", "K1", of_batch("B1", "100")))
    assert world.state(again) == "registered"


def test_tonnes_are_not_pledged_twice(world: World) -> None:
    """100 t: 60 are pledged, so 40.001 of another right are too many and 40 are not."""
    world.until("registered", world.apply("L1", "K1", of_batch("B1", "60")))
    world.parcel("K2", west=119.5)
    world.loan("L2")
    much = world.until("signed", world.apply("L2", "K2", of_batch("B1", "40.001")))
    with pytest.raises(RegistryError, match=r"40\.000 t_CO2e are left, 40\.001"):
        registry.register(world.registry, world.maker, much, "N2")
    assert world.state(much) == "signed"
    registry.withdraw(world.registry, world.maker, much)
    world.until("registered", world.apply("L2", "K2", of_batch("B1", "40")))


def test_a_check_names_the_serials_that_are_gone(world: World) -> None:
    """Serials 41 to 50 of 100 are retired: 45 to 60 are not free, 51 to 60 are."""
    form = IssueForm(serial_from=1, serial_to=100)
    registry.issue_batch(world.registry, world.forestry, "B1", form)
    gone = serials("B1", 41, 50)
    registry.set_aside(world.registry, world.forestry, gone, state="retired")
    for first, expected in ((45, ["S1"]), (51, [])):
        pledge = world.until("signed", world.apply("L1", "K1", serials("B1", first, 60)))
        found = registry.check(world.registry, pledge)
        assert [f.check for f in found if f.level == "BLOCK"] == expected
        registry.withdraw(world.registry, world.maker, pledge)
    pledge = world.until("signed", world.apply("L1", "K1", of_batch("B1", "91")))
    (short,) = [f for f in registry.check(world.registry, pledge) if f.level == "BLOCK"]
    assert (short.check, str(short.tonnes)) == ("S3", "1.000")


def test_release_by_tonnes_and_by_serials_divides_the_lot(world: World) -> None:
    """60 t, 10 released: 50 left. 80 units issued, 10 to the buffer: 50 get 1001-1050.

    Releasing 1010-1019 leaves 1001-1009 (9 t) and 1020-1050 (31 t).
    """
    pledge = world.until("drawn", world.apply("L1", "K1", of_batch("B1", "60")))
    registry.release(world.registry, world.checker, pledge, [of_batch("B1", "10")])
    assert [str(lot[1]) for lot in world.lots(pledge, "pledged")] == ["50.000"]
    issue = IssueForm(serial_from=1001, serial_to=1080, buffer=10)
    registry.issue_batch(world.registry, world.forestry, "B1", issue)
    registry.release(world.registry, world.checker, pledge, [serials("B1", 1010, 1019)])
    assert [lot[2:] for lot in world.lots(pledge, "pledged")] == [(1001, 1009), (1020, 1050)]
    with pytest.raises(RegistryError, match="not pledged here"):
        registry.release(world.registry, world.checker, pledge, [serials("B1", 1015, 1015)])
    with world.registry.reading() as session:
        counted = registry.counted_tonnes(session, "B1")
    assert {k: int(v) for k, v in counted.items()} == {"pledged": 40, "buffer": 10}


def test_what_was_pledged_and_not_issued_is_released_from_the_last_registered(world: World) -> None:
    """60.5 t, then 30 t pledged; 70 units issued: 60 for the first, 10 of 30 for the second."""
    first = world.until("registered", world.apply("L1", "K1", of_batch("B1", "60.5")))
    world.parcel("K2", west=119.5)
    world.loan("L2")
    second = world.until("registered", world.apply("L2", "K2", of_batch("B1", "30")))
    issue = IssueForm(serial_from=1, serial_to=70)
    registry.issue_batch(world.registry, world.forestry, "B1", issue)
    assert [lot[2:] for lot in world.lots(first, "pledged")] == [(1, 60)]
    assert [lot[2:] for lot in world.lots(second, "pledged")] == [(61, 70)]
    assert [str(lot[1]) for lot in world.lots(second, "released")] == ["20.000"]


def test_what_was_sold_and_not_issued_is_released(world: World) -> None:
    """0.4 t and 60 t are sold forward, 30 t pledged; 50 units issued: none for 0.4 t, 50 for 60."""
    for tonnes in ("0.4", "60"):
        registry.set_aside(world.registry, world.forestry, of_batch("B1", tonnes), state="sold")
    pledge = world.until("registered", world.apply("L1", "K1", of_batch("B1", "30")))
    form = IssueForm(serial_from=1, serial_to=50)
    registry.issue_batch(world.registry, world.forestry, "B1", form)
    words = "SELECT state, tonnes, serial_to, purpose FROM lots WHERE pledge_id IS NULL ORDER BY 2"
    with world.registry.reading() as session:
        assert [tuple(row) for row in session.execute(text(words))] == [
            ("released", 400, None, "not issued"), ("released", 10_000, None, "not issued"),
            ("sold", 50_000, 50, ""),
        ]  # fmt: skip
    assert [lot[0] for lot in world.lots(pledge)] == ["released"]
    assert registry.audit(world.registry).fault is None
    with pytest.raises(DatabaseError, match="guard:lot_step"), _raw(world) as connection:
        connection.execute(
            text("UPDATE lots SET state = 'released', purpose = 'not issued' WHERE state = 'sold'")
        )


def test_retired_serials_are_never_pledged(world: World) -> None:
    issue = IssueForm(serial_from=1, serial_to=100)
    registry.issue_batch(world.registry, world.forestry, "B1", issue)
    registry.set_aside(world.registry, world.forestry, serials("B1", 41, 50), state="retired",
                       purpose="履约")  # fmt: skip
    pledge = world.until("signed", world.apply("L1", "K1", serials("B1", 45, 60)))
    with pytest.raises(RegistryError, match="45 to 60"):
        registry.register(world.registry, world.maker, pledge, "N")
    registry.withdraw(world.registry, world.maker, pledge)
    around = world.until("registered", world.apply("L1", "K1", of_batch("B1", "90")))
    assert [lot[2:] for lot in world.lots(around)] == [(1, 40), (51, 100)]
    with pytest.raises(DatabaseError, match=r"guard:lot_(over|step)"), _raw(world) as connection:
        connection.execute(text("UPDATE lots SET state = 'released' WHERE state = 'retired'"))


def test_a_checker_who_was_the_maker_before_may_not_check(world: World) -> None:
    """Li made it, and was given the checker's role afterwards."""
    pledge = world.until("due_diligence", world.apply("L1", "K1"))
    bank = world.maker.organisation
    changed = registry.record_user(world.registry, world.maker.user_id, "bank_checker", bank)
    with pytest.raises(NotAllowed, match="another person"):
        registry.approve(world.registry, changed, pledge)


def test_a_stopped_user_and_another_bank_can_do_nothing(world: World) -> None:
    pledge = world.apply("L1", "K1")
    other = registry.record_user(world.registry, "other.1", "bank_maker", "Another Bank")
    with pytest.raises(NotAllowed, match="is of Jingning Rural Bank"):
        registry.screen(world.registry, other, pledge)
    stopped = world.maker
    registry.record_user(
        world.registry, stopped.user_id, stopped.role, stopped.organisation, active=False
    )
    with pytest.raises(NotAllowed, match="stopped"):
        registry.screen(world.registry, stopped, pledge)


def test_a_registration_number_is_used_once(world: World) -> None:
    world.until("signed", world.apply("L1", "K1"))
    registry.register(world.registry, world.maker, "P000001", "ZDW-1", ends=date(2036, 1, 1))
    world.parcel("K2", west=119.5)
    second = world.until("signed", world.apply("L1", "K2"))
    with pytest.raises(RegistryError, match="ZDW-1"):
        registry.register(world.registry, world.maker, second, "ZDW-1")


def test_an_alert_is_noted_once(world: World) -> None:
    pledge = world.until("drawn", world.apply("L1", "K1"))
    facts = {"id": "alert-7", "ltv_before": "0.50", "ltv_after": "0.71"}
    first = registry.note(world.registry, world.maker, pledge, "fire", facts)
    again = registry.note(world.registry, world.maker, pledge, "fire", facts)
    other = registry.note(world.registry, world.maker, pledge, "fire", facts | {"id": "alert-8"})
    assert (first.seq == again.seq, other.seq > first.seq) == (True, True)


def test_unknown_names_are_told_with_what_there_is(world: World) -> None:
    with pytest.raises(UnknownNameError, match="L1"):
        world.apply("L9", "K1")
    with pytest.raises(UnknownNameError, match="K1"):
        world.apply("L1", "K9")
    with pytest.raises(UnknownNameError, match="CARB_F"):
        world.apply("L1", "K1", right="CARB")
    assert world.state(world.apply("L1", "K1")) == "applied"


def test_years_that_end_before_they_begin_are_refused() -> None:
    loan = {"loan_id": "L", "amount": "1", "rate": "0", "starts": "2027-01-01"}
    with pytest.raises(RegistryError, match="starts 2027-01-01 must be before ends 2027-01-01"):
        registry.read_form(registry.LoanForm, loan | {"ends": "2027-01-01"}, "form")


def test_a_user_who_moved_to_another_bank_starts_anew(world: World) -> None:
    stale = world.maker
    registry.record_user(world.registry, stale.user_id, stale.role, "Another Bank")
    with pytest.raises(NotAllowed, match="another organisation"):
        world.apply("L1", "K1")


def test_a_family_is_a_loan_of_the_same_bank_to_the_same_borrower(world: World) -> None:
    """Another bank, another borrower or no loan at all: what is in common would not be told."""
    other = registry.record_user(world.registry, "other.1", "bank_maker", "Another Bank")
    company = registry.SubjectForm(subject_id="S2", kind="company")
    registry.record_subject(world.registry, world.maker, company)
    world.loan("L2", other)
    world.loan("L3", borrower="S2")
    world.loan("L4")
    for loan, who in (("L2", other), ("L3", None), ("L4", other)):
        with pytest.raises(RegistryError):
            world.apply(loan, "K1", who=who, family="L1")
    with pytest.raises(AgainstRecord, match="no loan of"):
        world.apply("L4", "K1", family="any-text")
    assert world.state(world.apply("L4", "K1", family="L1")) == "applied"


def test_one_loan_is_not_secured_twice_by_the_same(world: World) -> None:
    """[2026, 2031) is pledged: [2030, 2033) meets it; later years and another right do not."""
    first = world.apply("L1", "K1")
    with pytest.raises(AgainstRecord, match=f"{first} secures it"):
        world.apply("L1", "K1", years=(2030, 2033))
    world.apply("L1", "K1", years=(2031, 2033))
    world.apply("L1", "K1", right="TREE")
    registry.withdraw(world.registry, world.maker, first)
    assert world.state(world.apply("L1", "K1")) == "applied"


def test_a_serial_is_issued_in_one_batch_of_a_project(world: World) -> None:
    """1-100 are issued: 100-199 meet them, 101-200 do not; another project counts anew."""
    world.project("J2")
    for name, project in (("B2", "J1"), ("B3", "J2")):
        world.batch(name, "100", project=project)
    issue = partial(registry.issue_batch, world.registry, world.forestry)
    issue("B1", IssueForm(serial_from=1, serial_to=100))
    with pytest.raises(AgainstRecord, match="meet those of batch B1"):
        issue("B2", IssueForm(serial_from=100, serial_to=199))
    issue("B2", IssueForm(serial_from=101, serial_to=200))
    issue("B3", IssueForm(serial_from=1, serial_to=100))


def test_raw_sql_issues_no_serial_in_two_batches_of_a_project(world: World) -> None:
    """1-100 of J1 are issued: 100-199 of J1 meet them; those of J2, and 101-200, do not."""
    world.project("J2")
    for name, project in (("B2", "J1"), ("B3", "J2")):
        world.batch(name, "100", project=project)
    form = IssueForm(serial_from=1, serial_to=100)
    registry.issue_batch(world.registry, world.forestry, "B1", form)
    again = "UPDATE batches SET kind = 'issued', tonnes = 100000, serial_from = {0}, "
    again += "serial_to = {0} + 99 WHERE batch_id = '{1}'"
    new = "INSERT INTO batches SELECT 'B9', project_id, NULL, kind, vintage_from, vintage_to, "
    new += "tonnes, estimated, serial_from, serial_to FROM batches WHERE batch_id = 'B1'"
    for words in (again.format(100, "B2"), new):
        with pytest.raises(DatabaseError, match="guard:issued_before"), _raw(world) as connection:
            connection.execute(text(words))
    with _raw(world) as connection:
        connection.execute(text(again.format(101, "B2")))
        connection.execute(text(again.format(1, "B3")))
        connection.rollback()


def test_a_batch_of_a_parcel_is_pledged_with_that_parcel(world: World) -> None:
    world.parcel("K2", west=119.5)
    world.batch("B2", "100", parcel="K2")
    with pytest.raises(AgainstRecord, match="B2 is of parcel K2"):
        world.apply("L1", "K1", of_batch("B2", "60"))
    assert world.state(world.apply("L1", "K2", of_batch("B2", "60"))) == "applied"


def test_what_secures_a_drawn_loan_is_not_released_before_it_is_repaid(world: World) -> None:
    """Two pledges, the loan drawn on the second: the first is still only registered."""
    world.parcel("K2", west=119.5)
    first, second = world.apply("L1", "K1"), world.apply("L1", "K2")
    world.until("registered", first)
    world.until("drawn", second)
    with pytest.raises(AgainstRecord, match="drawn and not repaid"):
        registry.release(world.registry, world.checker, first)
    assert world.state(first) == "registered"
    world.loan("L2")
    undrawn = world.until("registered", world.apply("L2", "K1", years=(2031, 2033)))
    assert registry.release(world.registry, world.checker, undrawn).state == "released"


def test_a_repaid_loan_is_not_secured_or_drawn_again(world: World) -> None:
    world.until("released", world.apply("L1", "K1"))
    with pytest.raises(AgainstRecord, match="the loan is repaid"):
        world.apply("L1", "K1")


@pytest.mark.parametrize("name", ["kind", "again"])
def test_a_note_with_a_name_of_its_own_among_the_facts_is_refused(world: World, name: str) -> None:
    pledge = world.apply("L1", "K1")
    before = world.events()
    with pytest.raises(RegistryError, match=f"cannot have these names: {name}"):
        registry.note(world.registry, world.maker, pledge, "visit", {"id": "X1", name: "other"})
    assert world.events() == before


def test_the_right_that_is_named_is_the_one_pledged(world: World) -> None:
    """R1: CARB_F on K1 for [2026, 2031), the years that are applied for."""
    world.parcel("K2", west=119.5)
    right = registry.RightForm(
        right_id="R1", code="CARB_F", parcel_id="K1", valid_from=date(2026, 1, 1),
        valid_to=date(2031, 1, 1),
    )  # fmt: skip
    registry.record_right(world.registry, world.forestry, right)
    for parcel, code, years in (
        ("K2", "CARB_F", (2026, 2031)), ("K1", "TREE", (2026, 2031)),
        ("K1", "CARB_F", (2025, 2031)), ("K1", "CARB_F", (2026, 2032)),
    ):  # fmt: skip
        with pytest.raises(AgainstRecord, match="R1: this right is CARB_F on parcel K1"):
            world.apply("L1", parcel, right=code, years=years, right_id="R1")
    assert world.state(world.apply("L1", "K1", right_id="R1")) == "applied"


def test_a_search_is_declared_with_its_day_and_its_outcome(world: World) -> None:
    """A new day alone would make an old search a new one."""
    pledge, today = world.apply("L1", "K1"), datetime.now(UTC).date()
    for half in ({"register_search_date": today}, {"register_search_clear": True}):
        with pytest.raises(RegistryError, match="the day and the outcome"):
            registry.declare(world.registry, world.maker, pledge, half)
    whole = {"register_search_date": today, "register_search_clear": False}
    assert registry.declare(world.registry, world.maker, pledge, whole).kind == "declare"


def test_a_registration_has_a_clean_number_and_has_not_ended(world: World) -> None:
    """A space makes no other number; an end two days ago is refused, one in two days is not."""
    world.until("signed", world.apply("L1", "K1"))
    today = datetime.now(UTC).date()
    register = partial(registry.register, world.registry, world.maker)
    for number in (" ", "Z\u202eDW"):
        with pytest.raises(RegistryError, match="number"):
            register("P000001", number)
    with pytest.raises(RegistryError, match="the registration ended on"):
        register("P000001", "ZDW-1", ends=today - timedelta(days=2))
    assert register("P000001", " ZDW-1 ", ends=today + timedelta(days=2)).registration_number == (
        "ZDW-1"
    )
    world.parcel("K2", west=119.5)
    second = world.until("signed", world.apply("L1", "K2"))
    with pytest.raises(AgainstRecord, match="that of P000001"):
        register(second, "ZDW-1\u2003")


REMARKED = (("monitor", "drawn"), ("repay", "drawn"), ("default", "drawn"),
            ("dispose", "defaulted"), ("close", "disposed"), ("release", "repaid"),
            ("withdraw", "signed"))  # fmt: skip


@pytest.mark.parametrize(("action", "state"), REMARKED)
def test_a_step_says_why_and_the_chain_keeps_it(world: World, action: str, state: str) -> None:
    pledge = world.until(state, world.apply("L1", "K1"))
    maker = registry.may("bank_maker", action)
    who = world.maker if maker else world.third_checker()
    getattr(registry, action)(world.registry, who, pledge, remark=f" {WHY} ")
    with world.registry.reading() as session:
        (last,) = registry.events(session, subject=pledge)[-1:]
    assert (last.kind, json.loads(last.data)["facts"]["remark"]) == (action, WHY)
    assert registry.audit(world.registry).fault is None


@pytest.mark.parametrize(("action", "state"), [
    ("default", "drawn"), ("dispose", "defaulted"), ("close", "disposed"),
])  # fmt: skip
def test_nobody_ends_a_pledge_without_saying_why(world: World, action: str, state: str) -> None:
    pledge = world.until(state, world.apply("L1", "K1"))
    who, before = world.third_checker(), world.events()
    for remark in ("", " \n"):
        with pytest.raises(RegistryError, match="say why, or by which document"):
            getattr(registry, action)(world.registry, who, pledge, remark=remark)
    assert (world.state(pledge), world.events()) == (state, before)


def test_who_declares_a_default_does_not_sell(world: World) -> None:
    pledge = world.until("defaulted", world.apply("L1", "K1"))
    with pytest.raises(NotAllowed, match="another person"):
        registry.dispose(world.registry, world.checker, pledge, remark=WHY)
    assert world.state(pledge) == "defaulted"
    sold = registry.dispose(world.registry, world.second_checker(), pledge, remark=WHY)
    assert sold.state == "disposed"


def test_who_declares_a_default_or_sells_does_not_close(world: World) -> None:
    pledge = world.until("disposed", world.apply("L1", "K1"))
    before = world.events()
    for who in (world.checker, world.registry.user("bank_checker.2")):
        with pytest.raises(NotAllowed, match="another person"):
            registry.close(world.registry, who, pledge, remark=WHY)
    assert (world.state(pledge), world.events()) == ("disposed", before)
    assert (
        registry.close(world.registry, world.third_checker(), pledge, remark=WHY).state == "closed"
    )


def test_another_bank_reads_and_destroys_no_personal_data(world: World) -> None:
    """S1 borrows from this bank alone; then another one names it, and then has a pledge too."""
    held, bank = world.registry, "Another Bank"
    maker = registry.record_user(held, "other.1", "bank_maker", bank)
    checker = registry.record_user(held, "other.2", "bank_checker", bank)
    before = world.events()
    for act in (registry.unseal, registry.seal):
        with pytest.raises(UnknownNameError) as refused:
            act(held, checker, "S1")
        with pytest.raises(UnknownNameError) as unknown:
            act(held, checker, "S9")
        assert refused.value.say("en").replace("S1", "S9") == unknown.value.say("en")
    assert world.events() == before
    theirs = registry.SubjectForm(subject_id="S2", kind="company", personal={"name": "王林"})
    registry.record_subject(held, maker, theirs)
    assert registry.unseal(held, checker, "S2") == {"name": "王林"}
    form = {"loan_id": "L2", "borrower": "S1", "amount": "1", "rate": "0"}
    years = {"starts": "2026-01-01", "ends": "2027-01-01"}
    loan = registry.read_form(registry.LoanForm, form | years, "form")
    registry.record_loan(held, maker, loan)
    before = world.events()
    for who, act in ((maker, registry.unseal), (checker, registry.seal)):
        with pytest.raises(NotAllowed, match="only once a pledge of this bank"):
            act(held, who, "S1")
    assert world.events() == before
    theirs = world.apply("L2", "K1", right="COMP", who=maker)
    with pytest.raises(RegistryError, match="another bank"):
        registry.seal(held, world.checker, "S1")
    registry.withdraw(held, maker, theirs)
    world.until("released", world.apply("L1", "K1"))
    assert registry.seal(held, world.checker, "S1").destroyed_at


def test_another_bank_writes_nothing_beside_a_pledge(world: World) -> None:
    held, pledge = world.registry, world.apply("L1", "K1")
    other = registry.record_user(held, "other.1", "bank_maker", "Another Bank")
    value = {"basis_date": date(2026, 1, 1), "document": {}}
    mine = registry.ValuationForm(valuation_id="V1", **value)
    registry.record_valuation(held, world.maker, mine)
    registry.note(held, world.maker, pledge, "fire", {"id": "a"})
    before = world.events()
    policy = registry.PolicyForm(
        policy_id="Y1", pledge_id=pledge, insurer="PICC", perils="fire", trigger="",
        sum_insured=1, payee="S1", valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1),
    )  # fmt: skip
    with pytest.raises(UnknownNameError, match=pledge):
        registry.record_policy(held, other, policy)
    for more in ({"pledge_id": pledge}, {"supersedes": "V1"}):
        theirs = registry.ValuationForm(valuation_id="V2", **value, **more)
        with pytest.raises(UnknownNameError, match=r"P000001|V1"):
            registry.record_valuation(held, other, theirs)
    for name in ("a", "b"):
        with pytest.raises(NotAllowed, match="is of Jingning Rural Bank"):
            registry.note(held, other, pledge, "fire", {"id": name})
    assert world.events() == before


def test_what_is_recorded_twice_is_named_in_both_languages(world: World) -> None:
    form = registry.ValuationForm(valuation_id="V1", basis_date=date(2026, 1, 1), document={})
    registry.record_valuation(world.registry, world.maker, form)
    with pytest.raises(RegistryError) as refused:
        registry.record_valuation(world.registry, world.maker, form)
    assert "估值已登记过" in refused.value.say("zh")
    assert "this valuation is recorded already" in refused.value.say("en")


def test_a_parcel_measured_elsewhere_is_the_same_parcel(world: World) -> None:
    """K1 is pledged at 119.0 E, then recorded at 119.5 E: its forest is not another one."""
    first = world.until("registered", world.apply("L1", "K1"))
    world.parcel("K1", west=119.5)
    world.loan("L2")
    again = world.until("signed", world.apply("L2", "K1"))
    found = [f for f in registry.check(world.registry, again) if f.level == "BLOCK"]
    assert [(f.check, f.other.claim_id) for f in found] == [("G3", f"{first}/K1")]
    with pytest.raises(ConflictsFound):
        registry.register(world.registry, world.maker, again, "N2")


@pytest.mark.parametrize("state", ["applied", "signed"])
def test_what_is_applied_for_is_told_and_bars_nobody(world: World, state: str) -> None:
    first = world.until(state, world.apply("L1", "K1", of_batch("B1", "60")))
    world.loan("L2")
    second = world.until("signed", world.apply("L2", "K1"))
    found = [f for f in registry.check(world.registry, second) if f.other]
    assert [(f.level, f.other.claim_id) for f in found] == [("FLAG", f"{first}/K1")]
    with world.registry.reading() as session:
        near = registry.candidates(session, registry.claims_of(session, second))
    assert [(claim.state, claim.tonnes) for claim in near] == [("reserved", None)]
    registry.register(world.registry, world.maker, second, "N2")
    assert world.state(second) == "registered"


def test_tonnes_of_a_forest_that_is_pledged_whole_are_not_sold(world: World) -> None:
    """All of K1 in 2026 to 2030 is pledged; 2031 is not, and the buffer takes its part."""
    world.batch("B2", "100", parcel="K1")
    world.batch("B9", "100", year=2031, parcel="K1")
    whole = world.until("registered", world.apply("L1", "K1"))
    before = world.events()
    with pytest.raises(AgainstRecord, match=f"pledged to .*{whole}"):
        registry.set_aside(world.registry, world.forestry, of_batch("B2", "1"), state="sold")
    assert world.events() == before
    registry.set_aside(world.registry, world.forestry, of_batch("B9", "1"), state="sold")
    registry.release(world.registry, world.checker, whole)
    registry.set_aside(world.registry, world.forestry, of_batch("B2", "1"), state="sold")


def test_tonnes_sold_before_are_not_pledged_with_the_whole_forest(world: World) -> None:
    """60 t of K1's 100 t of 2026 are sold forward: all of 2026 cannot be pledged, 40 t can."""
    form = registry.BatchForm(
        batch_id="B2", project_id="J1", parcel_id="K1", vintage_from=date(2026, 1, 1),
        vintage_to=date(2027, 1, 1), tonnes=100,
    )  # fmt: skip
    registry.record_batch(world.registry, world.forestry, form)
    part = of_batch("B2", "60")
    registry.set_aside(world.registry, world.forestry, part, state="sold", purpose="forward")
    whole = world.until("signed", world.apply("L1", "K1", years=(2026, 2027)))
    found = [f for f in registry.check(world.registry, whole) if f.level == "BLOCK"]
    assert [(f.check, f.claim.claim_id, f.tonnes) for f in found] == [("C3", f"{whole}/K1", 60)]
    assert "B2" in found[0].other.claim_id
    with pytest.raises(ConflictsFound, match=r"60.* t_CO2e of batch B2"):
        registry.register(world.registry, world.maker, whole, "N1")
    later = world.until("registered", world.apply("L1", "K1", years=(2027, 2028)))
    registry.withdraw(world.registry, world.maker, whole)
    named = world.apply("L1", "K1", of_batch("B2", "40"), years=(2026, 2027))
    assert world.state(world.until("registered", named)) == world.state(later) == "registered"


def test_retired_units_are_not_pledged_with_the_whole_forest(world: World) -> None:
    form = registry.BatchForm(
        batch_id="B2", project_id="J1", parcel_id="K1", vintage_from=date(2026, 1, 1),
        vintage_to=date(2027, 1, 1), tonnes=100,
    )  # fmt: skip
    registry.record_batch(world.registry, world.forestry, form)
    issue = IssueForm(serial_from=1, serial_to=100)
    registry.issue_batch(world.registry, world.forestry, "B2", issue)
    registry.set_aside(world.registry, world.forestry, serials("B2", 1, 5), state="retired")
    whole = world.until("signed", world.apply("L1", "K1", years=(2026, 2027)))
    found = [f for f in registry.check(world.registry, whole) if f.level == "BLOCK"]
    assert [(f.check, f.tonnes) for f in found] == [("V3", 5)]
    assert "已注销" in found[0].what.zh
