"""The account by service, and two standards side by side."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gep.codes import GEP
from gep.ledger import ServiceEntries
from gep.services import services

if TYPE_CHECKING:
    from gep.entries import Posted

__all__ = ["comparison", "summary"]


def summary(posted: "Posted") -> pd.DataFrame:
    """Return a row per service and one of the total: amount, unit price, value, shares."""
    ledger = posted.ledger
    whole = ledger.gep()
    groups: dict[str, float] = {}
    for one in (s for s in ledger.services if s.counted):
        groups.setdefault(one.service.group, 0.0)
        groups[one.service.group] += np.nan_to_num(one.whole.total()[1])
    rows = []
    for one in ledger.services:
        physical, value = one.whole.total()
        counts = one.counted
        rows.append({
            "service": one.service.id, "title_zh": one.service.title.zh,
            "title_en": one.service.title.en, "group": one.service.group, "counted": counts,
            "physical": physical, "unit": one.whole.unit,
            "unit_price": value / physical if _one_unit(one) and physical else np.nan,
            "value": value, "price_year": one.whole.price_year,
            "share_of_group": _share(value, groups[one.service.group]) if counts else np.nan,
            "share_of_gep": _share(value, whole) if counts else np.nan,
            "doubtful_share": posted.doubtful.get(one.service.id), "standard": ledger.standard,
        })  # fmt: skip
    rows.append({
        "service": GEP, "title_zh": "生态产品总值", "title_en": "Gross ecosystem product",
        "group": "", "counted": True, "physical": np.nan, "unit": "", "unit_price": np.nan,
        "value": whole, "price_year": "", "share_of_group": np.nan,
        "share_of_gep": _share(whole, whole), "doubtful_share": posted.doubtful_share,
        "standard": ledger.standard,
    })  # fmt: skip
    return pd.DataFrame(rows)


def _one_unit(one: ServiceEntries) -> bool:
    """Return whether all that is valued is in the service's amount."""
    return all(e.unit == one.whole.unit and not np.isnan(e.total()[0]) for e in one.items)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def comparison(posted: "Sequence[Posted]") -> pd.DataFrame:
    """Return a row per service and standard: amount and value, or why there is none; and totals.

    A service that a standard does not account for has a row that says so.
    """
    asked = {name for p in posted for name in p.standard.services}
    rows = []
    for service in (s for s in services() if s.id in asked):
        for one in posted:
            entered = {s.service.id: s for s in one.ledger.services}.get(service.id)
            choice = one.standard.services.get(service.id)
            physical, value = entered.whole.total() if entered else (np.nan, np.nan)
            reasons = [r.record() for r in one.all_refused() if r.account == service.id]
            rows.append({
                "service": service.id, "standard": one.standard.id,
                "accounted": choice is not None, "counted": bool(choice and choice.counted),
                "physical": physical, "physical_unit": service.total, "value": value,
                "price_year": entered.whole.price_year if entered else "",
                "not_computed_zh": " ".join(f"{r['title_zh']}：{r['reason_zh']}" for r in reasons),
                "not_computed_en": " ".join(f"{r['title_en']}: {r['reason_en']}" for r in reasons),
            })  # fmt: skip
    rows.extend(
        {"service": GEP, "standard": p.standard.id, "accounted": True, "counted": True,
         "physical": np.nan, "physical_unit": "", "value": p.ledger.gep(), "price_year": "",
         "not_computed_zh": "", "not_computed_en": ""}
        for p in posted
    )  # fmt: skip
    return pd.DataFrame(rows)
