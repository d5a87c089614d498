"""The base case S03 of lending.md 4.5, by the formulas of 4.1 and nothing else."""

from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import NormalDist

from lending.stress.scenarios import Shock
from lending.stress.table import Worth

HAIRCUTS = (0.25, 0.10, 0.05, 0.15)


@dataclass(frozen=True, kw_only=True)
class Holding:
    area: float = 10_000
    per_mu: float = 0.39
    cv: float = 0.15
    confidence: float = 0.90
    buffer: float = 0.10
    price: float = 60
    rate: float = 0.06
    years: int = 10
    development: float = 30_000
    monitoring: float = 2_000
    verification: float = 40_000
    every: int = 5
    fee: float = 0.02
    lag: float = 1


S03 = Holding()


def npv(h: Holding) -> float:
    lower = 1 - NormalDist().inv_cdf(h.confidence) * h.cv
    net = h.area * h.per_mu * lower * (1 - h.buffer)
    total = -h.development
    total -= sum(h.monitoring / (1 + h.rate) ** t for t in range(1, h.years + 1))
    for t in range(h.every, h.years + 1, h.every):
        total -= h.verification / (1 + h.rate) ** t
        total += net * h.every * h.price * (1 - h.fee) / (1 + h.rate) ** (t + h.lag)
    return total


def worth(h: Holding) -> Worth:
    """4.6: the haircuts multiply."""
    kept = 1.0
    for haircut in HAIRCUTS:
        kept *= 1 - haircut
    return Worth(Decimal(repr(npv(h))), Decimal(repr(npv(h) * kept)))


def shaken(h: Holding, shock: Shock) -> Holding:
    return replace(
        h, price=h.price * float(shock.price_factor), area=h.area * float(shock.area_factor),
        lag=h.lag + shock.lag_months / 12, rate=h.rate + float(shock.rate_added),
    )  # fmt: skip
