"""A bundle of small holdings: to print and as JSON (money as text, to the cent)."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cli.loan_tables import yuan
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.text import Language, Text
from data_catalog.units import conversion

if TYPE_CHECKING:
    from lending.stress.holdings import Bundled
    from lending.valuation.result import Valuation

__all__ = ["bundle_record", "show_bundle"]

TITLE = Text("打包：{count} 户，共 {mu} 亩（{ha} 公顷），合用一个项目的固定成本",
             "Bundle: {count} holdings of {mu} mu ({ha} ha) that share the fixed costs of one "
             "project")  # fmt: skip
EXAMPLE = Text("政策为示例，其中的数不是任何银行的规定：结果仅供演示。",
               "The policy is an example, its numbers are no bank's: the results show the "
               "method.")  # fmt: skip
HEAD = (Text("户", "holding"), Text("面积（亩）", "area, mu"),
        Text("单独的现值（元）", "present value alone, CNY"),
        Text("分得的增益（元）", "share of the gain, CNY"))  # fmt: skip
SUM = Text("合在一起：现值 {value} 元，谨慎价值 {lending} 元；打包增益 {gain} 元，按面积分配。",
           "Together: present value {value} CNY, lending value {lending} CNY; the bundle gains "
           "{gain} CNY, shared out by area.")  # fmt: skip
NOT_WORTH = Text("打包没有增益。", "Nothing is gained by the bundle.")
BREAK_EVEN = Text("盈亏平衡面积", "Break-even area")
BREAK_HEAD = (Text("价格（元/t）", "CNY/t"), Text("亩", "mu"), Text("公顷", "ha"))
NEVER = Text("任何面积都不能", "no area does")
NOTE = Text("现值为负的一户单独没有价值，计为零。折扣不改变盈亏平衡面积。",
            "A holding with a negative present value is worth nothing alone. Haircuts do not move "
            "the break-even area.")  # fmt: skip


def show_bundle(of: "Valuation", found: "Bundled", lang: Language) -> None:
    """Print the holdings, the gain, and the break-even area by price."""
    whole = sum(found.areas.values(), Decimal(0))
    show_title(TITLE[lang].format(
        count=len(found.areas), mu=f"{whole:,}", ha=f"{_hectares(whole):,.2f}"
    ))  # fmt: skip
    if of.example:
        show(EXAMPLE[lang])
    rows = [
        (name, f"{area:,}", yuan(found.bundle.alone[name]), yuan(found.bundle.shares[name]))
        for name, area in found.areas.items()
    ]
    show_table([h[lang] for h in HEAD], rows, right=(1, 2, 3))
    show()
    show(SUM[lang].format(
        value=yuan(found.bundle.together), lending=yuan(found.lending_value),
        gain=yuan(found.bundle.gain),
    ))  # fmt: skip
    if not found.bundle.worthwhile:
        show(NOT_WORTH[lang])
    show_heading(BREAK_EVEN[lang])
    show_table([h[lang] for h in BREAK_HEAD], [
        (f"{price:,.2f}", NEVER[lang] if area is None else f"{area:,.1f}",
         "" if area is None else f"{_hectares(area):,.2f}")
        for price, area in found.break_even.items()
    ], right=(0, 1, 2))  # fmt: skip
    show()
    show(NOTE[lang])


def bundle_record(of: "Valuation", found: "Bundled") -> dict[str, Any]:
    """Return the same for a program."""
    return {
        "example": of.example,
        "holdings": [
            {"holding": name, "area_mu": str(area), "value_alone": str(found.bundle.alone[name]),
             "share_of_gain": str(found.bundle.shares[name])}
            for name, area in found.areas.items()
        ],
        "value_together": str(found.bundle.together), "lending_value": str(found.lending_value),
        "gain": str(found.bundle.gain),
        "break_even_area_mu": {
            str(price): None if area is None else f"{area:.1f}"
            for price, area in found.break_even.items()
        },
    }  # fmt: skip


def _hectares(mu: Decimal) -> Decimal:
    each, _ = conversion("mu_land", "hectare")
    return mu * Decimal(str(each))
