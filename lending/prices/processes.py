"""How prices move at random: two declared processes, fitted to a series by maximum likelihood.

    GBM  dS = mu S dt + sigma S dW                    log returns are normal
    OU   d(ln S) = kappa (theta - ln S) dt + sigma dW     the log price returns to its mean

Both are fitted in closed form from their exact transition densities; steps may differ in length
for GBM, and must be equal for OU. Carbon markets are not weak-form efficient: either is an
approximation.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data_catalog.errors import ProjectError
from data_catalog.spec import Citation
from data_catalog.text import Text

__all__ = ["PROCESSES", "Fitted", "Process", "fit_gbm", "fit_ou", "step_gbm", "step_ou"]

Numbers: TypeAlias = npt.NDArray[np.float64]
YEAR = 365
LEAST = 3
"""Prices below which no spread can be told."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """A declared process of prices."""

    id: str
    title: Text
    formula: str
    source: Citation


PROCESSES = {
    "gbm": Process(
        id="gbm", title=Text("几何布朗运动", "geometric Brownian motion"),
        formula=r"dS = \mu S\,dt + \sigma S\,dW", source=Citation("black_scholes_1973", "model"),
    ),
    "ou": Process(
        id="ou", title=Text("对数均值回复（OU）", "mean reversion of the log price (OU)"),
        formula=r"d\ln S = \kappa(\theta - \ln S)\,dt + \sigma\,dW",
        source=Citation("schwartz_1997", "model 1"),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """A process with its numbers, per year.

    `mean` is the long-run median of OU, CNY/t_CO2e; None where the model has no such number.
    """

    model: str
    volatility: float
    drift: float = 0.0
    reversion: float | None = None
    mean: float | None = None
    log_likelihood: float


def _steps(days: Sequence[date], prices: Numbers) -> Numbers:
    at = np.array([day.toordinal() for day in days], dtype=np.float64)
    steps = np.diff(at) / YEAR
    if len(prices) < LEAST or not (prices > 0).all() or not (steps > 0).all():
        raise ProjectError(where="price series", problem=Text(
            f"需要至少 {LEAST} 个按日期升序、大于 0 的价格。",
            f"needs at least {LEAST} prices above 0 on rising days.",
        ))  # fmt: skip
    return steps


def _likelihood(error: Numbers, variance: Numbers) -> float:
    if not variance.all():
        return math.inf
    return float(-0.5 * (np.log(2 * np.pi * variance) + error**2 / variance).sum())


def fit_gbm(days: Sequence[date], prices: Numbers) -> Fitted:
    """Return the GBM of a series, steps of any length.

    The drift of the log price is its whole change over the whole time; the variance is that of
    the steps about it, each over its length (maximum likelihood, divided by n).
    """
    dt, logs = _steps(days, prices), np.log(prices)
    change = np.diff(logs)
    slope = change.sum() / dt.sum()
    variance = float(((change - slope * dt) ** 2 / dt).mean())
    return Fitted(
        model="gbm", volatility=variance**0.5, drift=float(slope + variance / 2),
        log_likelihood=_likelihood(change - slope * dt, variance * dt),
    )  # fmt: skip


def fit_ou(days: Sequence[date], prices: Numbers) -> Fitted:
    """Return the OU process of the log price: regression of each log price on the last.

        x' = theta (1 - b) + b x + e,    b = exp(-kappa dt),    Var e = sigma^2 (1 - b^2) / 2 kappa

    Raises
    ------
    ProjectError
        If the steps differ in length, or the price does not return to a mean.
    """
    dt, x = _steps(days, prices), np.log(prices)
    step = float(dt.mean())
    if np.ptp(dt) * YEAR > 1:
        raise ProjectError(where="price series", problem=Text(
            "均值回复模型需要等间隔的价格。请先重采样（如每周）。",
            "mean reversion needs prices at equal intervals. Resample them, by week say.",
        ))  # fmt: skip
    before, after = x[:-1], x[1:]
    deviation = before - before.mean()
    b = 1.0  # a price that does not move does not come back either
    if np.ptp(before):
        b = float((deviation * (after - after.mean())).sum() / (deviation**2).sum())
    if not 0 < b < 1:
        raise ProjectError(where="price series", problem=Text(
            f"该序列没有均值回复（相邻系数 {b:.3f}）。请改用 gbm。",
            f"does not return to a mean (coefficient of neighbours {b:.3f}). Use gbm.",
        ))  # fmt: skip
    theta = float((after.mean() - b * before.mean()) / (1 - b))
    error = after - theta - b * (before - theta)
    spread = float((error**2).mean())
    kappa = -np.log(b) / step
    return Fitted(
        model="ou", volatility=float(np.sqrt(spread * 2 * kappa / (1 - b**2))),
        reversion=float(kappa), mean=float(np.exp(theta)),
        log_likelihood=_likelihood(error, np.full(len(error), spread)),
    )  # fmt: skip


def step_gbm(
    log_price: Numbers, years: float, normal: Numbers, *, drift: float, volatility: float
) -> Numbers:
    """Return the log price some years later, (draws,)."""
    return log_price + (drift - volatility**2 / 2) * years + volatility * math.sqrt(years) * normal


def step_ou(
    log_price: Numbers, years: float, normal: Numbers,
    *, reversion: float, mean: float, volatility: float,
) -> Numbers:  # fmt: skip
    """Return the log price some years later, (draws,)."""
    kept = math.exp(-reversion * years)
    spread = volatility * math.sqrt(-math.expm1(-2 * reversion * years) / (2 * reversion))
    return math.log(mean) + kept * (log_price - math.log(mean)) + spread * normal
