"""Plausibility of what a valuation is told: slips are found before they are lent against."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from data_catalog.errors import ProjectError
from lending.policy import Policy
from lending.prices.paths import steepest_rise
from lending.stress.of_valuation import carbon_receipts
from lending.valuation.facts import PricePath
from lending.valuation.result import Gate, Inputs, Results, Vintage, recompute
from lending.valuation.value import value
from lending.valuation.worked import stressed, worked
from tests.lending.valuation.conftest import policy_of

Make = Callable[..., Inputs]


def on_path(inputs: Inputs, **changes: Any) -> Inputs:
    path = PricePath.model_validate(inputs.facts.price.model_dump() | changes)
    return inputs.model_copy(update={"facts": inputs.facts.model_copy(update={"price": path})})


def limit(growth: float) -> dict[str, Any]:
    return {"prices": {"validity_days": 30, "max_growth": growth}}


def gate(results: Results, name: str) -> Gate | None:
    return next((one for one in results.gates if one.id == name), None)


def test_the_steepest_part_of_a_path_is_that_of_the_highest_yearly_growth() -> None:
    # 60 to 72 in 2 years: sqrt(1.2) = 1.0954; to 90 in one more: 1.25; to 95 in one: 1.0556
    rise = steepest_rise(60, 0.0, [(2, 72), (3, 90), (4, 95)])
    assert (rise.start, rise.end, rise.before, rise.after) == (2, 3, 72, 90)
    assert rise.yearly == pytest.approx(0.25)
    assert steepest_rise(60, 0.0, [(2, 72)]).yearly == pytest.approx(math.sqrt(1.2) - 1)
    assert steepest_rise(60, 0.03, []).yearly == pytest.approx(0.03)
    assert steepest_rise(60, 0.0, []).yearly == 0
    assert steepest_rise(60, 0.0, [(1, 50), (9, 40)]).yearly < 0
    assert steepest_rise(60, 0.0, [(0, 61)]).yearly == math.inf
    assert steepest_rise(1e-300, 0.0, [(1e-3, 1e300)]).yearly == math.inf


WILD: list[tuple[dict[str, Any], str]] = [
    ({"growth": 3.0}, "from 60 to 240 CNY/t between years 0 and 1, 300% a year"),
    ({"points": [{"years": 5, "price": 60}, {"years": 6, "price": 1e9}]}, "years 5 and 6"),
    ({"points": [{"years": 0, "price": 61}]}, "∞ a year"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), WILD)
def test_nothing_is_lent_on_a_price_that_rises_beyond_the_policy(
    s03: Make, changes: dict[str, Any], told: str
) -> None:
    found = value(on_path(s03(loan="1", policy=limit(0.05)), scenarios={"low": 15.0}, **changes))
    results = found.results
    refused = gate(results, "price_path")
    assert refused is not None
    assert refused.level == "reject"
    assert told in refused.text.en
    assert (results.lending_value, results.max_loan, results.bound_by) == (0, 0, "gate")
    assert [one.lending_value for one in (*results.parts, *results.scenarios)] == [0, 0]
    assert recompute(found.to_json()).results == results
    # nor does it pay for a loan: what it costs is all that is left
    receipts = carbon_receipts(worked(found.inputs))
    assert receipts
    assert all(one.amount < 0 for one in receipts)


def test_a_price_that_rises_within_the_policy_is_lent_against(s03: Make) -> None:
    # at the limit to the last digit: 60 x 1.05 = 63 a year later
    for changes in ({"growth": 0.05}, {"points": [{"years": 1, "price": 63.0}]}):
        results = value(on_path(s03(policy=limit(0.05)), **changes)).results
        rise = gate(results, "price_path")
        assert rise is not None
        assert rise.level == "ok"
        assert results.lending_value > value(s03()).results.lending_value


def test_a_policy_without_the_limit_lends_on_no_rise(s03: Make) -> None:
    older = policy_of().model_dump()
    del older["prices"]["max_growth"]
    assert Policy.model_validate(older).prices.max_growth == 0
    assert worked(on_path(s03(), growth=0.001)).refused
    points = [{"years": 3, "price": 60}, {"years": 5, "price": 40}]
    falls = worked(on_path(s03(), points=points))
    assert not falls.refused
    # a whole path that moves with the price of the day rises no more than before
    assert not worked(stressed(falls.inputs, price=0.1 + 0.2)).refused


PROCESSES = [
    ({"model": "gbm", "drift": 3.0}, "from 60 to 1205.13"),  # e^3 = 20.0855
    # a year closes 1 - 1/e of the gap of logs: 60 times 16,667 to the 0.632th power
    ({"model": "ou", "reversion": 1.0, "mean": 1e6}, "from 60 to 27981.3"),
    ({"model": "gbm", "drift": 0.0}, ""),
    ({"model": "gbm", "drift": -0.3}, ""),
    ({"model": "ou", "reversion": 1.0, "mean": 60}, ""),
    ({"model": "ou", "reversion": 1.0, "mean": 30}, ""),
]


@pytest.mark.parametrize(("process", "told"), PROCESSES)
def test_no_draws_are_made_of_a_price_that_drifts_up_beyond_the_policy(
    s03: Make, process: dict[str, Any], told: str
) -> None:
    price = process | {"volatility": 0.3, "source": "SYN"}
    results = value(s03(simulation={"draws": 100, "seed": 1, "price": price})).results
    drift = gate(results, "price_draws")
    assert (results.draws is None) is bool(told)
    assert (drift is not None) is bool(told)
    if drift is not None:
        assert drift.level == "flag"
        assert told in drift.text.en
    # the draws stand beside: what is lent does not depend on them
    assert results.lending_value == value(s03()).results.lending_value


UNREACHED: list[dict[str, Any]] = [
    {"holding": {"area_mu": 1e308, "yield_tCO2e_per_mu": 1e308, "cv": 0.1, "source": "SYN"}},
    {"ends": {"crediting": date(9999, 12, 31), "tenure": 500.0, "programme": date(9999, 12, 31)},
     "base_date": date(9990, 1, 1)},
    {"policy": {"discount": {"rate": -0.9999999, "source": "SYN", "day_count": "years"}},
     "ends": {"crediting": 500.0, "tenure": 500.0, "programme": 500.0}},
]  # fmt: skip


@pytest.mark.parametrize("changes", UNREACHED)
def test_numbers_that_lead_to_no_amount_are_told(s03: Make, changes: dict[str, Any]) -> None:
    plain = {name: one for name, one in changes.items() if name != "base_date"}
    inputs = s03(**plain)
    if "base_date" in changes:
        day = changes["base_date"]
        facts = inputs.facts.model_copy(update={"base_date": day})
        price = inputs.price.model_copy(update={"first_day": day, "last_day": day})
        inputs = inputs.model_copy(update={"facts": facts, "price": price})
    with pytest.raises(ProjectError, match="lead to no amount"):
        value(inputs)
    with pytest.raises(ProjectError, match="lead to no amount"):
        value(on_path(s03(), growth=1e300))


def test_a_price_beyond_all_that_are_known_is_flagged(s03: Make) -> None:
    # the example policy holds 5 to 120 CNY/t for plausible
    flagged = gate(value(s03(price=1e6)).results, "price")
    assert flagged is not None
    assert flagged.level == "flag"
    assert "the price at the start implies 1,000,000.00 CNY/t" in flagged.text.en
    assert gate(value(s03(price=119)).results, "price") is None
    trades = [{"name": n, "price": 60, "weight": w, "region": 1000.0, "source": "SYN"}
              for n, w in (("a", 0.5), ("b", 0.3), ("c", 0.2))]  # fmt: skip
    market = gate(value(s03(comparables={"trades": trades})).results, "price")
    assert market is not None
    assert "the market approach implies 60,000.00" in market.text.en


def test_nothing_is_lent_at_a_discount_rate_below_nothing(s03: Make) -> None:
    results = value(s03(rate=-0.05)).results
    below = gate(results, "rate")
    assert below is not None
    assert (below.level, results.lending_value) == ("reject", 0)
    assert value(s03(rate=0.0)).results.lending_value > 0
    # the sensitivity's two points less than one per cent refuse nothing
    assert value(s03(rate=0.01)).results.lending_value > 0


def test_land_valued_at_less_than_the_bank_s_rate_is_flagged(s03: Make) -> None:
    def told(rate: float) -> Gate | None:
        soil = {"final": 1000, "rotation": 20, "return_rate": rate, "overhead": 0}
        right = {"right": "land", "source": "SYN", "soil": soil}
        return gate(value(s03(other_rights=[right])).results, "return")

    assert told(0.06) is None
    low = told(1e-6)
    assert low is not None
    assert low.level == "flag"


def test_issued_tonnes_beside_others_of_the_same_days_are_asked_about(s03: Make) -> None:
    """500 units of 2025 beside what was monitored of 2025; those of 2024 stand alone."""

    def row(year: int, kind: str, tonnes: float) -> Vintage:
        return Vintage.model_validate({
            "parcel_id": "p", "vintage_from": date(year, 1, 1), "vintage_to": date(year + 1, 1, 1),
            "net_tCO2e": tonnes, "se_tCO2e": 0.0, "kind": kind,
        })  # fmt: skip

    alone = (row(2024, "issued", 400), row(2025, "monitored", 3000))
    for rows, level in ((alone, None), ((*alone, row(2025, "issued", 500)), "flag")):
        found = gate(value(s03(vintages=rows, holding=None)).results, "issued_beside_others")
        assert (found and found.level) == level
        assert found is None or found.value == 500
