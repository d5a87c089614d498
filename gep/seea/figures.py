"""The figures of the SEEA tables of a run, with all that they rest on."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_catalog.classes.seea import economic_units
from data_catalog.text import Text
from gep.codes import ALL, SEEA, UNSHARED, seea_code
from gep.figures import Accounted, place_title, titled
from gep.places import ECOSYSTEM
from gep.seea.labels import TOTAL
from gep.seea.notes import COLUMNS
from gep.seea.of_run import BASELINE
from gep.seea.supply_use import NOT_ALLOCATED, NOT_ALLOCATED_TITLE
from tiles.lineage import Figure, Rests, TableUsed, cells_of

__all__ = ["seea_figures"]

TITLES = {
    "extent": Text("生态系统范围", "ecosystem extent"),
    "extent_change_matrix": Text("生态系统转移", "change of ecosystems"),
    "extent_iucn_get": Text("按 IUCN 功能群的范围", "extent by IUCN functional group"),
    "condition": Text("生态系统状况", "ecosystem condition"),
    "supply_physical": Text("实物供给", "physical supply"),
    "use_physical": Text("实物使用", "physical use"),
    "supply_monetary": Text("价值供给", "monetary supply"),
    "use_monetary": Text("价值使用", "monetary use"),
    "asset": Text("生态系统资产", "ecosystem asset"),
}
KEYS = {
    "extent_change_matrix": ("ecosystem_from",), "extent_iucn_get": ("group",),
    "condition": ("ecosystem", "variable"), "supply_physical": ("service",),
    "use_physical": ("service",), "supply_monetary": ("service",), "use_monetary": ("service",),
}  # fmt: skip
LABELS = {
    "ecosystem", "ecosystem_from", "group", "ecosystems", "variable", "service", "unit", "grade",
    "in_gep", "price_year",
}  # fmt: skip
"""Columns without figures, beside those that end in a language."""
TOTALS = {"total_supply", "total_use", "total_opening"}
OF_MAPS = Text("由土地覆盖图按面积统计。", "Areas of the land cover maps, summed.")
CHANGE = Text("由转移矩阵统计：见公式。", "From the change matrix, by the formula.")
CONDITION = Text("按面积加权的平均值。", "Mean weighted by area.")
SUPPLY = Text("即账户中的该项服务。", "The service as it is in the account.")
USE = Text("使用份额乘以总供给。", "The user's share times the total supply.")
ASSET = Text(
    "计入总值的服务的年流量折为现值。", "Present value of the yearly flows of services that count."
)
CHANGE_OF_ASSET = Text(
    "与期初账户之差，按面积、功能量与价格分解（见 docs/seea.md）。",
    "The difference to the account at opening, split by land, amount and price (docs/seea.md).",
)
SUM = Text("各部分之和。", "The sum of its parts.")
FORMULAS = {
    "unchanged": "M_{ii}", "opening": r"\sum_j M_{ij}", "closing": r"\sum_i M_{ij}",
    "additions": r"\sum_{i \ne j} M_{ij}", "reductions": r"\sum_{j \ne i} M_{ij}",
    "net_change": r"\sum_i M_{ij} - \sum_j M_{ij}",
}  # fmt: skip
"""Of the extent account, by column; M the area that moved from row to column."""


@dataclass(frozen=True)
class Table:
    """One of the tables, its figures by row and column."""

    accounted: Accounted
    name: str
    rows: tuple[tuple[int, Mapping[str, str]], ...]

    @property
    def prefix(self) -> str:
        """Return the part of its codes that tells the standard; empty for the first of the run."""
        return "" if self.accounted.first else self.accounted.id

    def keys(self, row: Mapping[str, str]) -> list[str]:
        """Return what tells a row from all others."""
        return [row[key] for key in KEYS.get(self.name, ("ecosystem",))]

    def code(self, row: Mapping[str, str], column: str, table: str = "") -> str:
        """Return the code of a figure of this table, or of the same place in another."""
        return seea_code(self.prefix, table or self.name, self.keys(row), column)

    def columns(self, row: Mapping[str, str]) -> list[str]:
        """Return the columns in which a row has a figure."""
        return [c for c, text in row.items()
                if text and c not in LABELS and not c.endswith(("_zh", "_en"))]  # fmt: skip

    def column(self, column: str) -> list[str]:
        """Return the codes of a column's figures without its total."""
        rows = (row for _, row in self.rows if TOTAL not in self.keys(row))
        return [self.code(row, column) for row in rows if row[column]]


def seea_figures(accounted: Accounted) -> Iterator[Figure]:
    """Yield the figures of the SEEA tables under one standard."""
    folder = Path(SEEA) / ("" if accounted.first else accounted.id)
    for name in TITLES:
        file = folder / f"{name}.csv"
        table = Table(accounted, name, tuple(cells_of(accounted.lineage.run / file)))
        for line, row in table.rows:
            for column in table.columns(row):
                said, formula, parts, rests = _how(table, row, column)
                yield Figure(
                    code=table.code(row, column), title=_title(table, row, column),
                    value=row[column], unit=row["unit"], file=file.as_posix(), line=line,
                    column=column, said=said, formula=formula, parts=tuple(parts), rests=rests,
                    price_year=row.get("price_year", ""), place=_place(table, row, column),
                )  # fmt: skip


How = tuple[Text, str, Iterable[str], Rests]


def _how(table: Table, row: Mapping[str, str], column: str) -> How:
    if table.name.startswith("extent"):
        return _extent(table, row, column)
    if table.name == "condition":
        return _condition(table, row)
    if table.name == "asset":
        return _asset(table, row, column)
    return _services(table, row, column)


def _extent(table: Table, row: Mapping[str, str], column: str) -> How:
    lineage = table.accounted.lineage
    two_dates = "opening" in row or table.name == "extent_change_matrix"
    maps = [ECOSYSTEM, BASELINE] if two_dates else [ECOSYSTEM]
    if column == "closing":
        maps = [ECOSYSTEM]
    elif column in {"opening", "total_opening"}:
        maps = [BASELINE]
    rests = lineage.layers(maps)
    formula = FORMULAS.get(column, "") if two_dates else ""
    if table.name == "extent_iucn_get":
        codes = row["ecosystems"].split()
        rests.add(_chosen(table, "iucn_groups", "ecosystem", codes))
    if TOTAL in table.keys(row):
        return SUM, "", table.column(column), rests
    if column == "total_opening":
        return SUM, "", [table.code(row, c) for c in table.columns(row) if c != column], rests
    if table.name == "extent_iucn_get" and column in {"opening", "closing"}:
        parts = [seea_code(table.prefix, "extent", [c], column) for c in codes]
        return SUM, "", parts, rests
    return (CHANGE if formula else OF_MAPS), formula, [], rests


def _condition(table: Table, row: Mapping[str, str]) -> How:
    lineage = table.accounted.lineage
    models = {m["id"]: m for m in lineage.manifest["indicators"]}
    model = models[row["variable"]]
    rests = lineage.rests(model, row["ecosystem"]).add(lineage.layers([ECOSYSTEM]))
    return CONDITION, "", [], rests


def _services(table: Table, row: Mapping[str, str], column: str) -> How:
    accounted, service = table.accounted, row["service"]
    if service == TOTAL:
        rows = [r for _, r in table.rows if r["in_gep"] == "yes" and r[column]]
        rests = Rests().add(*(_services(table, r, column)[-1] for r in rows))
        return SUM, "", [table.code(r, column) for r in rows], rests
    measure = "physical" if table.name.endswith("physical") else "value"
    word = seea_code("", "", [], column).rpartition("/")[2]
    if table.name.startswith("supply") and column not in TOTALS:
        rests = Rests().add(accounted.rests(service, word, measure))
        return SUPPLY, "", [accounted.code(service, word, measure)], rests
    rests = Rests().add(accounted.rests(service, ALL, measure))
    if column in TOTALS:
        return SUM, "", [table.code(row, c) for c in table.columns(row) if c != column], rests
    users = _chosen(table, "users", "service", [service])
    supplied = table.code(row, "total_supply", table.name.replace("use", "supply"))
    nothing = float(row[column]) == 0  # a share of nothing stays nothing
    return USE, "", [supplied], users if nothing else rests.add(users)


def _asset(table: Table, row: Mapping[str, str], column: str) -> How:
    accounted, lineage = table.accounted, table.accounted.lineage
    place = ALL if row["ecosystem"] == TOTAL else row["ecosystem"] or UNSHARED
    names = [name for name in accounted.counted() if accounted.has(name, place, "value")]
    model = accounted.section["seea_inputs"]["asset"]
    rests = lineage.rests(model)
    if column != "opening":
        for name in names:
            rests.add(accounted.rests(name, place, "value"))
            if column != "closing":
                rests.add(accounted.rests(name, place, "physical"))
    if column != "closing":
        path = f"{lineage.manifest['project']['tables']['opening_run']}/manifest.json"
        used = TableUsed(table="opening_run", path=path, sha256=lineage.digest(path), lines="",
                         sources=())  # fmt: skip
        rests.tables[used] = None
        rests.add(lineage.layers([ECOSYSTEM, BASELINE]))
    if row["ecosystem"] == TOTAL:
        return SUM, "", table.column(column), rests
    if column == "closing":
        parts = [accounted.code(name, place, "value") for name in names]
        return ASSET, model["formula"], parts, rests
    return CHANGE_OF_ASSET, "", [], rests


def _chosen(table: Table, name: str, key: str, wanted: list[str]) -> Rests:
    """Return the lines of a table of the user's that speak of some services or ecosystems."""
    found = Rests()
    for read in table.accounted.section["seea_inputs"].get(name, ()):
        if read[key] in wanted:
            used = table.accounted.lineage.table(name, read["lines"], read["sources"])
            found.tables[used] = None
    return found


def _place(table: Table, row: Mapping[str, str], column: str) -> dict[str, str]:
    place: dict[str, Any] = {"standard": table.accounted.id}
    for key in ("service", "variable"):
        if key in row:
            place[key] = row[key]
    if "ecosystem" in row:
        place["ecosystem"] = ALL if row["ecosystem"] == TOTAL else row["ecosystem"] or UNSHARED
    elif "service" in row:
        word = column.split(maxsplit=1)[0]
        place["ecosystem"] = word if word.isdigit() else ALL
    return place


def _title(table: Table, row: Mapping[str, str], column: str) -> Text:
    what = TITLES[table.name]
    measure = COLUMNS.get(column, Text(column, column))
    word = column.split(maxsplit=1)[0]
    if word.isdigit():
        measure = place_title(word)
    users = economic_units() | {NOT_ALLOCATED: NOT_ALLOCATED_TITLE}
    if word in users:
        measure = users[word]
    if "service" in row:
        of = Text(row["service_zh"], row["service_en"])
        return Text(f"{what.zh}，{of.zh}：{measure.zh}", f"{what.en}, {of.en}: {measure.en}")
    if table.name == "extent_iucn_get":
        name = Text(row["group_zh"], row["group_en"])
        return Text(f"{what.zh}，{name.zh}：{measure.zh}", f"{what.en}, {name.en}: {measure.en}")
    if "variable" in row:
        measure = Text(row["variable_zh"], row["variable_en"])
    code = table.keys(row)[0]
    return titled(what, ALL if code == TOTAL else code or UNSHARED, measure)
