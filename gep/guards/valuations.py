"""The guard of valuations: one thing has one value."""

from itertools import combinations

from data_catalog.text import Text
from gep.guards.guard import Guard, Seen
from gep.plans import ServicePlan
from gep.service import Valuation


def _twice(seen: Seen) -> Text | None:
    found = [
        f"{name}: {one.id}, {other.id}"
        for name, plan in seen.plans.items()
        for one, other in combinations(_used(plan), 2)
        if one.family == other.family and (one.item == other.item or not one.item or not other.item)
    ]
    if not found:
        return None
    said = "; ".join(found)
    return Text(f"同一内容用两种方法计了价：{said}。", f"One thing is valued two ways: {said}.")


def _used(plan: ServicePlan) -> list[Valuation]:
    return [plan.service.valuation(name) for name in dict.fromkeys(plan.choice.valuations)]


FAMILIES = Guard(
    id="one_value_each",
    title=Text("同一内容只计一次价", "One thing is valued once"),
    looks_at=Text("每项服务的各种价值量方法", "the valuations of each service"),
    why=Text(
        "清淤与挖运土方、化肥与面源污染治理等方法计的是同一泥沙、同一养分，不能相加。",
        "Dredging and earthwork value the same silt, fertiliser and treatment the same nutrients: "
        "they cannot be added.",
    ),
    check=_twice,
)
