"""The synthetic reference vectors of the income approach, haircuts and stress."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from lending.valuation.facts import PricePoint
from lending.valuation.money import annuity_factor, implied_rate
from lending.valuation.result import Inputs
from lending.valuation.sensitivity import break_even_area, break_even_price
from lending.valuation.value import value
from lending.valuation.worked import stressed, worked
from tests.lending.valuation.conftest import FREE

Make = Callable[..., Inputs]


def test_s01_without_cost(s03: Make) -> None:
    # 1,000 mu x 0.39 = 390 t/yr; x 60 = 23,400 a year; x 7.360087 (10 years at 6 %) = 172,226.04
    certain = {"area_mu": 1000, "yield_tCO2e_per_mu": 0.39, "cv": 0, "source": "SYN"}
    of = worked(s03(
        holding=certain, tonnes={"buffer": 0, "leakage": 0}, costs=FREE, lag=0,
        cycle={"monitoring_months": 12, "lag_months": 0},
    ))  # fmt: skip
    assert of.plan.future == pytest.approx([390.0] * 10)
    assert of.flows[0].amount == pytest.approx([23_400.0] * 10)
    assert of.value == pytest.approx(172_226.04, abs=0.005)


def test_s02_a_small_holding(s03: Make) -> None:
    # 390 x (1 - 1.281552 x 0.15) x 0.9 = 283.5263 t/yr; 5 years x 60 x 0.98 = 83,356.74
    of = worked(s03(area=1000))
    assert of.plan.future / 5 == pytest.approx([283.5263] * 2, abs=5e-5)
    receipts = of.flows[0]
    assert receipts.amount == pytest.approx([83_356.74] * 2, abs=0.005)
    assert receipts.years == pytest.approx([6, 11])
    assert of.value == pytest.approx(5_728.21, abs=0.005)


def test_s03_every_step(s03: Make) -> None:
    of = worked(s03())
    assert of.plan.future / 5 == pytest.approx([2_835.2631] * 2, abs=5e-5)
    assert of.value == pytest.approx(929_798.68, abs=0.005)
    assert of.factor == pytest.approx(0.5450625, abs=1e-12)  # 0.75 x 0.90 x 0.95 x 0.85
    results = value(of.inputs).results
    assert str(results.value) == "929798.68"
    assert str(results.lending_value) == "506798.39"
    assert str(results.max_loan) == "304079.04"
    assert results.bound_by == "max_ltv"


def test_additive_haircuts_give_another_factor(s03: Make) -> None:
    # 1 - (0.25 + 0.10 + 0.05 + 0.15) = 0.45: the mode is stated, as the two differ
    assert worked(s03(policy={"haircut_mode": "additive"})).factor == pytest.approx(0.45)


PRICES = [(15, 159_739.95), (30, 416_426.19), (57.74, 891_124.62), (67.56, 1_059_168.55),
          (75.19, 1_189_736.28), (83.2, 1_326_806.74), (97.49, 1_571_343.17)]  # fmt: skip
RATES = [(0.03, 1_188_957.81), (0.0435, 1_063_055.00), (0.08, 793_620.35), (0.10, 680_139.59),
         (0.12, 585_065.41)]  # fmt: skip
LAGS = [(0, 991_403.38), (24, 871_681.04), (36, 816_853.08)]


@pytest.mark.parametrize(("price", "wanted"), PRICES)
def test_s03_under_prices(s03: Make, price: float, wanted: float) -> None:
    assert worked(s03(price=price)).value == pytest.approx(wanted, abs=0.005)


@pytest.mark.parametrize(("rate", "wanted"), RATES)
def test_s03_under_rates(s03: Make, rate: float, wanted: float) -> None:
    assert worked(s03(rate=rate)).value == pytest.approx(wanted, abs=0.005)


@pytest.mark.parametrize(("months", "wanted"), LAGS)
def test_s03_under_lags(s03: Make, months: int, wanted: float) -> None:
    assert worked(s03(lag=months)).value == pytest.approx(wanted, abs=0.005)


def test_s03_breaks_even_at_a_price(s03: Make) -> None:
    found = break_even_price(worked(s03()))
    assert found == pytest.approx(5.6653, abs=5e-5)
    assert found is not None
    assert worked(s03(price=found)).value == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("price", "wanted"), [(15, 3776.8), (30, 1888.4), (60, 944.2), (75.19, 753.5)]
)
def test_break_even_areas(s03: Make, price: float, wanted: float) -> None:
    found = break_even_area(worked(s03(price=price)))
    assert found == pytest.approx(wanted, abs=0.05)
    assert found is not None
    assert worked(s03(price=price, area=found)).value == pytest.approx(0, abs=1e-6)


STRESS: list[tuple[dict[str, Any], float, float]] = [
    ({"price": 0.8}, 724_449.69, 394_870.36),
    ({"price": 0.592}, 510_886.73, 278_465.20),
    ({"price": 0.545}, 462_629.72, 252_162.11),
    ({"price": 0.4}, 313_751.70, 171_014.28),
    ({"tonnes": 0.9}, 827_124.18, 450_834.38),
    ({"tonnes": 0.75}, 673_112.44, 366_888.35),
    ({"tonnes": 0.6}, 519_100.69, 282_942.32),
    ({"tonnes": 0.4}, 313_751.70, 171_014.28),
    ({"lag_months": 24}, 816_853.08, 445_235.98),
    ({"lag_months": 12}, 871_681.04, 475_120.65),
    ({"price": 0.592, "tonnes": 0.75, "lag_months": 24}, 308_780.63, 168_304.74),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "npv", "lending"), STRESS)
def test_s03_under_stress(s03: Make, changes: dict[str, Any], npv: float, lending: float) -> None:
    of = worked(stressed(s03(), **changes))
    assert of.value == pytest.approx(npv, abs=0.01)
    assert of.lending_value == pytest.approx(lending, abs=0.01)


def test_s03_with_tonnes_made_ineligible_is_worth_nothing_as_carbon(s03: Make) -> None:
    # 4.10, "tonnes made ineligible": no receipts, costs left over; nothing to lend against, no LTV
    results = value(stressed(s03(), tonnes=0.0)).results
    assert results.lending_value == 0
    assert results.max_loan == 0
    assert results.tonnes_lower == 0
    asked = value(stressed(s03(loan="300000"), tonnes=0.0)).results
    assert asked.coverage_ratio == 0


IMPLIED = [(15, 20, 0.02911), (15, 30, 0.05217), (15, 50, 0.06361), (20, 30, 0.02845),
           (20, 50, 0.04427), (10, 15, 0.05556), (10, 20, 0.07755), (5, 10, 0.15098)]  # fmt: skip


@pytest.mark.parametrize(("multiple", "years", "rate"), IMPLIED)
def test_rate_that_a_multiple_implies(multiple: float, years: float, rate: float) -> None:
    found = implied_rate(multiple, years)
    assert found == pytest.approx(rate, abs=5e-6)
    assert found is not None
    assert annuity_factor(found, years) == pytest.approx(multiple)


@pytest.mark.parametrize(
    ("years", "rate", "factor"),
    [(10, 0.0435, 7.971401), (15, 0.0435, 10.851154), (15, 0.06, 9.712249), (20, 0.06, 11.469921)],
)
def test_annuity_factors(years: float, rate: float, factor: float) -> None:
    assert annuity_factor(rate, years) == pytest.approx(factor, abs=5e-7)


@pytest.mark.parametrize(
    ("rate", "wanted", "share"),
    [(0.03, 285_894, 0.77), (0.0435, 256_415, 0.69), (0.06, 226_171, 0.61), (0.08, 196_283, 0.53)],
)
def test_anji_at_present_value(s03: Make, rate: float, wanted: float, share: float) -> None:
    # 1,030 mu x 0.39 = 401.7 t/yr; 7,045 t / 401.7 = 17.538 years; 371,900 / 7,045 = 52.789 CNY/t.
    # 17 full years in arrears, the rest of 0.538 years at the end of year 18.
    years = 7045 / 401.7
    of = worked(s03(
        holding={"area_mu": 1030, "yield_tCO2e_per_mu": 0.39, "cv": 0, "source": "press"},
        tonnes={"buffer": 0, "leakage": 0}, costs=FREE, rate=rate,
        ends={"crediting": years, "tenure": 30.0, "programme": 30.0},
        cycle={"monitoring_months": 12, "lag_months": 0}, price=371_900 / 7045,
    ))  # fmt: skip
    assert of.plan.future.sum() == pytest.approx(7045)
    assert of.flows[0].years[-1] == 18
    assert of.value == pytest.approx(wanted, abs=1)
    assert of.value / 371_900 == pytest.approx(share, abs=0.005)


def test_price_path_of_a_later_day_is_what_is_paid(s03: Make) -> None:
    # 60 at the start, 80 after 6 years and from then on: receipts at 6 and 11 years are at 80
    of = worked(s03())
    facts = of.inputs.facts
    path = facts.price.model_copy(update={"points": (PricePoint(years=6, price=80),)})
    facts = facts.model_copy(update={"price": path})
    later = worked(of.inputs.model_copy(update={"facts": facts}))
    assert later.flows[0].amount == pytest.approx(of.flows[0].amount * 80 / 60)


def test_last_creditable_day_is_that_of_the_earliest_end(s03: Make) -> None:
    ends = {"crediting": date(2046, 1, 1), "tenure": date(2033, 1, 1), "programme": 20.0}
    of = worked(s03(ends=ends))
    assert of.horizon.bound_by == "tenure"
    assert of.horizon.years == 7
    # 5 years by the first verification, 2 by the second; nothing after
    assert of.plan.future / 2_835.2631 == pytest.approx([5, 2], abs=1e-5)
