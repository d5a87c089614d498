"""The account by service, and standards side by side, as tables for people."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data_catalog.text import Text
from gep.codes import GEP
from gep.service import GROUPS
from gep.services import services
from review.figures import (
    Scale,
    figure,
    money_scale_for,
    same,
    scale_for,
    share,
    unit,
    without_multiple,
)
from review.grades import in_doubt
from review.overview import Overview, remarks_of, text_of
from review.table import Column, RowKind, Table

__all__ = ["comparison", "computed_of", "money_scale", "service_title", "standard_title", "summary"]

NAN = float("nan")
NOTHING = Text("", "")
YEARLY = "/year"
NOT_COUNTED = Text("{}（不计入）", "{} (not counted)")
SUBTOTAL = Text("{group}小计（{done}/{asked} 项）", "{group}: {done} of {asked} services")
TOTAL = Text("GEP 合计", "GEP total")
REST = Text("其余", "the rest")
LEFT_OUT = Text("不列", "not in it")
NOT_COMPUTED = Text("未计算", "not computed")
NO_PRICE = Text("无价格", "no price")
AMOUNT, VALUE = Text("功能量", "Amount"), Text("价值量", "Value")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """One line of the summary: a service, an item of it, or a sum, which has no unit."""

    title: Text
    kind: RowKind = ""
    physical: float = NAN
    unit: str = ""
    price: float = NAN
    value: float = NAN
    year: str = ""
    of_group: float = NAN
    of_gep: float = NAN
    mark: Text = NOTHING

    def cells(self, scale: Scale) -> tuple[Text, ...]:
        """Return the cells, money in the table's one multiple."""
        own = scale_for([self.physical])
        measured = math.isfinite(self.physical)
        return (
            self.title,
            same(own.figure(self.physical)) if self.unit else NOTHING,
            own.of(self.unit) if measured else NOTHING,
            _per_unit(self.price, self.unit) if math.isfinite(self.price) else NOTHING,
            same(scale.figure(self.value)),
            same(self.year),
            same(share(self.of_group)) if self.unit else NOTHING,
            same(share(self.of_gep)),
            self.mark,
        )


def money_scale(overview: Overview) -> Scale:
    """Return the one multiple of the values of an account as a whole."""
    return money_scale_for(overview.total, above_county=overview.above_county)


def computed_of(overview: Overview) -> Text:
    """Return how many of the standard's services are computed."""
    done, asked = len(overview.services), len(overview.asked)
    return Text(f"标准所列 {asked} 项服务中的 {done} 项", f"{done} of the standard's {asked}")


def standard_title(section: Mapping[str, Any]) -> Text:
    """Return the title of the standard that a section of the manifest is of, with its id."""
    title, name = text_of(section, "standard_title"), section["standard"]
    return Text(f"{title.zh}（{name}）", f"{title.en} ({name})")


def service_title(record: Mapping[str, Any]) -> Text:
    """Return a service's title, and whether it does not count."""
    title = text_of(record, "title")
    return title if record["counted"] else _not_counted(title)


def summary(overview: Overview) -> Table:
    """Return the account by service: amount, price, value, shares and trust, by group."""
    scale = money_scale(overview)
    lines = [line for group in GROUPS for line in _group(overview, group)]
    gep = overview.row_of(GEP)
    total = _Line(
        title=TOTAL, value=gep["value"], of_gep=gep["share_of_gep"],
        mark=in_doubt(gep["doubtful_share"]),
    )  # fmt: skip
    return Table(
        id="summary",
        title=Text("各项服务汇总", "The account by service"),
        columns=(
            Column(title=Text("服务", "Service"), number=False),
            Column(title=AMOUNT),
            Column(title=Text("单位", "Unit"), number=False),
            Column(title=Text("单价", "Unit price")),
            Column(title=VALUE, unit=scale.of("CNY")),
            Column(title=Text("价格年", "Price year")),
            Column(title=Text("占本类", "Of its group"), unit=unit("percent")),
            Column(title=Text("占 GEP", "Of GEP"), unit=unit("percent")),
            Column(title=Text("存疑", "In doubt")),
        ),
        rows=tuple(line.cells(scale) for line in lines),
        kinds=tuple(line.kind for line in lines),
        total=total.cells(scale),
        notes=tuple(_notes(overview)),
    )


def _group(overview: Overview, group: str) -> Iterator[_Line]:
    """Yield a group's services with their items, and their sum; nothing if none is asked for."""
    records = [s for s in overview.services if s["group"] == group]
    done = [s["service"] for s in records]
    asked = overview.asked & {*done, *(s.id for s in services() if s.group == group)}
    if not asked:
        return
    for record in records:
        yield from _service(overview, record)
    rows = [row for row in map(overview.row_of, done) if row["counted"]]
    value, of_gep = (_sum(row[name] for row in rows) for name in ("value", "share_of_gep"))
    doubtful = _sum(row["value"] * (row["doubtful_share"] or 0.0) for row in rows)
    known = math.isfinite(value) and value != 0
    facts = {"done": len(done), "asked": len(asked)}
    own = GROUPS[group]
    yield _Line(
        title=Text(SUBTOTAL.zh.format(group=own.zh, **facts),
                   SUBTOTAL.en.format(group=own.en.capitalize(), **facts)),
        kind="subtotal", value=value, of_gep=of_gep,
        mark=in_doubt(doubtful / value if known else None),
    )  # fmt: skip


def _service(overview: Overview, record: Mapping[str, Any]) -> Iterator[_Line]:
    row = overview.row_of(record["service"])
    yield _Line(
        title=service_title(record), physical=row["physical"], unit=row["unit"],
        price=row["unit_price"], value=row["value"], year=row["price_year"],
        of_group=row["share_of_group"], of_gep=row["share_of_gep"],
        mark=in_doubt(row["doubtful_share"], record["grade"]),
    )  # fmt: skip
    items = _items(overview, record["service"])
    if len(items) > 1 or (items["physical"].notna().any() and not math.isfinite(row["physical"])):
        titles = {i["item"]: text_of(i, "title") for i in record.get("items", ())} | {"": REST}
        for item in items.to_dict("records"):
            yield _item(item, row, titles.get(item["item"], same(item["item"])))


def _item(item: Mapping[Any, Any], row: Mapping[str, Any], title: Text) -> _Line:
    """Return the line of an item; its share of the group follows from the service's."""
    part = item["value"] / row["value"] if row["value"] else NAN
    physical, units = without_multiple(item["physical"], item["physical_unit"])
    return _Line(
        title=title, kind="part", physical=physical, unit=units,
        price=item["value"] / physical if physical else NAN, value=item["value"],
        year=item["price_year"], of_group=part * row["share_of_group"],
        of_gep=part * row["share_of_gep"],
    )  # fmt: skip


def _items(overview: Overview, service: str) -> pd.DataFrame:
    """Return the items of a service over all ecosystems: amount, unit, value, price year."""
    rows = overview.items
    if rows.empty:
        return pd.DataFrame({"physical": []})
    keys = ["item", "physical_unit", "price_year"]
    grouped = rows[rows["service"] == service].groupby(keys, sort=False)
    return grouped[["physical", "value"]].sum(min_count=1).reset_index()


def _per_unit(price: float, name: str) -> Text:
    """Return a price of a year's amount: CNY of what is counted, per unit of it."""
    per = name.removesuffix(YEARLY)
    units = unit(f"CNY/{per}" if per != name else f"CNY/({name}*year)")
    return Text(f"{figure(price)} {units.zh}", f"{figure(price)} {units.en}")


def _notes(overview: Overview) -> Iterator[Text]:
    known = computed_of(overview)
    yield Text(
        f"计算了{known.zh}，其余见“没有计算的”。",
        f"Computed: {known.en} services. The others, and why not, are listed below.",
    )
    if any(s["doubtful"] for s in overview.services):
        yield Text(
            "存疑：价值中依据凭记忆而未核对原文（“未核对”）或估计的参数的份额。",
            "In doubt: the share of the value that rests on parameters which are recalled and not "
            'checked against the printed text ("unchecked"), or estimated.',
        )
    yield from _price_notes(overview)


def _price_notes(overview: Overview) -> Iterator[Text]:
    """Yield what must be said beside a value: in the prices of which years it is."""
    years = sorted({y for s in overview.services for y in s["price_year"].split("/") if y})
    if len(years) == 1:
        yield Text(f"{years[0]} 年价格。", f"In prices of {years[0]}.")
    elif years:
        yield Text(
            f"各项价格年不同（{'、'.join(years)} 年），未折算到同一年；GEP 合计是不同年价格之和。",
            f"The prices are of different years ({', '.join(years)}) and were not brought to one "
            "year: the total adds values in prices of different years.",
        )


def comparison(overview: Overview) -> Table:
    """Return amount and value of each service under each of the run's standards."""
    rows = overview.comparison
    names = list(dict.fromkeys(rows["standard"]))
    whole = rows[rows["service"] == GEP].set_index("standard")["value"]
    scale = money_scale_for(whole.max(), above_county=overview.above_county)
    by_service = {str(name): of.set_index("standard") for name, of in rows.groupby("service")}
    titles = {s.id: s.title for s in services()}
    order = [name for name in dict.fromkeys(rows["service"]) if name != GEP]
    money = scale.of("CNY")
    priced = Text(f"{money.zh} [价格年]", f"{money.en} [price year]")
    return Table(
        id="comparison",
        title=Text("各标准对比", "The standards side by side"),
        columns=(
            Column(title=Text("服务", "Service"), number=False),
            *(Column(title=same(name), unit=AMOUNT) for name in names),
            Column(title=Text("单位", "Unit"), number=False),
            *(Column(title=same(name), unit=priced) for name in names),
        ),
        rows=tuple(_beside(titles.get(n, same(n)), by_service[n].loc[names], scale) for n in order),
        total=(TOTAL, *(same("") for _ in names), NOTHING,
               *(same(scale.figure(whole[name])) for name in names)),
        notes=tuple(_notes_of_standards(overview)),
    )  # fmt: skip


def _beside(title: Text, rows: pd.DataFrame, scale: Scale) -> tuple[Text, ...]:
    """Return a service's cells: its amounts, their unit, its values or why there is none."""
    own = scale_for(rows["physical"])
    measured = rows["physical"].notna().any()
    name = rows["physical_unit"].iloc[0]
    return (
        title,
        *(same(own.figure(amount)) for amount in rows["physical"]),
        own.of(name) if measured else unit(name),
        *(_worth(row, scale) for row in rows.to_dict("records")),
    )


def _worth(row: Mapping[Any, Any], scale: Scale) -> Text:
    if math.isfinite(row["value"]):
        text = same(f"{scale.figure(row['value'])} [{row['price_year']}]")
        return text if row["counted"] else _not_counted(text)
    if not row["accounted"]:
        return LEFT_OUT
    return NO_PRICE if math.isfinite(row["physical"]) else NOT_COMPUTED


def _notes_of_standards(overview: Overview) -> Iterator[Text]:
    own = standard_title(overview.manifest)
    yield Text(f"其余各表、地图与说明均按{own.zh}。",
               f"All other tables, the map and the explanations are of {own.en}.")  # fmt: skip
    for name, section in overview.others.items():
        for remark in remarks_of(section):
            yield Text(f"{name}：{remark.zh}", f"{name}: {remark.en}")


def _not_counted(title: Text) -> Text:
    return Text(NOT_COUNTED.zh.format(title.zh), NOT_COUNTED.en.format(title.en))


def _sum(numbers: Iterator[float]) -> float:
    return float(pd.Series(list(numbers), dtype=float).sum(min_count=1))
