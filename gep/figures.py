"""Every figure of an account, with all that it rests on: read from a finished run alone.

Nothing here knows today's declarations: formulas, inputs and rows are those that the manifest has.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from data_catalog.classes import ecosystem_title
from data_catalog.text import Text
from gep.codes import ALL, GEP, UNSHARED
from gep.places import ECOSYSTEM
from gep.rows import MADE_AFTER
from tiles.lineage import Figure, Lineage, Rests, cells_of

__all__ = ["MEASURES", "MONEY", "Accounted", "account_figures", "place_title", "titled"]

MONEY = "CNY/year"
GEP_TITLE = Text("生态产品总值", "Gross ecosystem product")
MEASURES = {
    "physical": Text("功能量", "amount"),
    "value": Text("价值量", "value"),
    "unit_price": Text("单价", "unit price"),
    "share_of_group": Text("占同类服务的份额", "share of its group"),
    "share_of_gep": Text("占生态产品总值的份额", "share of GEP"),
    "doubtful_share": Text("依据估计或未核对参数的份额", "share that rests on doubtful rows"),
}
RATIOS = {"unit_price": r"\frac{V}{Q}", "share_of_group": r"\frac{V}{\sum V_{group}}",
          "share_of_gep": r"\frac{V}{GEP}"}  # fmt: skip
OF_CELLS = Text(
    "在各像元内按公式计算，再按面积求和。", "Worked out in every cell, and summed by area."
)
OF_ROWS = Text(
    "按表中各行计算；分到各地块的，见分摊依据。",
    "Worked out on the rows of a table, and shared out over places where it is.",
)
OF_AMOUNT = Text("按功能量与价格计算。", "The amount valued by the formula.")
OF_MONEY = Text("由表中各行的金额计算。", "From the money that the rows of a table state.")
SUM = Text("各部分之和。", "The sum of its parts.")
DOUBTFUL = Text(
    "价值量中依据“估计”或“凭记忆”的参数行的份额；某生态系统的一项服务只要有一行如此，就全部计入。",
    "The share of the value behind which is a row graded estimate or recalled: all of a service's "
    "value on an ecosystem if there is one such row.",
)
RATIO = Text("由所列两个数相除。", "One of the listed figures divided by the other.")


@dataclass(frozen=True)
class Cell:
    """One item of a service on one ecosystem, as items.csv has it."""

    item: str
    ecosystem: str
    unit: str
    physical: str
    value: str

    def has(self, measure: str, unit: str) -> bool:
        """Return whether it counts in the service's amount, in its unit, or in its value."""
        if measure == "physical":
            return bool(self.physical) and self.unit == unit
        return bool(self.value)


@dataclass(frozen=True)
class Accounted:
    """One standard's part of a run.

    Parameters
    ----------
    section : dict
        What the manifest says of the standard.
    first : bool
        Whether it is the first of the run.
    """

    lineage: Lineage
    section: Mapping[str, Any]
    first: bool
    _kept: dict[tuple[str, ...], Rests] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the standard's id."""
        return str(self.section["standard"])

    @cached_property
    def services(self) -> dict[str, Mapping[str, Any]]:
        """Return the records of the computed services by id."""
        return {record["service"]: record for record in self.section["services"]}

    @cached_property
    def cells(self) -> dict[str, list[Cell]]:
        """Return the items of each service on each ecosystem."""
        found: dict[str, list[Cell]] = {name: [] for name in self.services}
        for _, row in cells_of(self.lineage.run / "items.csv"):
            if row["standard"] == self.id:
                place = row["ecosystem"] or UNSHARED
                found[row["service"]].append(
                    Cell(row["item"], place, row["physical_unit"], row["physical"], row["value"])
                )
        return found

    def counted(self) -> list[str]:
        """Return the computed services that count, which have a value."""
        computed = (name for name in self.section["counted"] if name in self.services)
        return [name for name in computed if self.has(name, ALL, "value")]

    def has(self, service: str, ecosystem: str, measure: str) -> bool:
        """Return whether a service has an amount or a value on an ecosystem."""
        return any(True for _ in self._at(service, ecosystem, measure))

    def code(self, service: str, ecosystem: str, measure: str, item: str = "") -> str:
        """Return a figure's code, as the tables have it."""
        of = f"{service}:{item}" if item else service
        return f"{self.id}/{of}/{ecosystem}/{measure}"

    def places(self, service: str, measure: str) -> list[str]:
        """Return the ecosystems on which a service has a figure."""
        return list(dict.fromkeys(c.ecosystem for c in self._at(service, ALL, measure)))

    def rests(self, service: str, ecosystem: str, measure: str) -> Rests:
        """Return what a service's amount or value rests on, on one ecosystem or on all.

        What rows are shared out by decides the parts, and never the whole.
        """
        key = (service, ecosystem, measure)
        if key not in self._kept:
            of = self.amount if measure == "physical" else self.worth
            cells = self._at(service, ecosystem, measure)
            self._kept[key] = Rests().add(
                *(of(service, c.item, c.ecosystem, part=ecosystem != ALL) for c in cells)
            )
        return self._kept[key]

    def gep(self) -> Rests:
        """Return what the total rests on."""
        return Rests().add(*(self.rests(name, ALL, "value") for name in self.counted()))

    def group(self, service: str) -> list[str]:
        """Return the counted services of a service's group."""
        group = self.services[service]["group"]
        return [name for name in self.counted() if self.services[name]["group"] == group]

    def amount(self, service: str, item: str, ecosystem: str, *, part: bool = True) -> Rests:
        """Return what an item's amount on an ecosystem rests on; `part` of what is shared out."""
        found = Rests()
        for variant in self._variants(service, item, ecosystem):
            found.add(self.lineage.rests(variant, ecosystem))
            found.add(self._ground(variant, item, ecosystem, part=part))
        return found

    def worth(self, service: str, item: str, ecosystem: str, *, part: bool = True) -> Rests:
        """Return what an item's value on an ecosystem rests on."""
        variants = list(self._variants(service, item, ecosystem))
        plain = self.prices(service, item)
        used = {name for variant in variants for name in variant.get("valued_by", ())}
        of_rows = [v for v in self._valuations(service, item) if v["id"] in used]
        found = Rests()
        for valuation in (*plain, *of_rows):
            found.add(self.lineage.rests(valuation, ecosystem))
        if plain or any(_takes_amount(v) for v in of_rows):
            return found.add(self.amount(service, item, ecosystem, part=part))
        return found.add(*(self._ground(v, item, ecosystem, part=part) for v in variants))

    def prices(self, service: str, item: str) -> list[Mapping[str, Any]]:
        """Return the valuations of an item's amount that have prices."""
        unpriced = self.services[service].get("unpriced", ())
        if "" in unpriced or item in unpriced:
            return []
        return [v for v in self._valuations(service, item) if not v["of_rows"]]

    def unit_price(self, service: str, items: list[str], ecosystem: str) -> Rests:
        """Return what a unit price rests on: prices alone, where one price holds for all of it."""
        if self.one_price(service, items, ecosystem):
            prices = self.prices(service, items[0])
            return Rests().add(*(self.lineage.rests(v, ecosystem) for v in prices))
        if ecosystem == ALL:
            both = (self.rests(service, ALL, measure) for measure in ("value", "physical"))
        else:
            both = (of(service, item, ecosystem) for item in items
                    for of in (self.worth, self.amount))  # fmt: skip
        return Rests().add(*both)

    def one_price(self, service: str, items: list[str], ecosystem: str) -> bool:
        """Return whether one price holds for all of an amount, so that it divides out."""
        if len(items) != 1:
            return False
        prices = self.prices(service, items[0])
        by_class = any(given.get("by") for v in prices for given in v["inputs"])
        of_rows = any(v.get("valued_by") for v in self._variants(service, items[0], ecosystem))
        return bool(prices) and not of_rows and (ecosystem != ALL or not by_class)

    def doubtful(self, service: str) -> Rests:
        """Return what the doubtful share of a service's value, or of all, rests on."""
        if service == GEP:
            return Rests().add(*(self.rests(name, ALL, "value") for name in self.services))
        one = self.one_price(service, self.items(service), ALL)
        return self.rests(service, ALL, "physical" if one else "value")

    def items(self, service: str) -> list[str]:
        """Return the items of a service that have a value."""
        return list(dict.fromkeys(c.item for c in self.cells[service] if c.value))

    def title(self, service: str, item: str = "") -> Text:
        """Return the title of a service, or of an item of it."""
        record = self.services[service]
        whole = Text(record["title_zh"], record["title_en"])
        if not item:
            return whole
        known = {i["item"]: Text(i["title_zh"], i["title_en"]) for i in record["items"]}
        of = known.get(item, Text(item, item))
        return Text(f"{whole.zh}（{of.zh}）", f"{whole.en} ({of.en})")

    def _at(self, service: str, ecosystem: str, measure: str) -> Iterator[Cell]:
        unit = self.services[service]["unit"]
        for cell in self.cells[service]:
            if ecosystem in {ALL, cell.ecosystem} and cell.has(measure, unit):
                yield cell

    def _variants(self, service: str, item: str, place: str) -> Iterator[Mapping[str, Any]]:
        for variant in self.services[service]["variants"]:
            if not variant["computed"]:
                continue
            table = bool(variant["table"])
            items = [r["item"] for r in variant["read"]] if table else [variant["item"]]
            if item in items and (place == ALL or _covers(variant, place)):
                yield variant

    def _valuations(self, service: str, item: str) -> Iterator[Mapping[str, Any]]:
        for valuation in self.services[service]["valuations"]:
            if valuation["computed"] and valuation["item"] in {"", item}:
                yield valuation

    def _ground(
        self, variant: Mapping[str, Any], item: str, ecosystem: str, *, part: bool
    ) -> Rests:
        """Return where an amount lies: the lines it is read from, and what it is shared out by."""
        found = Rests()
        if not variant["table"]:
            return self.lineage.layers([ECOSYSTEM])
        for read in (r for r in variant["read"] if r["item"] == item):
            used = self.lineage.table(variant["table"], read["lines"], read["sources"])
            found.tables[used] = None
        weights = {"area": [ECOSYSTEM], "npp": [ECOSYSTEM, "npp"]}.get(variant["spread"], [])
        if part:
            found.add(self.lineage.layers(weights, ecosystem))
        if any(given["name"] == MADE_AFTER for given in variant["inputs"]):
            found.add(self.lineage.layers([ECOSYSTEM]))
        return found


def account_figures(accounted: Accounted) -> Iterator[Figure]:
    """Yield the figures of summary.csv, account.csv and items.csv under one standard."""
    for file, read in (
        ("summary.csv", _of_summary), ("account.csv", _of_account), ("items.csv", _of_items),
    ):  # fmt: skip
        for line, row in cells_of(accounted.lineage.run / file):
            if row["standard"] == accounted.id:
                yield from read(accounted, row, {"file": file, "line": line})


def _of_summary(
    accounted: Accounted, row: Mapping[str, str], where: dict[str, Any]
) -> Iterator[Figure]:
    service = row["service"]
    for measure in (m for m in MEASURES if row[m]):
        parts: list[str] = []
        said, rests = SUM, Rests()
        if measure == "doubtful_share":
            said, parts = DOUBTFUL, [accounted.code(service, ALL, "value")]
            if 0 < float(row[measure]) < 1:  # otherwise it is none of it or all, whatever it is
                rests = accounted.doubtful(service)
        elif service == GEP:
            if measure == "value":
                parts = [accounted.code(s, ALL, "value") for s in accounted.counted()]
                rests = accounted.gep()
            else:
                parts, said = [accounted.code(GEP, ALL, "value")], RATIO
        elif measure in {"physical", "value"}:
            parts = [accounted.code(service, place, measure)
                     for place in accounted.places(service, measure)]  # fmt: skip
            rests = accounted.rests(service, ALL, measure)
        else:
            said = RATIO
            rests, parts = _ratio(accounted, service, measure)
        place = {"service": service, "ecosystem": ALL}
        unit = {"physical": row["unit"], "value": MONEY}.get(measure, "1")
        if measure == "unit_price":
            unit = _price_unit(row["unit"])
        title = GEP_TITLE if service == GEP else accounted.title(service)
        yield _figure(accounted, row, measure, title, said, unit, parts, rests, place, where)


def _ratio(accounted: Accounted, service: str, measure: str) -> tuple[Rests, list[str]]:
    """Return what a unit price or a share over all ecosystems rests on, and its parts."""
    value = accounted.code(service, ALL, "value")
    if measure == "unit_price":
        rests = accounted.unit_price(service, accounted.items(service), ALL)
        return rests, [value, accounted.code(service, ALL, "physical")]
    of = accounted.group(service) if measure == "share_of_group" else accounted.counted()
    rests = Rests()
    if of != [service]:  # otherwise it is all of it, whatever its value
        rests.add(*(accounted.rests(name, ALL, "value") for name in (service, *of)))
    if measure == "share_of_gep":
        return rests, [value, accounted.code(GEP, ALL, "value")]
    return rests, [accounted.code(name, ALL, "value") for name in dict.fromkeys((service, *of))]


def _of_account(
    accounted: Accounted, row: Mapping[str, str], where: dict[str, Any]
) -> Iterator[Figure]:
    service, ecosystem = row["service"], row["ecosystem"] or UNSHARED
    cells = [c for c in accounted.cells[service] if c.ecosystem == ecosystem]
    place = {"service": service, "ecosystem": ecosystem}
    for measure, unit in (("physical", row["physical_unit"]), ("value", MONEY)):
        items = [c.item for c in cells if c.has(measure, accounted.services[service]["unit"])]
        if not row[measure]:
            continue
        if items == [""]:
            said, parts = _leaf(accounted, service, "", ecosystem, measure)
        else:
            said = SUM
            parts = [accounted.code(service, ecosystem, measure, item) for item in items]
        rests = accounted.rests(service, ecosystem, measure)
        title = accounted.title(service)
        yield _figure(accounted, row, measure, title, said, unit, parts, rests, place, where)


def _of_items(
    accounted: Accounted, row: Mapping[str, str], where: dict[str, Any]
) -> Iterator[Figure]:
    service, item, ecosystem = row["service"], row["item"], row["ecosystem"] or UNSHARED
    place = {"service": service, "item": item, "ecosystem": ecosystem}
    units = {"physical": row["physical_unit"], "value": MONEY,
             "unit_price": _price_unit(row["physical_unit"]), "share_of_gep": "1"}  # fmt: skip
    for measure in (m for m in units if row[m]):
        value = accounted.code(service, ecosystem, "value", item)
        amount = accounted.code(service, ecosystem, "physical", item)
        said, parts = RATIO, [value, amount]
        if measure == "unit_price":
            rests = accounted.unit_price(service, [item], ecosystem)
        elif measure == "share_of_gep":
            rests = Rests().add(accounted.worth(service, item, ecosystem), accounted.gep())
            parts = [value, accounted.code(GEP, ALL, "value")]
        else:
            of = accounted.amount if measure == "physical" else accounted.worth
            rests = of(service, item, ecosystem)
            said, parts = _leaf(accounted, service, item, ecosystem, measure)
        title = accounted.title(service, item)
        unit = units[measure]
        yield _figure(accounted, row, measure, title, said, unit, parts, rests, place, where)


def _leaf(
    accounted: Accounted, service: str, item: str, ecosystem: str, measure: str
) -> tuple[Text, list[str]]:
    """Return how an amount or a value is worked out that is no sum of other figures."""
    if measure == "physical":
        tables = accounted.amount(service, item, ecosystem).tables
        return (OF_ROWS if tables else OF_CELLS), []
    if accounted.prices(service, item):
        return OF_AMOUNT, [accounted.code(service, ecosystem, "physical", item)]
    return OF_MONEY, []


def _figure(
    accounted: Accounted, row: Mapping[str, str], measure: str, title: Text, said: Text, unit: str,
    parts: Iterable[str], rests: Rests, place: dict[str, str], where: dict[str, Any],
) -> Figure:  # fmt: skip
    of = MEASURES[measure]
    if measure == "physical":
        record = accounted.services[place["service"]]
        of = Text(record["physical_zh"], record["physical_en"])
    return Figure(
        code=f"{row['code']}/{measure}", title=titled(title, place["ecosystem"], of),
        value=row[measure], unit=unit, column=measure, said=said,
        formula=RATIOS.get(measure, ""), price_year=row["price_year"] if "CNY" in unit else "",
        parts=tuple(parts), rests=rests, place={"standard": accounted.id, **place}, **where,
    )  # fmt: skip


def titled(what: Text, ecosystem: str, measure: Text) -> Text:
    """Return the title of a figure: of what, where, which measure."""
    where = place_title(ecosystem)
    return Text(f"{what.zh}，{where.zh}：{measure.zh}", f"{what.en}, {where.en}: {measure.en}")


def place_title(ecosystem: str) -> Text:
    """Return what an ecosystem's part of a code means."""
    if ecosystem == ALL:
        return Text("全部生态系统", "all ecosystems")
    if ecosystem == UNSHARED:
        return Text("未分摊到生态系统", "not shared out over ecosystems")
    title = ecosystem_title(ecosystem)
    return Text(f"{ecosystem} {title.zh}", f"{ecosystem} {title.en}")


def _price_unit(unit: str) -> str:
    """Return the unit of a price per unit of an amount: CNY/year over m3/year is CNY/m3."""
    if not unit:
        return ""
    of = unit.removesuffix("/year")
    money = "CNY" if of != unit else MONEY
    return f"{money}/({of})" if {"/", "*"} & set(of) else f"{money}/{of}"


def _covers(variant: Mapping[str, Any], place: str) -> bool:
    if place == UNSHARED:
        return variant.get("spread") == "none"
    return place in variant["classes"] or place[:1] in variant["classes"]


def _takes_amount(valuation: Mapping[str, Any]) -> bool:
    return any(given["kind"] == "physical" for given in valuation["inputs"])
