"""`gep demo`: the nine counties of Lishui from the bundled data, end to end, and where to look."""

import csv
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from review.overview import Overview
    from review.table import Column, Table

DATASET = "lishui"
PLACE = "Lishui city"
"""What the bundled statistics call the city."""
SURVEY = "2008"
"""Year of the last published forest cover among them."""
HEADING = {"zh": 7, "en": 13}
"""Characters that a heading is folded to."""
INDENT = 2
PART = {"": "", "part": "  ", "subtotal": ""}
"""What stands before a row's name, by what the row is."""

TITLE = Text(
    "丽水市生态产品总值与森林碳储量：{year} 年示范账户",
    "Gross ecosystem product and forest carbon of Lishui: demonstration account of {year}",
)
COLON = Text("：", ": ")
NOT_COMPUTED = Text("没有计算的", "Not computed, and why")
MODELLED = Text("模拟而非实测的图层", "Layers that were modelled, not measured")
MADE = Text("{variable}：{method}，由{layers}推算", "{variable}: {method}, from {layers}")
TRUST = Text("可信程度", "How far to trust the value")
SHARE = Text(
    "价值量中有 {share}% 依据估计的或未核对原文的参数：{services}。",
    "{share} % of the value rests on parameters that are estimated or not checked against the "
    "printed text: {services}.",
)
STANDARD = Text("核算标准：{title}（{id}）。", "Standard: {title} ({id}).")
PRICES = Text("价格年：{services}。", "Price years: {services}.")
LIMITS = Text("数据的局限", "Honest limits of these data")
LOOK = Text("到哪里看", "Where to look")
PAGE = Text("地图与全部说明（用浏览器打开）", "map and all explanations, in a browser")
FILES = (
    (
        "parcels.parquet",
        Text("各县图形、面积、功能量、价值量", "counties: outline, area, services"),
    ),
    ("account.csv", Text("按服务与生态系统汇总", "sums by service and ecosystem")),
    ("carbon.csv", Text("碳储量汇总", "carbon stock by pool")),
    ("seea/extent.csv", Text("各生态系统面积", "area by ecosystem")),
    ("maps/", Text("每项服务的栅格图", "a raster map per service")),
    (
        "manifest.json",
        Text("输入摘要、参数与来源、软件版本", "inputs by hash, parameters, versions"),
    ),
)


@click.command()
@click.option(
    "--out", type=options.PATH, default=Path("gep-demo"), show_default=True,
    help="The run folder to write.",
)  # fmt: skip
@options.workers
@options.overwrite
@options.lang
def demo(out: Path, workers: int, *, overwrite: bool, lang: Language) -> int:
    """Compute the bundled Lishui counties into a run folder, print the account and write a page."""
    from data_catalog.datasets import folder
    from data_catalog.formula import plain
    from review.overview import read_overview
    from review.page import write_page
    from review.published import compared, read_statistics

    data = folder(DATASET)
    _compute(data / "project.toml", out, workers, overwrite=overwrite)
    overview = read_overview(out)
    balance = compared(overview, read_statistics(data / "statistics.csv"), PLACE, SURVEY)
    limits = _limits(data / "limits.csv")
    page = write_page(out, lang, more=[balance], warnings=limits, formula=plain)
    _tell(overview, balance, limits, page, lang)
    return 0


def _compute(project: Path, out: Path, workers: int, *, overwrite: bool) -> None:
    from cli.accounts import accounts_of
    from cli.progress import progress_bar
    from tiles.compute import compute
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    how = How(tile=wanted.project.tile, workers=workers, scheduler="threads")
    with progress_bar(wanted.project.name, shown=True) as report:
        compute(wanted, accounts_of(wanted), out, how, overwrite=overwrite, report=report)


def _limits(path: Path) -> list[Text]:
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [Text(row["zh"], row["en"]) for row in rows]


def _tell(
    overview: "Overview", balance: "Table", limits: list[Text], page: Path, lang: Language
) -> None:
    from cli.terminal import show, show_heading
    from review.page import headline
    from review.tables import all_tables

    show(TITLE[lang].format(year=overview.year))
    for label, text in headline(overview):
        show(f"{label[lang]}{COLON[lang]}{text[lang]}", INDENT)
    for table in (*all_tables(overview), balance):
        _show(table, lang)
    _show_refusals(overview, lang)
    _show_list(MODELLED, _modelled(overview, lang), lang)
    _show_list(TRUST, _trust(overview, lang), lang)
    _show_list(LIMITS, [limit[lang] for limit in limits], lang)
    show_heading(LOOK[lang])
    show(f"{page}  {PAGE[lang]}", INDENT)
    for name, what in FILES:
        show(f"{page.parent / name}{'/' if name.endswith('/') else ''}  {what[lang]}", INDENT)


def _show(table: "Table", lang: Language) -> None:
    from cli.terminal import show, show_heading, show_table

    show_heading(table.title[lang])
    rows = [[cell[lang] for cell in row] for row in table.rows]
    for place, row in enumerate(rows):
        row[0] = PART[table.kind(place)] + row[0]
    if table.total:
        rows.append([cell[lang] for cell in table.total])
    right = [place for place, column in enumerate(table.columns) if column.number]
    show_table([_heading(c, lang) for c in table.columns], rows, right=right)
    for note in table.notes:
        show(note[lang], INDENT)


def _heading(column: "Column", lang: Language) -> str:
    parts = (column.title[lang], column.unit[lang])
    lines = [textwrap.wrap(part, HEADING[lang], break_long_words=False) for part in parts]
    return "\n".join(line for part in lines for line in part)


def _show_list(title: Text, lines: list[str], lang: Language) -> None:
    from cli.terminal import show, show_heading

    show_heading(title[lang])
    for line in lines:
        show(f"- {line}", INDENT)


def _show_refusals(overview: "Overview", lang: Language) -> None:
    """Print what was not computed: one reason on the same line, several each on its own."""
    from cli.terminal import show, show_heading

    show_heading(NOT_COMPUTED[lang])
    for refusal in overview.refusals:
        first, *more = (cause[lang] for cause in refusal.causes)
        named = f"- {refusal.title[lang]}{COLON[lang]}"
        show((named if more else named + first).rstrip(), INDENT)
        for cause in (first, *more) if more else ():
            show(f"· {cause}", 2 * INDENT)


def _modelled(overview: "Overview", lang: Language) -> list[str]:
    from data_catalog.variables import variable

    comma = Text("、", ", ")[lang]
    return [
        MADE[lang].format(
            variable=m[f"variable_{lang}"],
            method=m[f"title_{lang}"],
            layers=comma.join(variable(name).title[lang] for name in m["from"]),
        )
        for m in overview.manifest["modelled"]
    ]


def _trust(overview: "Overview", lang: Language) -> list[str]:
    from review.figures import share
    from review.grades import GRADES

    comma = Text("、", ", ")[lang]
    brackets = Text("{}（{}）", "{} ({})")[lang]
    doubtful = [
        brackets.format(s[f"title_{lang}"], GRADES[s["grade"]][lang])
        for s in overview.services
        if s["doubtful"]
    ]
    priced = [brackets.format(s[f"title_{lang}"], s["price_year"]) for s in overview.services]
    manifest = overview.manifest
    return [
        SHARE[lang].format(
            share=share(manifest["doubtful_share"] or 0), services=comma.join(doubtful)
        ),
        PRICES[lang].format(services=comma.join(priced)),
        STANDARD[lang].format(title=manifest[f"standard_title_{lang}"], id=manifest["standard"]),
    ]
