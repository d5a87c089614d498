"""What is printed of an inventory: which route served how many parcels, and what is in doubt."""

from collections.abc import Mapping
from typing import Any

from data_catalog.text import Language, Text

__all__ = ["show_routes"]

SHOWN = 5
"""Parcels named in a warning."""
TITLE = Text("各方法计算的宗地数", "Parcels by route")
HEADER = (Text("年份", "year"), Text("方法", "route"), Text("宗地数", "parcels"))
METHODS = {
    "class_density": Text("各类碳密度（无小班调查的宗地）",
                          "class densities (parcels without an inventory)"),
    "biomass": Text("生物量图层（无小班调查的宗地）", "biomass map (parcels without an inventory)"),
}  # fmt: skip
NOTHING = Text("未计算（没有小班调查）", "not computed (no inventory)")
NOTES = {
    "provisional": Text(
        "暂定结果：{}所用参数为回忆所得或估计，尚未与标准原文核对。",
        "Provisional: {} rest on parameters that are recalled or estimated, not checked against "
        "the printed text.",
    ),
    "spread": Text(
        "警告：{n} 个宗地年份的各方法结果相差过大，请核对：{shown}",
        "Warning: the routes are far apart for {n} parcel years, check them: {shown}",
    ),
    "apart": Text(
        "{parcel} {year} 年 {low} 至 {high} t C", "{parcel} in {year} {low} to {high} t C"
    ),
    "two": Text(
        "两期没有共同方法的宗地（变化含方法差异）：{}",
        "Parcels without a route in common at both dates (their change is one of route, too): {}",
    ),
    "refused": Text(
        "{n} 个宗地年份的某种方法有数据而不能计算，原因见 manifest.json，如：{first}",
        "{n} parcel years have data for a route that cannot be computed; see manifest.json, such "
        "as: {first}",
    ),
    "remark": Text("{n} 块宗地（{route}）：{text}", "{n} parcels ({route}): {text}"),
}  # fmt: skip


def show_routes(about: Mapping[str, Any], lang: Language) -> None:
    """Print the part of the manifest's `carbon` that an inventory has; nothing without one."""
    if about.get("method") != "inventory":
        return
    from cli.labels import listed
    from cli.terminal import show, show_table, show_title
    from sinks.routes import ROUTES

    titles = {route.id: route.title[lang] for route in ROUTES}
    lines = [[str(r["year"]), titles[r["route"]], str(r["parcels"])] for r in about["routes"]]
    if about["parcels_without_inventory"]:
        rest = METHODS.get(about["rest"] or "", NOTHING)[lang]
        lines.append(["", rest, str(about["parcels_without_inventory"])])
    show_title(TITLE[lang])
    show_table([label[lang] for label in HEADER], lines, right=(2,))
    show()
    if about["provisional"]:
        names = listed([titles[route] for route in about["provisional"]], lang)
        show(NOTES["provisional"][lang].format(names))
    if about["spread"]:
        shown = [
            NOTES["apart"][lang].format(
                parcel=r["parcel_id"], year=r["year"], low=f"{r['low_tC']:,.0f}",
                high=f"{r['high_tC']:,.0f}",
            )
            for r in about["spread"][:SHOWN]
        ]  # fmt: skip
        show(NOTES["spread"][lang].format(n=len(about["spread"]), shown=listed(shown, lang)))
    if about["parcels_of_two_routes"]:
        show(NOTES["two"][lang].format(listed(about["parcels_of_two_routes"][:SHOWN], lang)))
    if about["refused"]:
        first = about["refused"][0]
        reason = f"{first['parcel_id']} {first[f'reason_{lang}']}"
        show(NOTES["refused"][lang].format(n=len(about["refused"]), first=reason))
    for remark in about["remarks"]:
        show(NOTES["remark"][lang].format(
            n=remark["parcels"], route=titles[remark["route"]], text=remark[lang]
        ))  # fmt: skip
