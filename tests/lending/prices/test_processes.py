"""Random prices: fits against a numerical maximum of the likelihood, and exact moments."""

from datetime import date, timedelta

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

from data_catalog.errors import ProjectError
from lending.prices.paths import price_path
from lending.prices.processes import fit_gbm, fit_ou, step_gbm, step_ou

WEEK = timedelta(days=7)
START = date(2022, 1, 3)


def weekly(model: str, weeks: int, seed: int) -> tuple[list[date], np.ndarray]:
    """A made-up series: sigma 35 %; GBM of drift 5 %, or OU around 70 with kappa 2."""
    rng, logs = np.random.default_rng(seed), [np.log(60.0)]
    for shock in rng.standard_normal(weeks):
        last = np.array([logs[-1]])
        if model == "gbm":
            logs.append(step_gbm(last, 7 / 365, shock, drift=0.05, volatility=0.35)[0])
        else:
            logs.append(step_ou(last, 7 / 365, shock, reversion=2, mean=70, volatility=0.35)[0])
    return [START + WEEK * k for k in range(weeks + 1)], np.exp(logs)


def test_gbm_is_the_maximum_of_its_likelihood() -> None:
    days, prices = weekly("gbm", 200, 1)
    days = [day + timedelta(days=k % 3) for k, day in enumerate(days)]  # steps of 5 to 8 days
    found = fit_gbm(days, prices)
    dt = np.diff([day.toordinal() for day in days]) / 365

    def minus(x: np.ndarray) -> float:
        mean, spread = (x[0] - np.exp(x[1]) ** 2 / 2) * dt, np.exp(x[1]) * np.sqrt(dt)
        return -float(norm.logpdf(np.diff(np.log(prices)), mean, spread).sum())

    best = minimize(minus, [0.0, -1.0], method="Nelder-Mead",
                    options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000})  # fmt: skip
    assert found.drift == pytest.approx(best.x[0], abs=1e-5)
    assert found.volatility == pytest.approx(np.exp(best.x[1]), abs=1e-6)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    assert found.volatility == pytest.approx(0.35, rel=0.15)


def test_ou_is_the_maximum_of_its_likelihood() -> None:
    days, prices = weekly("ou", 600, 2)
    found = fit_ou(days, prices)
    x, dt = np.log(prices), 7 / 365

    def minus(p: np.ndarray) -> float:
        kappa, theta, sigma = np.exp(p[0]), p[1], np.exp(p[2])
        kept = np.exp(-kappa * dt)
        spread = sigma * np.sqrt((1 - kept**2) / (2 * kappa))
        return -float(norm.logpdf(x[1:], theta + kept * (x[:-1] - theta), spread).sum())

    best = minimize(minus, [0.0, 4.0, -1.0], method="Nelder-Mead",
                    options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 8000})  # fmt: skip
    assert found.reversion == pytest.approx(np.exp(best.x[0]), rel=1e-4)
    assert found.mean == pytest.approx(np.exp(best.x[1]), rel=1e-5)
    assert found.volatility == pytest.approx(np.exp(best.x[2]), rel=1e-5)
    assert found.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    assert found.mean == pytest.approx(70, rel=0.15)


def test_ou_by_hand() -> None:
    # log prices 0, 1, 1.5, 1.75, 1.875: each is 1 + half of the one before, theta = 2, b = 1/2,
    # so kappa = ln 2 / (7/365) and nothing is left over
    logs = np.array([0, 1, 1.5, 1.75, 1.875])
    found = fit_ou([START + WEEK * k for k in range(5)], np.exp(logs))
    assert found.mean == pytest.approx(np.exp(2))
    assert found.reversion == pytest.approx(np.log(2) * 365 / 7)
    assert found.volatility == pytest.approx(0, abs=1e-6)


def test_steps_have_the_moments_of_the_process() -> None:
    normal = np.random.default_rng(3).standard_normal(400_000)
    logs = np.full(normal.shape, np.log(60.0))
    gbm = step_gbm(logs, 2.0, normal, drift=0.05, volatility=0.35)
    # E[S_2] = 60 e^{0.05 x 2}
    assert np.exp(gbm).mean() == pytest.approx(60 * np.exp(0.1), rel=0.005)
    ou = step_ou(logs, 2.0, normal, reversion=2, mean=70, volatility=0.35)
    # Var = sigma^2 (1 - e^{-2 kappa t}) / (2 kappa)
    assert ou.var() == pytest.approx(0.35**2 * (1 - np.exp(-8)) / 4, rel=0.01)
    assert ou.mean() == pytest.approx(np.log(70) + np.exp(-4) * np.log(60 / 70), abs=1e-3)


def test_two_short_steps_are_one_long_step() -> None:
    logs = np.array([np.log(60.0)])
    once = step_ou(logs, 2.0, 0.0, reversion=2, mean=70, volatility=0.35)
    twice = step_ou(step_ou(logs, 1.0, 0.0, reversion=2, mean=70, volatility=0.35), 1.0, 0.0,
                    reversion=2, mean=70, volatility=0.35)  # fmt: skip
    assert twice == pytest.approx(once)


@pytest.mark.parametrize(
    ("prices", "told"),
    [([60, 61], "at least 3"), ([60, -1, 62], "above 0"), ([1, 2, 4, 8, 16.1], "Use gbm")],
)
def test_series_that_tell_nothing_are_refused(prices: list[float], told: str) -> None:
    days = [START + WEEK * k for k in range(len(prices))]
    with pytest.raises(ProjectError, match=told):
        fit_ou(days, np.array(prices, dtype=float))


def test_mean_reversion_needs_equal_steps() -> None:
    days = [START, START + WEEK, START + 3 * WEEK, START + 4 * WEEK]
    with pytest.raises(ProjectError, match="equal intervals"):
        fit_ou(days, np.array([60.0, 61, 60, 61]))
    assert fit_gbm(days, np.array([60.0, 61, 60, 61])).volatility > 0


def test_paths() -> None:
    years = np.array([0.0, 1, 2, 5])
    assert price_path(60, 0.0, (), years) == pytest.approx([60] * 4)
    # 2 % a year: 60 x 1.02^5 = 66.24
    assert price_path(60, 0.02, (), years) == pytest.approx([60, 61.2, 62.424, 66.2448], abs=1e-4)
    # 60 to 80 over two years, then as it is
    assert price_path(60, 0.0, [(2, 80)], years) == pytest.approx([60, 70, 80, 80])
