"""Small areas: between the plots of a domain and its map."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_catalog.errors import TableError
from sinks.estimates import Estimates
from sinks.sampling.small_areas import fay_herriot, moment_variance, reml_variance


def direct(y: np.ndarray, psi: np.ndarray) -> Estimates:
    keys = pd.DataFrame({"parcel_id": [f"p{d}" for d in range(len(y))]})
    return Estimates(keys=keys, value=y, own=np.sqrt(psi))


def some(m: int, sigma: float, seed: int) -> tuple[np.ndarray, ...]:
    draw = np.random.default_rng(seed)
    x = np.column_stack([np.ones(m), draw.uniform(40, 160, m)])
    psi = draw.uniform(20, 400, m)
    truth = x @ [5, 0.9] + draw.normal(0, sigma, m)
    return x, psi, truth, truth + draw.normal(0, np.sqrt(psi))


@given(st.integers(6, 40), st.floats(0, 40), st.integers(0, 10_000))
def test_an_estimate_lies_between_the_plots_and_the_map(m: int, sigma: float, seed: int) -> None:
    x, psi, _, y = some(m, sigma, seed)
    for method in ("reml", "moments"):
        found = fay_herriot(direct(y, psi), x, method=method)
        assert ((found.gamma >= 0) & (found.gamma <= 1)).all()
        low, high = np.minimum(y, found.synthetic), np.maximum(y, found.synthetic)
        value = found.estimates.value
        assert ((value >= low - 1e-9) & (value <= high + 1e-9)).all()


def test_plots_that_err_less_weigh_more() -> None:
    x, _, _, y = some(12, 20.0, 1)
    psi = np.linspace(10, 400, 12)
    found = fay_herriot(direct(y, psi), x)
    assert (np.diff(found.gamma) < 0).all()


def test_a_domain_without_plots_has_the_map_alone() -> None:
    x, psi, _, y = some(10, 15.0, 2)
    psi[4], y[4] = np.inf, np.nan
    found = fay_herriot(direct(y, psi), x)
    assert found.gamma[4] == 0
    assert found.estimates.value[4] == found.synthetic[4]
    assert found.estimates.se[4] ** 2 >= found.sigma2


def test_where_the_map_explains_all_there_is_nothing_between_domains() -> None:
    x, psi, _, _ = some(10, 0.0, 3)
    y = x @ [5, 0.9]
    found = fay_herriot(direct(y, psi), x)
    assert found.sigma2 == 0
    assert found.estimates.value == pytest.approx(y)


def test_equal_variances_give_the_estimate_known_in_closed_form() -> None:
    # with one psi for all, y is a sample of variance sigma^2 + psi around a line: REML and the
    # moments are both the residual mean square less psi
    x, _, _, y = some(15, 25.0, 4)
    psi = np.full(15, 50.0)
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    expected = float(((y - x @ beta) ** 2).sum()) / (15 - 2) - 50
    assert expected > 0
    assert reml_variance(y, x, psi) == pytest.approx(expected, rel=1e-9)
    assert moment_variance(y, x, psi) == pytest.approx(expected, rel=1e-9)


def test_reml_is_where_the_restricted_likelihood_is_greatest() -> None:
    x, psi, _, y = some(20, 18.0, 5)

    def likelihood(sigma2: float) -> float:
        v = np.diag(sigma2 + psi)
        inverse = np.linalg.inv(v)
        inner = x.T @ inverse @ x
        p = inverse - inverse @ x @ np.linalg.inv(inner) @ x.T @ inverse
        return -0.5 * (np.linalg.slogdet(v)[1] + np.linalg.slogdet(inner)[1] + y @ p @ y)

    best = reml_variance(y, x, psi)
    grid = np.linspace(0, 4 * best, 400)
    assert grid[np.argmax([likelihood(s) for s in grid])] == pytest.approx(best, abs=grid[1])


def test_the_error_shared_by_domains_is_that_of_the_line() -> None:
    x, psi, _, y = some(12, 15.0, 6)
    found = fay_herriot(direct(y, psi), x)
    total = found.sigma2 + psi
    of_beta = np.linalg.inv((x / total[:, None]).T @ x)
    g2 = (1 - found.gamma) ** 2 * np.einsum("dp,pq,dq->d", x, of_beta, x)
    shared = sum(e**2 for e in found.estimates.shared.values())
    assert shared == pytest.approx(g2)
    # and the whole is more uncertain than if the domains erred apart
    assert found.estimates.summed(()).se[0] > np.sqrt((found.estimates.se**2).sum())


def test_the_mean_squared_error_is_as_large_as_said() -> None:
    draw = np.random.default_rng(8)
    m, sigma = 30, 15.0
    x, psi, _, _ = some(m, sigma, 7)
    squares, said, plots = np.zeros(m), np.zeros(m), np.zeros(m)
    for _ in range(400):
        truth = x @ [5, 0.9] + draw.normal(0, sigma, m)
        y = truth + draw.normal(0, np.sqrt(psi))
        found = fay_herriot(direct(y, psi), x)
        squares += (found.estimates.value - truth) ** 2
        said += found.estimates.se**2
        plots += (y - truth) ** 2
    assert said.sum() / squares.sum() == pytest.approx(1, abs=0.05)
    assert squares.sum() < 0.75 * plots.sum(), "and less than that of the plots alone"


def test_too_few_domains_and_a_variance_of_0_are_refused_in_words() -> None:
    x, psi, _, y = some(3, 15.0, 9)
    with pytest.raises(TableError, match="3 domains have plots, too few for 2 coefficients"):
        fay_herriot(direct(y, psi), x)
    x, psi, _, y = some(8, 15.0, 9)
    psi[2] = 0
    with pytest.raises(TableError, match="must be above 0"):
        fay_herriot(direct(y, psi), x)
