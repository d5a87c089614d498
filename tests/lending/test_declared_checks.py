"""Checks of what is declared: each by a case, and none passes for want of a fact."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lending.conflicts import ClaimError, Finding, Serials, bundled_rules, find_conflicts
from tests.lending.claims import FACTS, TODAY, box, claim, sound

RULES = bundled_rules()


def found(*claims: Any) -> list[Finding]:
    return find_conflicts(claims, (), RULES, TODAY)


def test_a_claim_with_all_its_papers_passes_every_check() -> None:
    assert found(sound()) == []


BREACHES: list[tuple[str, str, Any, str]] = [
    # 10 ha are 150 mu; the certificate says 160: 6.25 % apart, above 5 %
    ("G1", "certificate_area", Decimal(160), "FLAG"),
    ("G2", "inside_boundary", False, "FLAG"),
    ("G2", "clear_of_excluded_land", False, "FLAG"),
    # the years end on 2036-01-01
    ("V2", "crediting_end", date(2035, 12, 31), "BLOCK"),
    ("V2", "tenure_end", date(2035, 12, 31), "BLOCK"),
    ("V3", "past_tonnes_unsold", False, "BLOCK"),
    ("S4", "lower_bound_tonnes", Decimal("999.999"), "BLOCK"),
    ("P1", "register_search_date", date(2026, 4, 30), "BLOCK"),
    ("P1", "register_search_clear", False, "BLOCK"),
    # 2029-01-01 and 180 days are 2029-06-30
    ("P3", "registration_end", date(2029, 6, 29), "FLAG"),
    ("P4", "freeze_confirmed", False, "BLOCK"),
    ("R1", "holder_is_party", False, "BLOCK"),
    ("R1", "title_chain_complete", False, "BLOCK"),
    ("R2", "coowners_agree", False, "BLOCK"),
    ("R2", "collective_vote", False, "BLOCK"),
    ("R2", "village_committee_guarantees", True, "BLOCK"),
    ("R3", "litigation_or_seizure", True, "BLOCK"),
    ("A1", "account_receives_income", False, "FLAG"),
    ("I1", "insured_tonnes", Decimal(999), "FLAG"),
    ("I1", "insurance_end", date(2028, 12, 31), "FLAG"),
    ("I1", "creditor_is_payee", False, "FLAG"),
    ("C2", "buyer_claims", True, "FLAG"),
    ("C3", "sold_forward", True, "BLOCK"),
    ("Q1", "uptake_most", Decimal("0.5"), "FLAG"),
    ("Q1", "price", Decimal(120), "FLAG"),
    ("X1", "checker", "甲", "BLOCK"),
]


@pytest.mark.parametrize(("check", "fact", "value", "level"), BREACHES)
def test_each_breach_is_found_and_nothing_else(
    check: str, fact: str, value: object, level: str
) -> None:
    (finding,) = found(sound(**{fact: value}))
    assert (finding.check, finding.level, finding.missing) == (check, level, ())
    assert finding.rule == RULES.checks[check].rule


@pytest.mark.parametrize(("fact", "value"), [
    ("crediting_end", date(2036, 1, 1)), ("tenure_end", date(2036, 1, 1)),
    ("registration_end", date(2029, 6, 30)), ("certificate_area", Decimal(145)),
    ("lower_bound_tonnes", Decimal(1000)), ("insurance_end", date(2029, 1, 1)),
])  # fmt: skip
def test_what_just_holds_is_no_breach(fact: str, value: object) -> None:
    assert found(sound(**{fact: value})) == []


@pytest.mark.parametrize("fact", FACTS)
def test_a_missing_fact_is_a_finding_and_never_a_pass(fact: str) -> None:
    missing = found(sound(**{fact: None}))
    assert missing
    assert all(finding.missing for finding in missing)
    assert any(fact in finding.missing or fact == "loan_amount" for finding in missing)


def test_every_declared_check_has_a_case_here() -> None:
    tested = {check for check, *_ in BREACHES} | {"R4", "R5", "S2"}
    assert {row.check for row in RULES.declared} <= tested


def test_public_welfare_forest_is_flagged_for_trees_and_tenure_must_be_named() -> None:
    trees = replace(sound(), right="TREE", facts=sound().facts | {"public_welfare_forest": True})
    assert [f.check for f in found(trees)] == ["R4"]
    assert [f.check for f in found(sound(tenure_type=None))] == ["R5"]


def test_units_that_the_register_shows_as_taken_are_refused() -> None:
    base = sound(issued_tonnes=Decimal(5000), units_free=False)
    units = replace(base, right="CARB_I", project="p1", serials=(Serials("p1", 1, 1000),))
    assert [(f.check, f.level) for f in found(units)] == [("S2", "BLOCK")]


def test_the_anji_slip_of_24_tonnes_a_mu_is_flagged() -> None:
    # case A33, against the usual 0.39: 150 mu with 24.5 t/mu/year for 9.9986 years are 36,745 t
    slip = replace(
        sound(lower_bound_tonnes=Decimal(40_000), insured_tonnes=Decimal(40_000)),
        tonnes=Decimal(36_745),
    )
    (finding,) = found(slip)
    assert finding.check == "Q1"
    assert "24.50 t_CO2e/mu/year" in finding.what.en
    assert "24.50 t_CO2e/亩/年" in finding.what.zh


def test_the_wuning_loan_of_157_a_tonne_is_flagged() -> None:
    # A12, Wuning: 20 million CNY on 127,400 t are 156.99 CNY/t, above any price that is plausible
    tonnes = Decimal(127_400)
    wuning = replace(
        sound(
            lower_bound_tonnes=tonnes, insured_tonnes=tonnes, loan_amount=Decimal(20_000_000),
            uptake_most=Decimal(100),
        ),
        tonnes=tonnes,
    )  # fmt: skip
    (finding,) = found(wuning)
    assert finding.check == "Q1"
    assert "156.99 CNY/t_CO2e" in finding.what.en


def test_past_years_ask_for_the_ledger_and_future_years_do_not() -> None:
    future = replace(sound(past_tonnes_unsold=None), vintage_from=TODAY)
    assert [f for f in found(future) if f.check == "V3"] == []


@pytest.mark.parametrize(("fact", "value", "words"), [
    ("loan_ends", True, "no fact named 'loan_ends'"),
    ("crediting_end", "2046", "a date"),
    ("inside_boundary", 1, "yes or no"),
    ("price", Decimal("NaN"), "a number"),
    ("area", Decimal(1), "no fact named 'area'"),
])  # fmt: skip
def test_facts_of_the_wrong_kind_are_refused_in_words(fact: str, value: object, words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        found(sound(**{fact: value}))


def test_a_bare_claim_is_told_what_is_missing_of_every_check() -> None:
    findings = found(claim("bare", box(0, 0, 100, 100)))
    asked = {row.check for row in RULES.declared if "CARB_F" in row.rights or not row.rights}
    assert {f.check for f in findings} == asked | {"S4"}
    assert all(f.missing for f in findings)
