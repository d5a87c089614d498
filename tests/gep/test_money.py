"""What must hold for the money of every valuation, and for nothing to be worth nothing."""

import numpy as np
import pytest

from data_catalog.spec import Coefficients
from gep.service import Service, Valuation, Variant
from gep.services import SERVICES

VALUATIONS = [(s, v) for s in SERVICES for v in s.valuations]
OF_ROWS = [(s, m) for s in SERVICES for m in (*s.variants, *s.valuations) if m.columns()]


def named(pair: tuple[Service, Valuation | Variant]) -> str:
    return f"{pair[0].id}-{pair[1].id}"


def drawn(model: Valuation | Variant) -> dict[str, np.ndarray]:
    """Return numbers for a model's inputs, from 0 to 1."""
    draw = np.random.default_rng(20261121)
    return {n: draw.uniform(0, 1, 50) for n, i in model.inputs.items()}


@pytest.mark.parametrize("pair", VALUATIONS, ids=named)
def test_thrice_all_prices_are_thrice_the_value(pair: tuple[Service, Valuation]) -> None:
    model = pair[1]
    values = drawn(model)
    money = {
        name
        for name, given in model.inputs.items()
        if not isinstance(given, Coefficients) and "CNY" in given.units
    }
    assert money
    dearer = {n: v * 3 if n in money else v for n, v in values.items()}
    np.testing.assert_allclose(model(**dearer), model(**values) * 3, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "pair", [(s, v) for s, v in VALUATIONS if "physical" in v.inputs], ids=named
)
def test_value_is_in_proportion_to_the_amount_and_nothing_is_worth_nothing(
    pair: tuple[Service, Valuation],
) -> None:
    model = pair[1]
    values = drawn(model)
    more = values | {"physical": values["physical"] * 3}
    np.testing.assert_allclose(model(**more), model(**values) * 3, rtol=1e-12)
    assert not np.any(model(**values | {"physical": np.zeros(50)}))


@pytest.mark.parametrize("pair", OF_ROWS, ids=named)
def test_a_row_of_zeros_gives_zero(pair: tuple[Service, Variant | Valuation]) -> None:
    model = pair[1]
    nothing = dict.fromkeys(model.columns(), np.zeros(50))
    assert not np.any(model(**drawn(model) | nothing))
