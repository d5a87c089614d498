"""A register with planted conflicts: all are found, and nothing else is."""

from collections import defaultdict
from datetime import date

import pytest
import shapely

from lending.conflicts import Claim, Finding, KnownClaims, bundled_rules, find_conflicts
from tests.lending.parcels import JITTER, KINDS, Planted, numbered, planted, register

RULES = bundled_rules().only(["G", "V1", "S1", "C1", "P2"])
TODAY = date(2026, 5, 1)
COUNT, PLANTED = 2_500, 320


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return register(COUNT)


@pytest.fixture(scope="module")
def plan(claims: list[Claim]) -> list[Planted]:
    return planted(claims, PLANTED)


@pytest.fixture(scope="module")
def findings(claims: list[Claim], plan: list[Planted]) -> list[Finding]:
    rules = RULES.only(["G3", "G4", "G5", "G6", "V1", "S1", "C1", "P2"])
    return find_conflicts([p.claim for p in plan], KnownClaims(claims), rules, TODAY)


def said(findings: list[Finding]) -> dict[tuple[str, str], set[tuple[str, str]]]:
    """Return what was said of each pair."""
    found = defaultdict(set)
    for finding in findings:
        if finding.other is not None:
            found[finding.claim.claim_id, finding.other.claim_id].add(
                (finding.check, finding.level)
            )
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_all_planted_conflicts_of_a_kind_are_found(
    kind: str, plan: list[Planted], findings: list[Finding]
) -> None:
    found, chosen = said(findings), [p for p in plan if p.kind == kind]
    assert len(chosen) == PLANTED / len(KINDS)
    for one in chosen:
        wanted = {(one.check, one.level)} if one.check else set()
        assert found.get((one.claim.claim_id, one.of), set()) == wanted, one


def test_neighbours_holes_parts_and_jittered_borders_give_no_alarm(claims: list[Claim]) -> None:
    rules = RULES.only(["G3", "G4", "G5", "G6"])
    findings = find_conflicts(claims, (), rules, TODAY)
    assert {f.level for f in findings} == {"INFO"}
    assert {f.check for f in findings} == {"G4"}


def test_whatever_else_is_blocked_truly_overlaps(
    claims: list[Claim], plan: list[Planted], findings: list[Finding]
) -> None:
    shapes = {c.claim_id: c.geometry for c in (*claims, *(p.claim for p in plan))}
    expected = {(p.claim.claim_id, p.of) for p in plan if p.check}
    others = [f for f in findings if f.level == "BLOCK" and f.other
              and (f.claim.claim_id, f.other.claim_id) not in expected]  # fmt: skip
    assert others
    for finding in others:
        one, other = shapes[finding.claim.claim_id], shapes[finding.other.claim_id]  # type: ignore[union-attr]
        # an independent measure: something is left when both are drawn in by what surveys may err
        kept = shapely.intersection(one.buffer(-JITTER), other.buffer(-JITTER))
        assert kept.area > 0


def test_serials_that_meet_are_found_and_those_that_follow_are_not() -> None:
    known, plan = numbered(200)
    found = said(find_conflicts([p.claim for p in plan], known, RULES.only(["S1"]), TODAY))
    wanted = {(p.claim.claim_id, p.of): {(p.check, p.level)} for p in plan if p.check}
    assert found == wanted
    assert len(wanted) == 100


@pytest.mark.torture
def test_a_hundred_thousand_parcels_with_two_thousand_planted_conflicts() -> None:
    claims = register(100_000)
    units, numbers = numbered(200)
    plan = planted(claims, 1800) + numbers
    claims += units
    rules = bundled_rules().only(["G3", "G4", "G5", "G6", "V1", "S1", "C1", "P2"])
    known = KnownClaims(claims)
    assert {f.level for f in find_conflicts(known, (), rules, TODAY)} == {"INFO"}
    found = said(find_conflicts([p.claim for p in plan], known, rules, TODAY))
    for one in plan:
        wanted = {(one.check, one.level)} if one.check else set()
        assert found.get((one.claim.claim_id, one.of), set()) == wanted, one
