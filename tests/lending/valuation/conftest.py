"""The synthetic holding S03 that the reference vectors are made of."""

import tomllib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from lending.policy import Policy, example_policy
from lending.valuation.facts import Facts
from lending.valuation.result import Inputs, Vintage
from lending.valuation.value import inputs_of

BASE = date(2026, 1, 1)
COSTS = {
    "development": "30000", "monitoring_yearly": "2000", "verification": "40000", "issuance": "0",
    "fee": 0.02, "owner_share": 0.0, "source": "SYN",
}  # fmt: skip
FREE = {
    "development": "0", "monitoring_yearly": "0", "verification": "0", "issuance": "0",
    "fee": 0.0, "owner_share": 0.0, "source": "SYN",
}  # fmt: skip
HAIRCUTS = (("price", 0.25), ("title", 0.10), ("settlement", 0.05), ("liquidity", 0.15))


def price_facts(price: float, **changes: Any) -> dict[str, Any]:
    row = {
        "id": "day", "market": "test", "kind": "offset", "first_day": BASE, "last_day": BASE,
        "price": price, "source": "SYN",
    }  # fmt: skip
    return {"market": "test", "row": row | changes, "source": "flat"}


def policy_of(rate: float = 0.06, **changes: Any) -> Policy:
    content = tomllib.loads(example_policy("en"))
    content["discount"]["rate"] = rate
    content["haircuts"] = [{"kind": k, "rate": h, "source": "SYN"} for k, h in HAIRCUTS]
    return Policy.model_validate(content | changes)


def holding_s03(
    *, area: float = 10_000, price: float = 60, rate: float = 0.06, lag: int = 12,
    policy: dict[str, Any] | None = None, vintages: tuple[Vintage, ...] = (), **changes: Any,
) -> Inputs:  # fmt: skip
    """Return inputs of 10,000 mu, 0.39 t/mu/yr, cv 0.15, 60 CNY/t, 6 %, 10 years, all costs."""
    facts: dict[str, Any] = {
        "base_date": BASE,
        "holding": {
            "area_mu": area, "yield_tCO2e_per_mu": 0.39, "cv": 0.15, "source": "SYN",
        },
        "tonnes": {"buffer": 0.10, "leakage": 0.0},
        "ends": {"crediting": date(2036, 1, 1), "tenure": 30.0, "programme": 20.0},
        "cycle": {"monitoring_months": 60, "lag_months": lag},
        "costs": COSTS, "price": price_facts(price),
    }  # fmt: skip
    content = Facts.model_validate(facts | changes)
    return inputs_of(content, policy_of(rate, **(policy or {})), vintages)


@pytest.fixture(scope="session")
def s03() -> Callable[..., Inputs]:
    """Return what makes the holding, with changes."""
    return holding_s03
