"""Interest against two libraries, and at its edges."""

import numpy as np
import numpy_financial as npf
import pytest
import pyxirr
from hypothesis import given
from hypothesis import strategies as st

from lending.valuation.money import annuity_factor, implied_rate, internal_rate, present_value

RATES = st.floats(-0.5, 1.0)
FLOWS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


@given(flows=FLOWS, rate=RATES)
def test_two_libraries_agree_on_the_net_present_value(flows: list[float], rate: float) -> None:
    ours = float(present_value(np.array(flows), rate, np.arange(len(flows))).sum())
    size = float(present_value(np.abs(flows), rate, np.arange(len(flows))).sum())
    assert ours == pytest.approx(float(npf.npv(rate, flows)), rel=1e-9, abs=1e-12 * size + 1e-9)
    assert ours == pytest.approx(pyxirr.npv(rate, flows), rel=1e-9, abs=1e-12 * size + 1e-9)


@given(rate=st.floats(-0.2, 0.5), years=st.integers(1, 60))
def test_an_annuity_is_the_sum_of_its_payments(rate: float, years: int) -> None:
    by_hand = sum((1 + rate) ** -k for k in range(1, years + 1))
    assert annuity_factor(rate, years) == pytest.approx(by_hand, rel=1e-9)


# near a rate of 0 the libraries lose digits: (1 + r)^-n - 1 cancels
@given(rate=st.floats(-0.2, -1e-3) | st.floats(1e-3, 0.5), years=st.integers(1, 60))
def test_two_libraries_agree_on_the_annuity(rate: float, years: int) -> None:
    ours = annuity_factor(rate, years)
    assert ours == pytest.approx(pyxirr.pv(rate, years, -1), rel=1e-6)
    assert ours == pytest.approx(float(npf.pv(rate, years, -1)), rel=1e-6)


@given(outlay=st.floats(100, 1e6), income=st.floats(10, 1e6), years=st.integers(1, 30))
def test_two_libraries_agree_on_the_internal_rate(outlay: float, income: float, years: int) -> None:
    flows = np.array([-outlay, *[income] * years])
    ours = internal_rate(flows, np.arange(years + 1.0))
    theirs = pyxirr.irr(flows.tolist())
    if ours is not None and theirs is not None:
        assert ours == pytest.approx(theirs, rel=1e-6, abs=1e-8)
        assert float(npf.npv(ours, flows)) == pytest.approx(0, abs=1e-4 * outlay)
    if -0.9 < (theirs or -1) < 50:
        assert ours is not None
    if -0.5 < (theirs or -1) < 2:
        assert ours == pytest.approx(float(npf.irr(flows)), rel=1e-6, abs=1e-8)


def test_a_rate_of_zero_counts_the_years() -> None:
    assert annuity_factor(0, 10) == 10
    assert annuity_factor(1e-12, 10) == pytest.approx(10)
    assert float(present_value(np.array([100.0]), 0, np.array([7.0]))[0]) == 100
    assert implied_rate(10, 10) == pytest.approx(0, abs=1e-9)


def test_one_period() -> None:
    # 110 in a year for 100 today is 10 %; one period's annuity is 1 / 1.1
    assert internal_rate(np.array([-100.0, 110.0]), np.array([0.0, 1.0])) == pytest.approx(0.10)
    assert annuity_factor(0.1, 1) == pytest.approx(1 / 1.1)
    assert implied_rate(1 / 1.1, 1) == pytest.approx(0.1)


def test_there_is_no_rate_where_nothing_is_paid_or_nothing_comes_back() -> None:
    assert internal_rate(np.array([100.0, 110.0]), np.array([0.0, 1.0])) is None
    assert internal_rate(np.array([-100.0, -1.0]), np.array([0.0, 1.0])) is None


@given(rate=st.floats(1e-6, 1.0), years=st.floats(0, 50))
def test_a_later_payment_is_worth_less_at_a_positive_rate(rate: float, years: float) -> None:
    now, later = present_value(np.ones(2), rate, np.array([years, years + 1]))
    assert later < now
