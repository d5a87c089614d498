"""What holds for the money of every service."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gep.service import Valuation
from gep.services import SERVICES

each_valuation = pytest.mark.parametrize(
    "valuation",
    [v for s in SERVICES for v in s.valuations],
    ids=[f"{s.id}-{v.id}" for s in SERVICES for v in s.valuations],
)
factors = st.floats(0, 1000)


def valued(valuation: Valuation, amount: float = 1, money: float = 1) -> float:
    """Return the value with the amounts and the money multiplied, all else being 2."""
    inputs = {}
    for name, given_as in valuation.inputs.items():
        priced = "CNY" in given_as.units
        times = money if priced else amount if name in {"physical", "quantity"} else 1
        inputs[name] = np.array([2.0 * times])
    return float(valuation(**inputs)[0])


@each_valuation
@given(times=factors)
def test_the_value_is_linear_in_money(valuation: Valuation, times: float) -> None:
    want = times * valued(valuation)
    assert valued(valuation, money=times) == pytest.approx(want, rel=1e-9, abs=1e-9)


@each_valuation
@given(times=factors)
def test_the_value_is_linear_in_the_amount(valuation: Valuation, times: float) -> None:
    if "physical" in valuation.inputs:
        want = times * valued(valuation)
        assert valued(valuation, amount=times) == pytest.approx(want, rel=1e-9, abs=1e-9)


@each_valuation
def test_no_amount_is_worth_nothing(valuation: Valuation) -> None:
    if "physical" in valuation.inputs:
        assert valued(valuation, amount=0) == 0
