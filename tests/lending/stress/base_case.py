"""The base case S03 of lending.md 4.5 and the haircuts of 4.6, as inputs of a valuation."""

import tomllib
from datetime import date
from typing import Any

from lending.policy.model import Policy
from lending.policy.reading import example_policy
from lending.prices.rows import PriceRow
from lending.valuation.facts import Facts
from lending.valuation.result import Inputs, Vintage

DAY = date(2026, 1, 1)
HAIRCUTS = {"price": 0.25, "correlation": 0.10, "settlement": 0.05, "liquidity": 0.15}


def policy() -> Policy:
    content = tomllib.loads(example_policy("en"))
    content["haircuts"] = [{"kind": k, "rate": r, "source": "SYN"} for k, r in HAIRCUTS.items()]
    return Policy.model_validate(content)


def price(amount: float = 60.0) -> PriceRow:
    return PriceRow(
        id="SYN", market="SYN", kind="spot", first_day=DAY, last_day=DAY, price=amount, source="SYN"
    )


def facts(**more: Any) -> Facts:
    content: dict[str, Any] = {
        "base_date": DAY,
        "holding": {"area_mu": 10_000, "yield_tCO2e_per_mu": 0.39, "cv": 0.15, "source": "SYN"},
        "tonnes": {"buffer": 0.10, "leakage": 0},
        "ends": {"crediting": 10, "tenure": 30, "programme": 30},
        "cycle": {"monitoring_months": 60, "lag_months": 12},
        "costs": {
            "development": 30_000, "monitoring_yearly": 2_000, "verification": 40_000,
            "issuance": 0, "fee": 0.02, "owner_share": 0, "source": "SYN",
        },
        "price": {"market": "SYN", "source": "SYN"},
    }  # fmt: skip
    return Facts.model_validate(content | more)


def inputs(**more: Any) -> Inputs:
    return Inputs(facts=facts(**more), policy=policy(), price=price())


def vintage(kind: str, net: float, first: int) -> Vintage:
    return Vintage.model_validate({
        "parcel_id": "P1", "vintage_from": date(first, 1, 1), "vintage_to": date(first + 1, 1, 1),
        "gross_tCO2e": net, "net_tCO2e": net, "se_tCO2e": 0.0, "lower_tCO2e": net,
        "confidence": 0.9, "kind": kind,
    })  # fmt: skip
