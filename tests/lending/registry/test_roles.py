"""The whole table of roles, tried: who may, can; who may not, is told so and leaves no trace."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from shapely.geometry import box

from lending import registry
from lending.registry import NotAllowed, RegistryError, User
from lending.registry import forms as f
from lending.registry.roles import ROLES, permit
from tests.lending.registry.world import BANK, WHY, World, of_batch

YEAR = {"vintage_from": date(2026, 1, 1), "vintage_to": date(2027, 1, 1)}
Act = Callable[[World, User], object]


def step(action: str, state: str, *more: str) -> Act:
    """The action on a pledge that others have brought into a state."""

    def act(world: World, user: User) -> object:
        pledge = world.until(state, world.apply("L1", "K1", of_batch("B1", "60")))
        before.append(world.events())
        why = {"remark": WHY} if action in {"default", "dispose", "close"} else {}
        return getattr(registry, action)(world.registry, user, pledge, *more, **why)

    return act


before: list[int] = []
ACTS: dict[str, Act] = {
    "record_subject": lambda w, u: registry.record_subject(
        w.registry, u, f.SubjectForm(subject_id="S2", kind="company")
    ),
    "read_personal": lambda w, u: registry.unseal(w.registry, u, "S1"),
    "seal": lambda w, u: registry.seal(w.registry, u, "S1"),
    "record_parcel": lambda w, u: registry.record_parcel(
        w.registry, u,
        f.ParcelForm(parcel_id="K9", region="3", geometry=box(119, 28, 120, 29), certificate="c"),
    ),
    "record_right": lambda w, u: registry.record_right(
        w.registry, u,
        f.RightForm(right_id="R1", code="CARB_F", parcel_id="K1", valid_from=date(2020, 1, 1),
                    valid_to=date(2050, 1, 1)),
    ),
    "record_project": lambda w, u: registry.record_project(
        w.registry, u,
        f.ProjectForm(project_id="J2", programme="CCER", methodology="CCER-14-001-V01",
                      crediting_from=date(2020, 1, 1), crediting_to=date(2040, 1, 1)),
    ),
    "record_batch": lambda w, u: registry.record_batch(
        w.registry, u, f.BatchForm(batch_id="B2", project_id="J1", tonnes=Decimal(1), **YEAR)
    ),
    "issue_batch": lambda w, u: registry.issue_batch(
        w.registry, u, "B1", f.IssueForm(serial_from=1, serial_to=90)
    ),
    "set_aside": lambda w, u: registry.set_aside(w.registry, u, of_batch("B1", "5"), state="sold"),
    "record_loan": lambda w, u: registry.record_loan(
        w.registry, u,
        f.LoanForm(loan_id="L2", amount=Decimal(1), rate=Decimal(0), starts=date(2026, 1, 1),
                   ends=date(2027, 1, 1)),
    ),
    "record_valuation": lambda w, u: registry.record_valuation(
        w.registry, u, f.ValuationForm(valuation_id="V1", basis_date=date(2026, 1, 1), document={})
    ),
    "record_policy": lambda w, u: registry.record_policy(
        w.registry, u,
        f.PolicyForm(policy_id="Y1", pledge_id=w.apply("L1", "K1"), insurer="PICC", perils="fire",
                     trigger="", sum_insured=Decimal(1), payee="S1", valid_from=date(2026, 1, 1),
                     valid_to=date(2027, 1, 1)),
    ),
    "apply": lambda w, u: registry.apply(
        w.registry, u,
        f.PledgeForm(loan_id="L1", right_code="CARB_F", parcels=("K1",), secured_amount=Decimal(1),
                     **YEAR),
    ),
    "note": lambda w, u: registry.note(w.registry, u, w.apply("L1", "K1"), "fire", {"id": "a"}),
    "declare": lambda w, u: registry.declare(
        w.registry, u, w.apply("L1", "K1"), {"coowners_agree": True}, document="deed 7"
    ),
    "consent": lambda w, u: registry.consent(
        w.registry, u, w.until("registered", w.apply("L1", "K1")), w.apply("L1", "K1", right="TREE")
    ),
    "checkpoint": lambda w, u: registry.checkpoint(
        w.registry, u, registry.new_signing_key()[0]
    ),
    "screen": step("screen", "applied"), "investigate": step("investigate", "screened"),
    "approve": step("approve", "due_diligence"), "sign": step("sign", "approved"),
    "register": step("register", "signed", "N1"), "draw": step("draw", "registered"),
    "monitor": step("monitor", "drawn"), "repay": step("repay", "monitored"),
    "release": step("release", "repaid"), "default": step("default", "drawn"),
    "dispose": step("dispose", "defaulted"), "close": step("close", "disposed"),
    "withdraw": step("withdraw", "signed"),
    **{
        name: (lambda _, u, name=name: permit(u, name))
        for name in ("read", "check", "audit", "list_events", "backup")
    },
}  # fmt: skip


def test_every_action_of_the_table_is_tried() -> None:
    assert set(ACTS) == set(registry.actions())


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ACTS)
def test_who_may_and_who_may_not(world: World, action: str, role: str) -> None:
    user = registry.record_user(world.registry, "new.1", role, BANK)
    if registry.may(role, action):
        ACTS[action](world, user)
        assert registry.audit(world.registry).fault is None
        return
    with pytest.raises(NotAllowed, match="may not"):
        ACTS[action](world, user)
    with world.registry.reading() as session:
        assert "new.1" not in {entry.actor for entry in registry.events(session)}


def test_no_role_both_makes_and_checks() -> None:
    makes = {"apply", "register", "draw", "repay"}
    checks = {"approve", "release", "dispose"}
    for role in ROLES:
        can = {action for action in registry.actions() if registry.may(role, action)}
        assert not (can & makes and can & checks)


def test_an_auditor_changes_nothing_but_checkpoints() -> None:
    can = {action for action in registry.actions() if registry.may("auditor", action)}
    assert can == {"read", "check", "audit", "list_events", "checkpoint", "backup"}


def test_a_token_lives_until_it_expires_or_is_revoked(world: World) -> None:
    now = datetime.now(UTC)
    held = world.registry
    good = registry.issue_token(held, "auditor.1", expires_at=now + timedelta(days=1))
    old = registry.issue_token(held, "auditor.1", expires_at=now - timedelta(seconds=1))
    assert registry.user_of_token(held, good).role == "auditor"
    for words in (old, "nonsense", ""):
        with pytest.raises(NotAllowed):
            registry.user_of_token(held, words)
    registry.revoke_token(held, 1)
    with pytest.raises(NotAllowed):
        registry.user_of_token(held, good)


def test_a_token_is_nowhere_in_the_database(world: World) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    words = registry.issue_token(world.registry, "auditor.1", expires_at=until)
    with world.registry.reading() as session:
        said = " ".join(entry.data for entry in registry.events(session))
    assert words not in said


def test_there_is_no_fifth_role(world: World) -> None:
    with pytest.raises(RegistryError, match="bank_maker"):
        registry.record_user(world.registry, "x", "root", BANK)
