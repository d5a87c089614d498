"""`gep loan quick`: the small loan, valued by the bank itself on one page."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.loan.file import FAULTS
from cli.commands.loan.schedule import DAY, exact
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.quick.record import SelfValuation

TITLE = Text("宗地 {parcel}，申请 {amount}", "Parcel {parcel}, {amount} asked for")
ROWS = (
    Text("面积", "area"), Text("碳汇量（均值；下限）", "tonnes (mean; lower bound)"),
    Text("价格（市场，日期）", "price (market, day)"), Text("谨慎价值", "lending value"),
    Text("覆盖率", "coverage"), Text("按政策最多可贷", "highest loan by the policy"),
    Text("重复质押检查", "double pledges"),
)  # fmt: skip
NOT_SEARCHED = Text("未比对登记簿", "no register was searched")
MET = Text("{count} 项，最重：{worst}", "{count} found, the worst: {worst}")
CLEAR = Text("未发现", "none found")
UNMADE = Text("；{count} 项检查因未声明事实而没有做", "; {count} checks want declared facts")
ABOVE = Text(
    "申请金额不低于 {limit} 元，超出自评估小额贷款的范围：须委托外部评估，"
    "并用 gep loan file 编制授信档案。",
    "The amount is not below {limit} CNY, beyond what the quick route may decide: it needs an "
    "outside valuation, and a loan file (gep loan file).",
)
WRITTEN = Text("已写入 {files}", "written: {files}")


@click.command()
@click.argument("parcel", type=options.PATH)
@click.option(
    "--amount", metavar="NUMBER", callback=exact, required=True, help="The loan asked for, CNY."
)
@click.option(
    "--id", "parcel_id", metavar="ID", help="The parcel, where the file or run has several."
)
@click.option(
    "--facts", type=options.PATH, required=True,
    help="TOML of the holding: yield or tonnes, ends, cycle, costs, market.",
)  # fmt: skip
@click.option("--policy", type=options.PATH, required=True, help="The bank's policy, a TOML file.")
@click.option("--vintages", type=options.PATH, help="Tonnes by parcel and years (.csv, .parquet).")
@click.option("--prices", type=options.PATH, help="Dated prices of your own (.csv).")
@click.option(
    "--papers", type=options.PATH,
    help="Facts seen in documents: a row per parcel, columns as `gep pledge check` takes them.",
)  # fmt: skip
@click.option(
    "--registry", metavar="PATH",
    help="The pledge registry (.db or address), or a file of claims, to search for conflicts.",
)  # fmt: skip
@click.option(
    "--on", "on", type=DAY, metavar="YYYY-MM-DD",
    help="The day of the search; by default today.",
)  # fmt: skip
@click.option("--fonts", type=options.PATH, help="A folder of fonts for rare characters.")
@click.option(
    "--out", type=options.PATH, required=True,
    help="Where the page is written; the figures go beside it as JSON.",
)  # fmt: skip
@options.overwrite
@options.as_json
@options.lang
def quick(
    parcel: Path, amount: Decimal, parcel_id: str | None, facts: Path, policy: Path,
    vintages: Path | None, prices: Path | None, papers: Path | None, registry: str | None,
    on: datetime | None, fonts: Path | None, out: Path, *, overwrite: bool, as_json: bool,
    lang: Language,
) -> int:  # fmt: skip
    """Value PARCEL, a file of polygons or a run folder, for a small loan, on one A4 page.

    The page says what the bank may say by itself and no more: it is not an appraisal report.
    """
    from cli.terminal import show
    from lending.loan_file.writing import write_pair
    from lending.paper import typeset
    from lending.quick import QuickFiles, open_self_valuation, page

    day = on.date() if on else date.today()  # noqa: DTZ011  (the desk's own day)
    files = QuickFiles(
        land=parcel, facts=facts, policy=policy, vintages=vintages, prices=prices, papers=papers,
        registry=registry or "",
    )  # fmt: skip
    record = open_self_valuation(files, amount, day, parcel_id)
    pdf = typeset(page(record, lang), fonts)
    written = write_pair(out, pdf, record.to_json(), overwrite=overwrite)
    if as_json:
        click.echo(record.to_json())
    else:
        _show(record, lang)
        show(WRITTEN[lang].format(files=", ".join(str(f) for f in written)))
    if record.above_limit:
        click.echo(ABOVE[lang].format(limit=f"{record.limit.amount:,.0f}"), err=True)
    barred = record.search is not None and record.search.worst() == "BLOCK"
    return FAULTS if barred or record.above_limit else 0


def _show(record: "SelfValuation", lang: Language) -> None:
    from cli.terminal import show_table
    from lending.paper import amounts

    found, row = record.valuation.results, record.valuation.inputs.price
    cells = (
        amounts.area(float(record.parcel.area_ha), lang),
        f"{amounts.tonnes(found.tonnes_mean)}; {amounts.tonnes(found.tonnes_lower)}",
        f"{row.price:g} ({row.market}, {row.last_day})",
        amounts.yuan(found.lending_value, lang),
        amounts.percent(found.coverage_ratio),
        amounts.yuan(found.max_loan, lang),
        _conflicts(record, lang),
    )
    title = TITLE[lang].format(
        parcel=record.parcel.parcel_id, amount=amounts.yuan(record.amount, lang)
    )
    show_table((title, ""), [(t[lang], c) for t, c in zip(ROWS, cells, strict=True)])


def _conflicts(record: "SelfValuation", lang: Language) -> str:
    from lending.loan_file.words import level

    search = record.search
    if search is None:
        return NOT_SEARCHED[lang]
    told = CLEAR[lang]
    if search.met:
        told = MET[lang].format(count=len(search.met), worst=level(search.worst(), lang))
    unmade = len({one.check for one in search.not_looked_at})
    return told + (UNMADE[lang].format(count=unmade) if unmade else "")
