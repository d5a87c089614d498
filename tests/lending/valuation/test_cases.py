"""Published loans: each complete case of practice, redone."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from data_catalog.errors import ParameterMissing, ProjectError, UnknownNameError
from data_catalog.parameters import bundled
from data_catalog.text import Text
from lending.prices import price_rows
from lending.valuation.facts import PracticeFacts
from lending.valuation.gates import known_prices, price_gate, tonnes_gate, yield_gate
from lending.valuation.practice import (
    METHODS,
    Known,
    carbon_cover,
    collateral_needed,
    practice,
)
from lending.valuation.result import Inputs
from lending.valuation.value import value

NOTHING = Known(tonnes=0, price=0, yearly_income=0, lower=0, max_loan=Decimal(0))
ROWS = {row.id: row for row in price_rows()}


def test_a01_anji() -> None:
    # 7,045 t x 52.80 x 1.0 = 371,976; the paper prints 37.19e4, cut off
    found = practice(
        PracticeFacts(method="GROSS_SPOT", case="anji-2021", tonnes=7045, price=52.80), NOTHING
    )
    assert found.limit == Decimal("371976.00")
    assert float(found.limit) == pytest.approx(371_900, abs=100)


@pytest.mark.parametrize(
    ("case", "income", "limit", "lent"),
    [
        ("longwang-2018", 4794 * 35, 838_950, 830_000),  # A03: 5 x
        ("renli-2020", 81_331, 813_310, 800_000),  # A04: 10 x
        ("lishui-compensation", 10_000, 150_000, 0),  # A05: 15 x
    ],
)
def test_a03_to_a05_multiples_of_the_yearly_compensation(
    case: str, income: int, limit: int, lent: int
) -> None:
    facts = PracticeFacts(method="MULTIPLE_OF_ANNUAL", case=case, yearly_income=Decimal(income))
    found = practice(facts, NOTHING)
    assert found.limit == limit
    assert lent <= found.limit


def test_a07_shanghai() -> None:
    # 70 % of the collateral is lent: 5,000,000 / 0.7 = 7,142,857.14
    ratio = bundled().find("practice_ratio", "shanghai-2014", "MARKET_X_RATIO")
    assert ratio is not None
    needed = collateral_needed(5_000_000, ratio.value)
    assert needed == pytest.approx(7_142_857.14, abs=1)
    found = practice(
        PracticeFacts(method="MARKET_X_RATIO", case="shanghai-2014", tonnes=needed, price=1),
        NOTHING,
    )
    assert found.limit == Decimal("5000000.00")


def test_a08_bengbu() -> None:
    assert pytest.approx(74.24, abs=0.01) == 15_500_000 / 208_793
    assert pytest.approx(38.32, abs=0.01) == 8_000_000 / 208_793
    assert ROWS["bengbu-2024-09"].price == 74.24
    # 74.24 is 81 to 84 % of that August's allowances, 88.00 to 92.18
    august = ROWS["cea-2024-08"]
    assert august.low is not None
    assert august.high is not None
    assert 74.24 / august.high == pytest.approx(0.81, abs=0.005)
    assert 74.24 / august.low == pytest.approx(0.84, abs=0.005)


def test_a10_changkou() -> None:
    # two lots of one sale: 2,723 x 15 + 10,000 x 10 = 140,845; 12,723 / 3,197 / 5 = 0.796 t/mu/yr
    price, ratio = METHODS["GROSS_SPOT"], 1
    both = sum(price(tonnes=t, price=p, ratio=ratio) for t, p in ((2723, 15), (10_000, 10)))
    assert both == 140_845
    row = bundled().find("usual_carbon_yield", "sanming-2021")
    assert row is not None
    assert pytest.approx(row.value, abs=5e-4) == 12_723 / 3197 / 5


def test_a11_jinsen() -> None:
    # 18,294 t at ticket prices of 10 to 15 beside a credit of 5,000,000
    assert carbon_cover(18_294, 10, 5_000_000) == pytest.approx(0.0366, abs=1e-4)
    assert carbon_cover(18_294, 15, 5_000_000) == pytest.approx(0.0549, abs=1e-4)


def test_a12_wuning_is_flagged_twice() -> None:
    tonnes = tonnes_gate(6317, 20, 127_400)  # 6,317 x 20 = 126,340
    assert tonnes.level == "flag"
    assert tonnes.value == pytest.approx(0.0084, abs=5e-5)
    revenue = Text("预期收入", "the expected revenue")
    price = price_gate(20_000_000, 127_400, known_prices(price_rows()), revenue)
    assert price.level == "flag"
    assert price.value == pytest.approx(156.99, abs=0.005)
    loan = practice(
        PracticeFacts(method="PCT_OF_REVENUE", case="wuning-2025", value=Decimal(20_000_000)),
        NOTHING,
    )
    assert loan.limit == 3_000_000


def test_a13_shibadong() -> None:
    assert carbon_cover(3000, 100, 3_000_000) == pytest.approx(0.10, abs=1e-4)


def test_a33_a_yield_63_times_the_usual_is_rejected(s03: Callable[..., Inputs]) -> None:
    gate = yield_gate(24.5)
    assert gate.level == "reject"
    assert gate.value == pytest.approx(62.8, abs=0.05)
    holding = {"area_mu": 100, "yield_tCO2e_per_mu": 24.5, "cv": 0.15, "source": "press"}
    inputs = s03(holding=holding)
    price = inputs.facts.price.model_copy(update={"scenarios": {"low": 50.0}})
    facts = inputs.facts.model_copy(update={"price": price})
    found = value(inputs.model_copy(update={"facts": facts}))
    results = found.results
    assert results.max_loan == 0
    assert results.lending_value == 0
    assert results.bound_by == "gate"
    assert [one.lending_value for one in (*results.parts, *results.scenarios)] == [0, 0]
    (step,) = (one for one in found.steps if one.id == "lending_value")
    assert step.amount == 0
    assert "gate refuses" in step.note.en


A25_32 = [
    ("shengzhou", 9.5e8, 37.74e8, 0.252),
    ("ningbo-longguan", 8000e4, 24.58e8, 0.0325),
    ("xiyang", 8e8, 35e8, 0.229),
    ("chengyu", 120e4, 500e4, 0.24),
    ("wulian-villages", 1.5e8, 3.88e8, 0.387),
    ("wulian-hongniya", 2000e4, 4174.21e4, 0.479),
    ("qimen", 3.1e8, 3.88e8, 0.799),
    ("shangyou", 2e8, 18.77e8, 0.107),
]


@pytest.mark.parametrize(("case", "loan", "worth", "listed"), A25_32)
def test_a25_to_a32_shares_of_gep_and_vep(
    case: str, loan: float, worth: float, listed: float
) -> None:
    row = bundled().find("practice_ratio", case, "VALUE_X_RATIO")
    assert row is not None
    assert row.value == pytest.approx(loan / worth, abs=1e-4)
    assert row.value == pytest.approx(listed, abs=6e-4)  # as the press prints it
    facts = PracticeFacts(method="VALUE_X_RATIO", case=case, value=Decimal(int(worth)))
    assert float(practice(facts, NOTHING).limit) == pytest.approx(loan, rel=1e-4)


def test_kaihua_adds_the_forest_part() -> None:
    # 20 x 10,000 + 50,000 = 250,000
    found = practice(
        PracticeFacts(
            method="MULTIPLE_OF_VALUE", case="kaihua", value=Decimal(10_000),
            forest_part=Decimal(50_000),
        ),
        NOTHING,
    )  # fmt: skip
    assert found.limit == 250_000


def test_practice_stands_beside_the_prudent_figure(s03: Callable[..., Inputs]) -> None:
    # 10,000 x 0.39 x 10 x 60 = 2,340,000 gross at spot, 7.7 times what the policy lends
    results = value(s03(practice=[{
        "method": "MULTIPLE_OF_ANNUAL", "case": "lishui-compensation", "yearly_income": "10000",
        "years": 30,
    }])).results  # fmt: skip
    gross, multiple = results.practice
    assert gross.limit == 2_340_000
    assert gross.over_prudent == pytest.approx(2_340_000 / 304_079.04)
    assert multiple.limit == 150_000
    assert multiple.implied_rate == pytest.approx(0.05217, abs=5e-6)


def test_an_unknown_rule_or_case_is_told() -> None:
    with pytest.raises(UnknownNameError, match="GROSS_SPOT"):
        practice(PracticeFacts(method="GROS_SPOT"), NOTHING)
    with pytest.raises(ParameterMissing, match="practice_ratio"):
        practice(PracticeFacts(method="GROSS_SPOT", case="nowhere", tonnes=1, price=1), NOTHING)
    with pytest.raises(ProjectError, match="value is missing"):
        practice(PracticeFacts(method="VALUE_X_RATIO", case="qimen"), NOTHING)
