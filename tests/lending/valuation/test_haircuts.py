"""Haircuts: what they are, and that nothing is taken off twice."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from data_catalog.errors import ProjectError
from data_catalog.text import Text
from lending.policy import HAIRCUTS, Haircut
from lending.valuation.haircuts import applied, factor, liquidity_haircut, price_at_risk
from lending.valuation.result import Inputs, Vintage
from lending.valuation.value import value
from lending.valuation.worked import worked
from tests.lending.valuation.conftest import FREE, policy_of

Make = Callable[..., Inputs]
SHARES = st.floats(0, 1)
GROWN = {"vintage_from": date(2025, 1, 1), "vintage_to": date(2026, 1, 1)}
IN_TONNES = Text("已计入", "in the tonnes")


@pytest.mark.parametrize(("days", "wanted"), [(20, 0.204974), (60, 0.327867), (252, 0.557016)])
def test_price_at_risk(days: float, wanted: float) -> None:
    # sigma 35 %, 99 % one-sided, a year of 252 days
    assert price_at_risk(norm.ppf(0.99), 0.35, days, 252) == pytest.approx(wanted, abs=5e-7)


def test_liquidity_is_the_wait_and_the_concession() -> None:
    # 200 t to sell at 100 t a year: 2 years at 6 %, and 10 % conceded: 1 - 0.9 / 1.1236 = 0.19900
    assert liquidity_haircut(200, 100, 0.10, 0.06) == pytest.approx(1 - 0.9 / 1.06**2)
    assert liquidity_haircut(0, 100, 0.0, 0.06) == 0


@given(rates=st.lists(SHARES, max_size=7), counted=st.sets(st.integers(0, 6)))
def test_what_is_left_is_between_nothing_and_all(rates: list[float], counted: set[int]) -> None:
    kinds = list(HAIRCUTS)
    policy = policy_of(
        haircuts=[{"kind": k, "rate": h, "source": "s"} for k, h in zip(kinds, rates, strict=False)]
    )
    given_rates = dict(zip(kinds, rates, strict=False))
    already = {kinds[i]: IN_TONNES for i in counted}
    found = applied(policy, given_rates, already)
    for mode in ("multiplicative", "additive"):
        assert 0 <= factor(found, mode) <= 1
    assert factor(found, "additive") <= factor(found, "multiplicative") + 1e-12
    assert all(one.applied == 0 for one in found if one.kind in already)


def test_volume_and_permanence_are_not_taken_twice(s03: Make) -> None:
    full = [{"kind": k, "rate": 0.2, "source": "s"} for k in ("volume", "permanence")]
    both = value(s03(policy={"haircuts": full})).results
    # the lower bound and the buffer are in the tonnes: the value stays whole
    assert both.lending_value == both.value
    assert {one.kind: one.applied for one in both.parts[0].haircuts} == {
        "volume": 0, "permanence": 0,
    }  # fmt: skip
    none = s03(
        policy={"haircuts": full}, tonnes={"buffer": 0, "leakage": 0},
        holding={"area_mu": 10_000, "yield_tCO2e_per_mu": 0.39, "cv": 0, "source": "s"},
    )  # fmt: skip
    assert worked(none).factor == pytest.approx(0.64)  # nothing is in these tonnes: 0.8 x 0.8


@pytest.mark.parametrize(
    ("row", "deducted", "taken"),
    [
        # a standard error: the tonnes are their lower bound already
        ({"se_tCO2e": 10.0, "kind": "ex_ante"}, ("buffer",), {"volume": 0, "permanence": 0}),
        # no error at all, and no buffer: both haircuts stand
        ({"se_tCO2e": 0.0, "kind": "ex_ante"}, (), {"volume": 0.2, "permanence": 0.2}),
        # the methodology's own deduction is in the net
        ({"se_tCO2e": 0.0, "kind": "ex_ante"}, ("uncertainty",), {"volume": 0, "permanence": 0.2}),
        # units that are issued are as many as they are
        ({"kind": "issued", **GROWN}, ("buffer",), {"volume": 0, "permanence": 0}),
    ],
)
def test_what_the_net_of_vintages_has_in_it_is_not_taken_twice(
    s03: Make, row: dict[str, Any], deducted: tuple[str, ...], taken: dict[str, float]
) -> None:
    kinds = [{"kind": k, "rate": 0.2, "source": "s"} for k in taken]
    kinds += [{"kind": "liquidity", "rate": 0.0, "source": "s"}]
    given_ = {} if "buffer" in deducted else {"buffer": 0}
    of = worked(s03(
        holding=None, costs=FREE, policy={"haircuts": kinds},
        vintages=(Vintage.model_validate(VINTAGE | row),),
        tonnes={"deducted": ["leakage", *deducted]} | given_,
    ))  # fmt: skip
    assert {one.kind: one.applied for one in of.haircuts if one.kind in taken} == taken
    left = 1.0
    for share in taken.values():
        left *= 1 - share
    assert of.factor == pytest.approx(left)


VINTAGE = {"parcel_id": "p", "vintage_from": date(2026, 1, 1), "vintage_to": date(2027, 1, 1),
           "net_tCO2e": 100.0}  # fmt: skip


def graded(grade: str) -> dict[str, Any]:
    rule = {"kind": "title", "method": "grades", "source": "s",
            "grades": {"clear": 0.0, "open": 0.15, "faulty": "refuse"}}  # fmt: skip
    return {"policy": {"haircuts": [rule]}, "title_grade": grade}


def test_title_by_grade(s03: Make) -> None:
    assert worked(s03(**graded("clear"))).factor == 1
    assert worked(s03(**graded("open"))).factor == pytest.approx(0.85)
    refused = value(s03(**graded("faulty"))).results
    assert (refused.lending_value, refused.max_loan, refused.bound_by) == (0, 0, "title")
    with pytest.raises(ProjectError, match="clear, open, faulty"):
        worked(s03(**graded("")))


def test_liquidity_asks_for_the_market_s_sales(s03: Make) -> None:
    rule = {"kind": "liquidity", "method": "sell_through", "concession": 0.1, "source": "s"}
    with pytest.raises(ProjectError, match="sales_per_year"):
        worked(s03(policy={"haircuts": [rule]}))
    inputs = s03(policy={"haircuts": [rule]})
    market = {"listed": 429_500, "sold": 40_600, "sales_per_year": 194_450}
    row = inputs.price.model_copy(update=market)
    # 388,900 t to sell, 194,450 a year: a wait of 2 years
    left = worked(inputs.model_copy(update={"price": row})).factor
    assert left == pytest.approx(0.9 / 1.06**2)


def test_a_haircut_lacks_nothing_it_needs() -> None:
    with pytest.raises(ValueError, match="lacks numbers"):
        Haircut(kind="price", method="value_at_risk", volatility=0.35, source="s")


def test_a_stale_price_is_refused(s03: Make) -> None:
    early = s03().price.model_copy(update={"last_day": date(2025, 11, 1),
                                           "first_day": date(2025, 11, 1)})  # fmt: skip
    with pytest.raises(ProjectError, match="61 days before"):
        worked(s03().model_copy(update={"price": early}))
    late = early.model_copy(update={"last_day": date(2026, 1, 2)})
    with pytest.raises(ProjectError, match="after the base date"):
        worked(s03().model_copy(update={"price": late}))
    blank = s03().price.model_copy(update={"price": None})
    with pytest.raises(ProjectError, match="no mean or close"):
        worked(s03().model_copy(update={"price": blank}))
