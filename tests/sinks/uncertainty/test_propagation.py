"""IPCC approach 1 against approach 2, and changes between dates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import UnknownNameError
from sinks.uncertainty.draws import Uncertain, monte_carlo
from sinks.uncertainty.propagation import change_se, product, total

CHINESE_FIR = {
    "volume": (80.0, 0.10),
    "density": (0.307, 0.05),
    "expansion": (1.634, 0.10),
    "with_roots": (1.246, 0.08),
    "carbon_fraction": (0.52, 0.03),
}
"""Value and coefficient of variation: V, SVD, BEF, 1 + R, CF."""
errors = st.floats(0, 1e3)


def carbon(**factors: np.ndarray) -> np.ndarray:
    return np.prod(list(factors.values()), axis=0)


def test_a_stand_by_both_approaches() -> None:
    # sqrt(.10^2 + .05^2 + .10^2 + .08^2 + .03^2) = sqrt(.0298) = 17.263 %. The product of the
    # draws has a little more, exactly sqrt(prod(1 + cv^2) - 1) = 17.356 %; another 400,000 draws
    # gave 17.32 % with mean 26.00 tC/ha. The cv of so many draws is off by up to some .05 %
    by_formula = float(product([cv for _, cv in CHINESE_FIR.values()]))
    assert by_formula == pytest.approx(0.17263, abs=5e-6)
    factors = {n: Uncertain(mean=m, se=m * cv) for n, (m, cv) in CHINESE_FIR.items()}
    drawn = monte_carlo(carbon, factors, draws=400_000, seed=1)
    assert drawn.mean() == pytest.approx(26.00, abs=0.02)
    assert drawn.std() / drawn.mean() == pytest.approx(0.17356, abs=0.0005)
    assert drawn.std() / drawn.mean() == pytest.approx(0.1732, abs=0.0008)


def test_vcs_puts_two_and_five_per_cent_together() -> None:
    assert float(product([2, 5])) == pytest.approx(5.385, abs=5e-4)


def test_a_sum_of_independent_parts() -> None:
    # 10 % of 100 and 20 % of 50: sqrt(10^2 + 10^2) / 150
    assert float(total([100, 50], [0.1, 0.2])) == pytest.approx(np.sqrt(200) / 150)
    assert float(total([100, -100], [0.1, 0.1])) == np.inf, "of nothing, any error is without bound"


@pytest.mark.parametrize("distribution", ["normal", "lognormal", "not_negative"])
def test_draws_have_the_mean_and_the_error_that_was_asked_for(distribution: str) -> None:
    factor = Uncertain(mean=10, se=2, distribution=distribution)
    drawn = monte_carlo(lambda x: x, {"x": factor}, draws=100_000, seed=3)
    assert drawn.mean() == pytest.approx(10, abs=0.03)
    assert drawn.std() == pytest.approx(2, abs=0.03)
    assert (drawn > 0).all()


def test_one_factor_in_two_equations_is_one_draw() -> None:
    cf, other = Uncertain(mean=0.5, se=0.02), Uncertain(mean=3, se=1)
    one = monte_carlo(lambda cf: 80 * cf, {"cf": cf}, draws=100, seed=5)
    two = monte_carlo(lambda cf, b: 0 * b + 60 * cf, {"b": other, "cf": cf}, draws=100, seed=5)
    assert one / 80 == pytest.approx(two / 60)
    again = monte_carlo(lambda cf: 80 * cf, {"cf": cf}, draws=100, seed=6)
    assert not np.allclose(one, again)


def test_a_distribution_that_does_not_exist_is_named() -> None:
    with pytest.raises(UnknownNameError, match="lognormal"):
        Uncertain(mean=1, se=1, distribution="log-normal")


def test_what_is_left_of_fifteen_per_cent_at_both_dates() -> None:
    # sqrt(2 (1 - .9)) x 15 % = 6.708 %
    assert float(change_se(0.15, 0.15, 0.9)) == pytest.approx(0.067082, abs=1e-6)


@given(errors, errors)
def test_a_change_errs_by_less_the_more_the_dates_have_in_common(one: float, two: float) -> None:
    apart, half, same = (float(change_se(one, two, rho)) for rho in (0, 0.5, 1))
    assert apart == pytest.approx(np.hypot(one, two))
    assert same == pytest.approx(abs(one - two), rel=1e-6, abs=1e-9)
    assert apart >= half - 1e-9
    assert half >= same - 1e-9


@given(st.lists(errors, min_size=1, max_size=5), errors)
def test_one_more_factor_never_narrows(factors: list[float], more: float) -> None:
    assert float(product([*factors, more])) >= float(product(factors)) - 1e-9
