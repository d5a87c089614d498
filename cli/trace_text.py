"""What is behind a figure, as text: one page for a person who has to believe it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cli.labels import GRADES, number, parameter_title, reference, titled
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.formula import plain
from data_catalog.tables import tables
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from gep.trace import Trace

__all__ = ["show_trace"]

LINES = {
    "found": Text("见 {file} 第 {line} 行，{column} 列", "in {file}, line {line}, column {column}"),
    "prices": Text("（{}年价格）", " (prices of {})"),
    "standard": Text("核算标准：{}", "Standard: {}"),
    "how": Text("如何得到", "How it is worked out"),
    "formula": Text("公式：{}", "Formula: {}"),
    "source": Text("出处：{}，{}", "Source: {}, {}"),
    "parts": Text("由这些数字得到", "The figures it is worked out from"),
    "models": Text("公式与符号", "Formulas and symbols"),
    "parameters": Text("参数行与价格", "Parameter rows and prices"),
    "layers": Text("图层", "Layers"),
    "made": Text("由模型推算的图层", "Layers that were modelled"),
    "tables": Text("统计表与对象", "Tables and objects"),
    "counted": Text("计入的面积", "Land that is counted"),
    "area": Text(
        "{area} hm2，{parcels} 块宗地，约 {cells} 个像元",
        "{area} ha in {parcels} parcels, about {cells} cells",
    ),
    "missing": Text("其中缺少输入的面积占 {} %", "inputs are missing on {} % of it"),
    "parcels": Text("宗地：{}", "Parcels: {}"),
    "again": Text("如何重算", "How to compute it again"),
    "command": Text("命令：{}", "Command: {}"),
    "check": Text(
        "用 sha256 相同的文件重算，再用同一代码查询，应得到同一数值。软件：{}",
        "With files of the same sha256 the same code gives the same value. Software: {}",
    ),
    "sources": Text("出处", "Sources"),
    "comma": Text("，", ", "),
    "lines": Text("第 {} 行", "lines {}"),
    "rows": Text("{} 行，见下", "{} rows, see below"),
    "own": Text("表中该列的数", "the rows' own column"),
}  # fmt: skip
KINDS = {
    "layer": Text("图层", "layer"),
    "column": Text("表列", "column"),
    "physical": Text("功能量", "amount"),
    "grid": Text("由网格或日历", "from grid or calendar"),
    "annual_flow": Text("年流量", "yearly flow"),
}
GRID = {
    "latitude": Text("纬度", "latitude"),
    "month": Text("月份", "month"),
    "days": Text("天数", "days"),
    "day_of_year": Text("年积日", "day of the year"),
    "cell_size": Text("像元大小", "cell size"),
    "cell_width": Text("像元宽", "cell width"),
    "cell_height": Text("像元高", "cell height"),
}
SYMBOLS = (Text("符号", "symbol"), Text("含义", "meaning"), Text("取自", "from"))
PARTS = (Text("代码", "code"), Text("数值", "value"), Text("单位", "unit"), Text("含义", "meaning"))
ROWS = (
    Text("参数行", "row"), Text("含义", "meaning"), Text("数值", "value"), Text("单位", "unit"),
    Text("年份", "year"), Text("可信度", "grade"), Text("出处、位置与说明", "source, place, note"),
)  # fmt: skip
LAYERS = (
    Text("图层", "layer"), Text("文件", "file"), Text("对齐方法", "alignment"),
    Text("有值像元", "cells"), Text("缺测像元", "missing"), Text("sha256", "sha256"),
)  # fmt: skip
FEW = 3
"""Rows of a parameter named beside its symbol."""


def show_trace(trace: "Trace", lang: Language) -> None:
    """Print everything behind a figure."""
    show_title(trace.code)
    show(trace.title[lang], indent=2)
    years = LINES["prices"][lang].format(trace.price_year) if trace.price_year else ""
    show(f"{trace.value} {trace.unit}{years}", indent=2)
    found = {"file": trace.file, "line": trace.line, "column": trace.column}
    show(LINES["found"][lang].format(**found), indent=2)
    if trace.standard:
        name = titled(trace.standard_title, trace.standard, lang)
        show(LINES["standard"][lang].format(name), indent=2)
    show_heading(LINES["how"][lang])
    show(trace.said[lang], indent=2)
    if trace.formula:
        show(LINES["formula"][lang].format(plain(trace.formula)), indent=2)
    _table("parts", PARTS, ((p.code, p.value, p.unit, p.title[lang]) for p in trace.parts), lang)
    _show_models(trace, lang)
    _table("parameters", ROWS, (_row(row, lang) for row in trace.parameters), lang)
    _show_layers(trace, lang)
    _show_sources(trace, lang)
    _show_tables(trace, lang)
    _show_counted(trace, lang)
    show_heading(LINES["again"][lang])
    show(LINES["command"][lang].format(trace.recompute), indent=2)
    software = ", ".join(f"{name} {version}" for name, version in trace.software.items())
    show(LINES["check"][lang].format(software), indent=2)


def _table(
    heading: str, header: Iterable[Text], rows: Iterable[tuple[str, ...]], lang: Language
) -> None:
    found = list(rows)
    if found:
        show_heading(LINES[heading][lang])
        show_table([title[lang] for title in header], found)


def _show_models(trace: "Trace", lang: Language) -> None:
    used = {_name(row): row for row in trace.parameters}
    if trace.models:
        show_heading(LINES["models"][lang])
    for model in trace.models:
        _show_model(model, used, lang)


def _show_model(
    model: Mapping[str, Any], used: Mapping[str, Mapping[str, Any]], lang: Language
) -> None:
    title = Text(model["title_zh"], model["title_en"])
    show(titled(title, model["id"], lang), indent=2)
    show(LINES["formula"][lang].format(plain(model["formula"])), indent=4)
    show(LINES["source"][lang].format(model["source"], model["where"]), indent=4)
    if note := model[f"note_{lang}"]:
        show(note, indent=4)
    rows = [_input(given, used, lang) for given in model["inputs"]]
    show_table([title[lang] for title in SYMBOLS], rows)


def _input(
    given: Mapping[str, Any], used: Mapping[str, Mapping[str, Any]], lang: Language
) -> tuple[str, str, str]:
    symbol, kind = plain(given.get("symbol", "")), given["kind"]
    what = KINDS[kind][lang] if kind in KINDS else ""
    if kind in {"parameter", "coefficients"}:
        names = [name for name in given["rows"] if name in used]
        return symbol, parameter_title(given["parameter"])[lang], _numbers(names, used, lang)
    if kind == "grid":
        return symbol, GRID[given["name"]][lang], what
    if kind == "column":
        return symbol, _column_title(given["name"])[lang], f"{what} {given['name']}"
    if kind == "layer":
        return symbol, given[f"title_{lang}"], f"{what} {given['name']}"
    return symbol, what, given["units"]


def _numbers(names: list[str], used: Mapping[str, Mapping[str, Any]], lang: Language) -> str:
    """Return the rows of a parameter, or how many there are."""
    if not names:
        return LINES["own"][lang]
    if len(names) > FEW:
        return LINES["rows"][lang].format(len(names))
    return "; ".join(f"{name} = {_amount(used[name])}" for name in names)


def _column_title(name: str) -> Text:
    found = (t.columns[name].title for t in tables().values() if name in t.columns)
    return next(found, Text(name, name))


def _amount(row: Mapping[str, Any]) -> str:
    unit = "" if row["units"] == "1" else f" {row['units']}"
    return f"{number(row['value'])}{unit}"


def _row(row: Mapping[str, Any], lang: Language) -> tuple[str, ...]:
    place = LINES["comma"][lang].join(
        part for part in (row["source"], row["where"], row["note"]) if part
    )
    return (
        _name(row), parameter_title(row["parameter"])[lang], number(row["value"]), row["units"],
        row["year"], GRADES[row["grade"]][lang], place,
    )  # fmt: skip


def _show_sources(trace: "Trace", lang: Language) -> None:
    """Print each source once, with its title and where to find it."""
    models = (*trace.models, *(layer.model for layer in trace.layers if layer.model is not None))
    keys = dict.fromkeys(str(row["source"]) for row in (*trace.parameters, *models))
    if keys:
        show_heading(LINES["sources"][lang])
    for key in keys:
        known = reference(key)
        show(f"{key}  {known}" if known != key else key, indent=2)


def _name(row: Mapping[str, Any]) -> str:
    from tiles.lineage import name_of

    return name_of(row)


def _show_layers(trace: "Trace", lang: Language) -> None:
    rows = [
        (
            titled(layer.title, layer.name, lang), layer.path or "-", layer.method[lang],
            _count(layer.cells_with_value), _count(layer.cells_missing), layer.sha256 or "-",
        )
        for layer in trace.layers
    ]  # fmt: skip
    _table("layers", LAYERS, rows, lang)
    modelled = [layer for layer in trace.layers if layer.model is not None]
    if modelled:
        show_heading(LINES["made"][lang])
    used = {_name(row): row for row in trace.parameters}
    for layer in modelled:
        show(titled(layer.title, layer.name, lang), indent=2)
        if layer.model is not None:
            _show_model(layer.model, used, lang)


def _count(cells: int | None) -> str:
    return "" if cells is None else str(cells)


def _show_tables(trace: "Trace", lang: Language) -> None:
    if trace.tables:
        show_heading(LINES["tables"][lang])
    for used in trace.tables:
        show(" ".join(_words_of(used.path, used.lines, used.sources, lang)), indent=2)
        show(f"sha256 {used.sha256}", indent=4)


def _words_of(path: str, lines: str, sources: tuple[str, ...], lang: Language) -> Iterator[str]:
    yield path
    if lines:
        yield LINES["lines"][lang].format(lines)
    if sources:
        yield f"({'; '.join(sources)})"


def _show_counted(trace: "Trace", lang: Language) -> None:
    show_heading(LINES["counted"][lang])
    land = trace.counted
    if land is not None:
        words = {"area": f"{land.area_ha:,.2f}", "parcels": f"{land.parcels:,}"}
        show(LINES["area"][lang].format(**words, cells=f"{land.cells:,}"), indent=2)
        if land.missing_share is not None:
            show(LINES["missing"][lang].format(f"{100 * land.missing_share:.3g}"), indent=2)
    show(LINES["parcels"][lang].format(trace.parcels), indent=2)
