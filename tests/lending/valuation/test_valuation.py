"""The whole valuation: laws, limits, gates, other rights, and that it can be computed again."""

import json
import math
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_catalog.errors import ProjectError
from lending.valuation.forest import faustmann, harvest_value, perpetuity, residual_value
from lending.valuation.income import flows, present
from lending.valuation.money import annuity_factor
from lending.valuation.option import call_value
from lending.valuation.result import Inputs, json_schema, money, recompute, tonnes
from lending.valuation.timing import day_at, years_between
from lending.valuation.value import value
from lending.valuation.worked import stressed, worked
from tests.lending.valuation.conftest import FREE, HAIRCUTS

Make = Callable[..., Inputs]
HYPOTHESIS = settings(deadline=None, max_examples=40)
RICH: dict[str, Any] = {
    "loan": "300000", "loan_term_years": 5,
    "simulation": {
        "draws": 500, "seed": 1, "tonnes_price": 0.2, "price_events": 0.3,
        "price": {"model": "gbm", "volatility": 0.3, "source": "SYN"},
        "events": [{"name": "fire", "yearly_probability": 0.02, "loss_share": 0.5,
                    "source": "SYN"}],
    },
    "option": {"volatility": 0.35, "years": 5, "risk_free": 0.02, "strike": 40, "source": "SYN"},
    "other_rights": [
        {"right": "compensation", "yearly_income": "10000", "until": 20.0, "source": "SYN"},
        {"right": "timber", "value": "500000", "source": "SYN"},
    ],
    "cost": {"outlays": [{"year": 1, "amount": "1000"}], "years": 1, "return_rate": 0.05,
             "site_factor": 1.0, "source": "SYN"},
}  # fmt: skip


def test_a_day_some_years_on_is_that_of_the_day_count() -> None:
    start = date(2026, 1, 1)
    # 20 x 365 days leave out the five 29ths of February to 2046
    assert day_at(start, 20, "act/365") == date(2045, 12, 27)
    assert day_at(start, 20, "30/360") == day_at(start, 20, "years") == date(2046, 1, 1)
    assert day_at(date(2026, 1, 31), 0.25, "30/360") == date(2026, 4, 30)


@given(start=st.dates(date(2000, 1, 1), date(2060, 1, 1)), days=st.integers(0, 20_000))
def test_the_years_to_a_day_lead_to_it(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    assert day_at(start, years_between(start, end, "act/365"), "act/365") == end
    years = years_between(start, end, "30/360")
    found = day_at(start, years, "30/360")
    assert years_between(start, found, "30/360") == years
    assert abs((found - end).days) <= 1  # the 30th and the 31st are the same


def test_a_valuation_is_computed_again_to_the_cent(s03: Make) -> None:
    first = value(s03(**RICH))
    again = recompute(first.to_json())
    assert again == first
    assert recompute(again.to_json()).to_json() == first.to_json()


@given(cents=st.integers(0, 10**11), ulps=st.integers(-3, 3))
def test_the_last_bit_of_a_machine_never_moves_a_cent(cents: int, ulps: int) -> None:
    # half a cent is where a difference in the last bit would show
    exact = (cents + 0.5) / 100
    off = exact + ulps * math.ulp(exact)
    assert money(off) == money(exact) == (Decimal(cents) + 1) / 100


def test_a_valuation_file_is_one_by_its_published_schema(s03: Make) -> None:
    page = Path(__file__).parents[3] / "docs" / "valuation.schema.json"
    schema = json.loads(page.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    found = json.loads(value(s03(**RICH)).to_json())
    jsonschema.validate(found, schema)
    found["results"]["lending_value"] = True
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)


def test_an_altered_file_no_longer_agrees(s03: Make) -> None:
    first = value(s03())
    content = json.loads(first.to_json())
    content["inputs"]["facts"]["holding"]["area_mu"] = 10_001
    again = recompute(json.dumps(content))
    assert again.results.value != first.results.value
    content["results"]["value"] = "1.00"  # results are not read
    assert recompute(json.dumps(content)) == again


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"inputs": 3}', "\x00"])
def test_what_is_no_valuation_file_is_told(text: str) -> None:
    with pytest.raises(ProjectError, match="no valuation file"):
        recompute(text)


def test_the_schema_describes_the_file() -> None:
    schema = json_schema()
    assert schema["title"] == "Valuation"
    assert {"inputs", "steps", "results"} <= set(schema["required"])


def test_money_and_tonnes_are_rounded_half_up() -> None:
    assert money(0.125) == Decimal("0.13")
    assert money(Decimal("-0.125")) == Decimal("-0.13")
    assert tonnes(1.0005) == Decimal("1.001")


@HYPOTHESIS
@given(low=st.floats(1, 200), more=st.floats(0.01, 100), rate=st.floats(0, 0.3))
def test_a_higher_price_is_never_worth_less(
    s03: Make, low: float, more: float, rate: float
) -> None:
    shared = s03().facts.costs.model_copy(update={"owner_share": 0.3, "owner_share_of": "net"})
    of = worked(s03(costs=shared)).plan
    cheap, dear = (sum(present(flows(of.at_price(p)), rate).values()) for p in (low, low + more))
    assert dear >= cheap


@HYPOTHESIS
@given(rate=st.floats(0, 0.5), more=st.floats(0.001, 0.5))
def test_what_only_pays_is_worth_less_at_a_higher_rate(s03: Make, rate: float, more: float) -> None:
    found = flows(worked(s03(costs=FREE)).plan)
    assert sum(present(found, rate + more).values()) < sum(present(found, rate).values())


def test_a_tenure_shorter_than_the_loan_is_flagged(s03: Make) -> None:
    ends = {"crediting": 20.0, "tenure": 4.0, "programme": 20.0}
    results = value(s03(ends=ends, loan="1000", loan_term_years=4)).results
    # the example policy wants the loan to end 6 months before: 3.5 years
    assert results.max_term_years == pytest.approx(3.5)
    assert {gate.id: gate.level for gate in results.gates}["term"] == "flag"
    assert results.years_bound_by == "tenure"


def test_coverage_is_the_headline(s03: Make) -> None:
    results = value(s03(loan="300000")).results
    assert results.coverage_ratio == pytest.approx(506_798.39 / 300_000, abs=1e-6)
    assert results.carbon_share_of_loan == 1.0  # 304,079 may be lent
    large = value(s03(loan="3000000")).results
    assert large.carbon_share_of_loan == pytest.approx(304_079.04 / 3_000_000, abs=1e-9)
    assert value(s03()).results.coverage_ratio is None


CAPS = [
    ({"max_loan": "100000"}, "max_loan", 100_000),
    ({"max_share_of_appraisal": 0.1}, "max_share_of_appraisal", 92_979.87),
    # 2,835.2631 t a year x 60 = 170,115.79; once
    ({"max_multiple_of_annual": 1}, "max_multiple_of_annual", 170_115.79),
    ({"max_loan": "900000"}, "max_ltv", 304_079.04),
]  # fmt: skip


@pytest.mark.parametrize(("caps", "rule", "limit"), CAPS)
def test_the_rule_that_binds_is_named(
    s03: Make, caps: dict[str, Any], rule: str, limit: float
) -> None:
    results = value(s03(policy={"caps": {"max_ltv": 0.6} | caps})).results
    assert results.bound_by == rule
    assert float(results.max_loan) == pytest.approx(limit, abs=0.005)
    assert [one.rule for one in results.bounds if one.binds] == [rule]


def test_other_rights_stay_apart(s03: Make) -> None:
    alone = value(s03(loan="300000")).results
    rule = {"right": "timber", "haircut": 0.4, "max_ltv": 0.5, "source": "SYN"}
    results = value(s03(**RICH, policy={"rights": [rule]})).results
    assert results.lending_value == alone.lending_value
    compensation, timber = results.other_rights
    # 10,000 a year for 20 years at 6 %: 114,699.21; the policy lends nothing on it
    assert compensation.value == Decimal("114699.21")
    assert compensation.lending_value is None
    assert (timber.lending_value, timber.max_loan) == (300_000, 150_000)
    assert results.coverage_with_other_rights == pytest.approx((506_798.39 + 300_000) / 300_000)


def test_compensation_for_the_same_tonnes_is_never_added(s03: Make) -> None:
    same = {"right": "compensation", "value": "100000", "same_benefit_as_carbon": True,
            "source": "SYN"}  # fmt: skip
    rule = {"right": "compensation", "haircut": 0.0, "max_ltv": 1.0, "source": "SYN"}
    results = value(s03(loan="300000", other_rights=[same], policy={"rights": [rule]})).results
    assert not results.other_rights[0].addable
    assert results.coverage_with_other_rights is None


def test_the_option_is_reported_and_never_lent_against(s03: Make) -> None:
    # Hull's textbook call: S 42, K 40, r 10 %, sigma 20 %, half a year: 4.76
    assert call_value(42, 40, 0.10, 0.20, 0.5) == pytest.approx(4.76, abs=0.005)
    results = value(s03(**RICH)).results
    assert results.option is not None
    assert results.option.value > 0
    assert results.option.lent_against is False
    assert results.max_loan == value(s03()).results.max_loan


def trade(name: str, price: float, weight: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "price": price, "weight": weight, "source": "SYN"} | more


def test_market_comparables(s03: Make) -> None:
    trades = [trade("a", 70, 0.5, vintage=0.9), trade("b", 60, 0.3), trade("c", 80, 0.2, type=0.5)]
    results = value(s03(comparables={"trades": trades, "tonnes": 100})).results
    (market,) = results.approaches
    # 0.5 x 70 x 0.9 + 0.3 x 60 + 0.2 x 80 x 0.5 = 31.5 + 18 + 8 = 57.5; x 100 t
    assert (market.per_tonne, market.value) == (Decimal("57.50"), Decimal("5750.00"))


@pytest.mark.parametrize(
    ("trades", "told"),
    [
        ([trade("a", 70, 0.5), trade("b", 60, 0.5)], "2 trades"),
        ([trade("a", 70, 0.5), trade("b", 60, 0.5), trade("c", 1, 0.5)], "sum to 1.5"),
        ([trade("a", 70, 0.5), trade("b", 60, 0.3), trade("c", 50, 0.2, arms_length=False)],
         "court or an agency"),
    ],
)  # fmt: skip
def test_comparables_that_cannot_be_used(
    s03: Make, trades: list[dict[str, Any]], told: str
) -> None:
    with pytest.raises(ProjectError, match=told):
        value(s03(comparables={"trades": trades}))


def test_replacement_cost(s03: Make) -> None:
    # 1,000 in year 1 and 500 in year 3 of 3, at 5 %, site 1.2:
    # 1.2 x (1,000 x 1.05^3 + 500 x 1.05) = 1.2 x (1,157.625 + 525) = 2,019.15
    outlays = [{"year": 1, "amount": "1000"}, {"year": 3, "amount": "500"}]
    cost = {"outlays": outlays, "years": 3, "return_rate": 0.05, "site_factor": 1.2,
            "source": "SYN"}  # fmt: skip
    (found,) = value(s03(cost=cost)).results.approaches
    assert found.value == Decimal("2019.15")


def test_forest_formulas_by_hand() -> None:
    assert residual_value(1000, 600, 100) == 300
    assert perpetuity(35, 0.05) == pytest.approx(700)
    # final 1,000 at age 20, a stand of 18, no costs, 5 %: 1,000 / 1.05^3 = 863.84
    assert harvest_value(1000, {}, {}, rotation=20, age=18, rate=0.05, site=1) == pytest.approx(
        1000 / 1.05**3
    )
    # 1,000 every 20 years for ever: 1,000 / (1.05^20 - 1) = 604.85
    bare = faustmann(1000, {}, {}, rotation=20, rate=0.05, overhead=0)
    assert bare == pytest.approx(604.85, abs=0.005)
    for_ever = sum(1000 / 1.05 ** (20 * k) for k in range(1, 200))
    assert bare == pytest.approx(for_ever)


def test_tax_is_taken_of_every_receipt(s03: Make) -> None:
    # S03: receipts of 833,567.36 after 6 and 11 years, taxed by 5 %
    taxed = worked(s03(costs=s03().facts.costs.model_copy(update={"tax": 0.05})))
    receipts = 5 * 2_835.2631 * 60 * 0.98
    lost = 0.05 * receipts * (1.06**-6 + 1.06**-11)
    assert taxed.value == pytest.approx(929_798.68 - lost, abs=0.05)


@pytest.mark.parametrize(
    ("way", "wanted"),
    [
        ({"residual": {"revenue": 1000, "costs": 600, "profit": 100}}, "300.00"),
        ({"residual": {"revenue": 500, "costs": 600, "profit": 0}}, "0.00"),  # owes nothing
        # 0.9 x (1,000 + 100 x 1.05^2) / 1.05^5 - 50 / 1.05^2 = 782.919 - 45.351
        ({"harvest": {"final": 1000, "thinnings": {"18": 100}, "costs": {"17": 50}, "rotation": 20,
                      "age": 16, "return_rate": 0.05, "site_factor": 0.9}}, "737.57"),
        # (1,000 - 20 x 1.05^20) / (1.05^20 - 1) - 10 / .05 = 572.755 - 200
        ({"soil": {"final": 1000, "costs": {"1": 20}, "rotation": 20, "return_rate": 0.05,
                   "overhead": 10}}, "372.75"),
    ],
)  # fmt: skip
def test_timber_and_land_by_their_methods(s03: Make, way: dict[str, Any], wanted: str) -> None:
    right = {"right": "timber", "source": "SYN"} | way
    results = value(s03(other_rights=[right])).results
    (found,) = results.other_rights
    assert found.value == Decimal(wanted)
    assert found.lending_value is None  # the policy has no rule for it
    assert results.value == value(s03()).results.value  # never part of the carbon value


@pytest.mark.parametrize(
    "way",
    [{}, {"value": 1, "yearly_income": 1},
     {"soil": {"final": 1, "rotation": 5, "thinnings": {"6": 1}, "return_rate": 0.05,
               "overhead": 0}}],
)  # fmt: skip
def test_a_right_is_valued_in_one_way_that_makes_sense(s03: Make, way: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is needed|beyond the rotation"):
        s03(other_rights=[{"right": "timber", "source": "SYN"} | way])


def test_owners_take_their_share_of_what_is_net(s03: Make) -> None:
    costs = FREE | {"verification": "40000", "owner_share": 0.8, "owner_share_of": "net"}
    of = worked(s03(costs=costs))
    receipts, verification, owner = of.flows
    # each period: receipts less one verification, 80 % of it
    assert owner.amount == pytest.approx(-0.8 * (receipts.amount + verification.amount))
    poor = worked(s03(area=100, costs=costs))  # receipts below the verification: nothing to share
    assert {flow.kind for flow in poor.flows} == {"receipt", "verification"}


def test_what_was_paid_already_is_shown_and_not_counted(s03: Make) -> None:
    costs = s03().facts.costs.model_copy(update={"paid_already": Decimal(99_999)})
    sunk = value(s03(costs=costs))
    assert sunk.results.value == value(s03()).results.value
    assert {step.id: step.amount for step in sunk.steps}["sunk"] == 99_999


def test_payments_add_up_to_the_value(s03: Make) -> None:
    results = value(s03(**RICH)).results
    total = sum(payment.discounted for payment in results.payments)
    assert float(total) == pytest.approx(float(results.value), abs=0.1)
    assert annuity_factor(0.06, 10) * 2000 == pytest.approx(
        -sum(float(p.discounted) for p in results.payments if p.kind == "monitoring"), abs=0.05
    )


def test_every_step_says_where_it_comes_from(s03: Make) -> None:
    steps = value(s03(**RICH)).steps
    assert all(step.source and step.title.zh and step.title.en for step in steps)
    ids = [step.id for step in steps]
    assert ids[0] == "gross"
    assert ids[-1] == "max_loan"


def test_scenarios_and_sensitivity_are_the_stressed_values(s03: Make) -> None:
    inputs = s03()
    path = inputs.facts.price.model_copy(update={"scenarios": {"low": 15.0}})
    facts = inputs.facts.model_copy(update={"price": path})
    results = value(inputs.model_copy(update={"facts": facts})).results
    assert results.scenarios[0].value == Decimal("159739.95")
    by_id = {one.id: one for one in results.sensitivity}
    assert by_id["price"].value == Decimal("724449.69")
    assert by_id["tonnes"].value == Decimal("827124.18")
    assert by_id["delay"].value == Decimal("871681.04")
    assert by_id["rate_up"].value == Decimal("793620.35")
    assert np.diff([abs(one.difference) for one in results.sensitivity]).max() <= 0


def test_stress_keeps_the_haircuts(s03: Make) -> None:
    left = np.prod([1 - h for _, h in HAIRCUTS])
    assert worked(stressed(s03(), price=0.5, tonnes=0.5)).factor == pytest.approx(left)


@HYPOTHESIS
@given(price=st.floats(1, 200), area=st.floats(10, 20_000))
def test_no_more_is_lent_against_than_there_is(s03: Make, price: float, area: float) -> None:
    of = worked(s03(price=price, area=area))
    assert 0 <= of.lending_value <= max(0.0, of.value)
