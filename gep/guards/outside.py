"""The guard of origin: products from outside the region, under a norm that subtracts them."""

from data_catalog.text import Text
from gep.guards.guard import Guard, Seen
from gep.table_part import OUTSIDE


def _unsaid(seen: Seen) -> Text | None:
    if not seen.standard.subtracts_outside:
        return None
    found = [
        plan.service.title
        for plan in seen.plans.values()
        if plan.service.group == "provisioning"
        and any(OUTSIDE not in t.frame or t.frame[OUTSIDE].isna().any() for t in plan.tables)
    ]
    if not found:
        return None
    zh, en = "、".join(t.zh for t in found), ", ".join(t.en for t in found)
    return Text(
        f"本标准扣除来自区域外的产品，但统计表没有写明其份额（{OUTSIDE} 列）：{zh}。"
        "这些行全部计入了。",
        f"This standard subtracts products from outside the region, but the statistics do not say "
        f"their share (column {OUTSIDE}): {en}. Those rows count in full.",
    )


FROM_OUTSIDE = Guard(
    id="products_from_outside",
    title=Text("区域外的产品已扣除", "Products from outside are subtracted"),
    looks_at=Text(f"物质产品各行的 {OUTSIDE} 列", f"the column {OUTSIDE} of provisioning rows"),
    why=Text(
        "GB/T 46869-2025 的总值不含生态来源在区域外的产品；不写份额就会与来源地重复。",
        "The total of GB/T 46869-2025 leaves out products whose ecosystems lie outside the region: "
        "without their share they count here and there.",
    ),
    check=_unsaid,
)
