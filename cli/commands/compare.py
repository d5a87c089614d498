"""`gep compare`: why the value changed, and price and volume indices."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    import pandas as pd

    from gep.comparison import Change, IndexSeries, RunAccount
    from review.figures import Scale

FEWEST = 2
TITLE = Text("GEP 为什么变化：{} 至 {} 年", "Why GEP changed: {} to {}")
REVISED = Text("{} 年的两个账户", "Two accounts of {}")
RUNS = Text("{year} 年：{run}（标准 {standard}）", "{year}: {run} (standard {standard})")
RESTATED = Text("重算的 {year} 年：{run}（标准 {standard}）",
                "{year} restated: {run} (standard {standard})")  # fmt: skip
UNIT = Text("单位：{}", "in {}")
TOTAL = Text("GEP 合计", "GEP total")
OUTSIDE = Text("（不计入）", " (not counted)")
GROWTH = Text("变化 %", "change %")
GROUPINGS = {"parcel": Text("宗地", "parcel"), "ecosystem": Text("生态系统", "ecosystem"),
             "service": Text("服务", "service")}  # fmt: skip
NAMELESS = Text("未分摊或无名称", "not shared out, or without a name")
AGAIN = Text("{}（重算）", "{} restated")
INDEX_TITLE = Text("指数（{} 年 = 100）", "Indices ({} = 100)")
CHAINED_TITLE = Text("链式指数（{} 年 = 100）", "Chained indices ({} = 100)")
INDEX = Text("指数", "index")
CONSTANT = Text("按 {} 年价格的价值（{}）", "value in prices of {} ({})")
VALUE_INDEX = Text("GEP（现价）", "GEP, current prices")
VOLUME, PRICE = Text("物量 {}", "volume, {}"), Text("价格 {}", "price, {}")
FORMULA_TITLES = {
    "laspeyres": Text("拉氏", "Laspeyres"), "paasche": Text("帕氏", "Paasche"),
    "fisher": Text("费雪", "Fisher"), "tornqvist": Text("特恩奎斯特", "Tornqvist"),
}  # fmt: skip
COVERED = Text("指数覆盖的 GEP 占比 %（上一年）", "GEP in the index, % (of the year before)")
CONSTANT_COVERED = Text("按不变价计算的 GEP 占比 %", "GEP at constant prices, %")
PARTS_TITLE = Text(
    "对物量增长的贡献（百分点，{} 至 {} 年）",
    "Contributions to the growth of the volume (percentage points, {} to {})",
)
GROWTH_TOTAL = Text("合计", "total")
UNDEFINED = Text(
    "“–”：特恩奎斯特物量指数要求每项数量两年均为正；有生态系统出现或消失时没有定义。",
    "A dash: the Tornqvist volume index needs positive amounts in both years; it is not defined "
    "where an ecosystem appears or vanishes.",
)
WRITTEN = Text("已写入：{}", "written to: {}")
NOTE = Text("注意：{}", "Note: {}")
TOO_FEW = Text("至少需要两个运行文件夹。", "Two run folders are needed, or more.")
ONLY_TWO = Text("--restated 只用于两个运行文件夹的比较。", "--restated goes with two run folders.")
MOST_ROWS = 200
LEFT_ROWS = Text("以上为变化最大的 {} 行，另有 {} 行见 --json 或 --out。",
                 "The {} rows that changed most; {} more are in --json and --out.")  # fmt: skip


@click.command()
@click.argument("runs", metavar="RUN_A RUN_B [RUN]...", type=options.PATH, nargs=-1, required=True)
@click.option("--restated", type=options.PATH, metavar="RUN",
              help="RUN_A's year computed again with RUN_B's method and data.")  # fmt: skip
@click.option(
    "--by", "grouping", default="service", show_default=True, metavar="WHAT",
    help="parcel, ecosystem, service, or a column of the parcels such as township.",
)  # fmt: skip
@click.option("--standard", metavar="ID", help="By default one that all the runs hold.")
@click.option("--out", type=options.PATH, help="A folder for effects, waterfall and index tables.")
@options.as_json
@options.lang
def compare(
    runs: tuple[Path, ...], restated: Path | None, grouping: str, standard: str | None,
    out: Path | None, *, as_json: bool, lang: Language,
) -> int:  # fmt: skip
    """Explain the change from RUN_A to RUN_B: area, condition, price, method, data.

    More than two runs, one a year, give chained indices; the effects are then those between the
    first and the last.
    """
    from gep.comparison import explain_change, index_series, read_accounts, write_comparison

    if len(runs) < FEWEST:
        raise click.UsageError(TOO_FEW[lang])
    if restated is not None and len(runs) > FEWEST:
        raise click.UsageError(ONLY_TWO[lang])
    every = (*runs, restated) if restated is not None else runs
    accounts = read_accounts(every, standard)
    again = accounts[-1] if restated is not None else None
    years = accounts[: len(runs)]
    change = explain_change(years[0], years[-1], again)
    linked = (change.start, *years[1:])
    one_year = len(runs) == FEWEST and change.before.year == change.after.year
    series = None if one_year else index_series(linked)
    groups = change.by(grouping)
    if out is not None:
        write_comparison(change, series, out, grouping)
    if as_json:
        _show_json(change, series, groups)
    else:
        _show(change, series, groups, lang)
    if out is not None:
        click.echo(WRITTEN[lang].format(out), err=True)
    return 0


def _show(
    change: "Change", series: "IndexSeries | None", groups: "pd.DataFrame", lang: Language
) -> None:
    from cli.terminal import show, show_title

    one, other = change.before.year, change.after.year
    title = REVISED[lang].format(one) if one == other else TITLE[lang].format(one, other)
    show_title(title)
    for account in (change.before, change.after):
        show(_said(account, RUNS, lang))
    if change.restated is not None:
        show(_said(change.restated, RESTATED, lang))
    for note in _notes(change, series):
        show(NOTE[lang].format(note[lang]))
    _show_effects(change, groups, lang)
    if series is not None:
        _show_indices(change, series, lang)
        _show_contributions(change, series, lang)


def _said(account: "RunAccount", text: Text, lang: Language) -> str:
    return text[lang].format(year=account.year, run=account.run, standard=account.standard)


def _notes(change: "Change", series: "IndexSeries | None") -> tuple[Text, ...]:
    from gep.comparison.notes import change_notes, series_notes

    return (*change_notes(change), *(series_notes(series) if series is not None else ()))


def _show_effects(change: "Change", rows: "pd.DataFrame", lang: Language) -> None:
    from cli.terminal import show, show_table
    from gep.comparison import TITLES
    from review.figures import scale_for

    grouping, total = str(rows.index.name), change.total()
    scale = scale_for([total["before"], total["after"]])
    titles = [str(change.before.year), *(TITLES[e][lang] for e in change.present),
              str(change.after.year), GROWTH[lang]]  # fmt: skip
    if change.before.year == change.after.year:
        titles[0], titles[-2] = TITLES["before"][lang], TITLES["after"][lang]
    lines = [
        [_name(change, grouping, str(name), lang), *_effect_cells(change, row, scale)]
        for name, row in _most_changed(rows).iterrows()
    ]
    lines.append([TOTAL[lang], *_effect_cells(change, total, scale)])
    group = GROUPINGS.get(grouping, Text(grouping, grouping))
    show()
    show(UNIT[lang].format(scale.of("CNY")[lang]))
    show_table([group[lang], *titles], lines, right=range(1, len(titles) + 1))
    if len(rows) > MOST_ROWS:
        show(LEFT_ROWS[lang].format(MOST_ROWS, len(rows) - MOST_ROWS))


def _most_changed(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return all rows in their order; of very many, those that changed most, greatest first."""
    if len(rows) <= MOST_ROWS:
        return rows
    change = (rows["after"] - rows["before"]).abs()
    return rows.loc[change.nlargest(MOST_ROWS).index]


def _effect_cells(change: "Change", row: "pd.Series[float]", scale: "Scale") -> list[str]:
    from review.figures import PERCENT

    growth = (row["after"] / row["before"] - 1) * PERCENT if row["before"] else float("nan")
    effects = [_step(row[e] / scale.factor) for e in change.present]
    return [scale.figure(row["before"]), *effects, scale.figure(row["after"]), _step(growth, 1)]


def _step(value: float, decimals: int = 2) -> str:
    """Return a difference with its sign; what rounds to nothing has none."""
    from review.figures import figure, signed

    text = figure(value, decimals)
    return signed(value, decimals) if any(c in "123456789" for c in text) else text


def _name(change: "Change", grouping: str, name: str, lang: Language) -> str:
    from cli.labels import key_title

    if not name:
        return NAMELESS[lang]
    if grouping == "service":
        outside = "" if name in change.counted else OUTSIDE[lang]
        return change.title(name)[lang] + outside
    return key_title(name, lang) if grouping == "ecosystem" else name


def _show_indices(change: "Change", series: "IndexSeries", lang: Language) -> None:
    from cli.terminal import show, show_heading, show_table
    from review.figures import PERCENT, figure, scale_for

    table, base = series.table, series.years[0]
    scale = scale_for(table["constant_price_value"])

    def line(title: str, column: str, factor: float = 1, decimals: int = 2) -> list[str]:
        return [title, *(figure(v / factor, decimals) for v in table[column])]

    lines = [line(VALUE_INDEX[lang], "value_index")]
    for kind, title in (("volume", VOLUME), ("price", PRICE)):
        lines += [
            line(title[lang].format(name[lang]), f"{kind}_{formula}")
            for formula, name in FORMULA_TITLES.items()
        ]
    constant = CONSTANT[lang].format(base, scale.of("CNY")[lang])
    lines += [
        line(constant, "constant_price_value", scale.factor),
        line(CONSTANT_COVERED[lang], "constant_price_coverage", 1 / PERCENT, 1),
        [COVERED[lang], *(_covered(row) for _, row in table.iterrows())],
    ]
    chained = len(series.accounts) > FEWEST
    show_heading((CHAINED_TITLE if chained else INDEX_TITLE)[lang].format(base))
    years = [str(year) for year in series.years]
    if change.restated is not None:
        years[0] = AGAIN[lang].format(base)
    header = [INDEX[lang], *years]
    show_table(header, lines, right=range(1, len(header)))
    if table["volume_tornqvist"].isna().any():
        show(UNDEFINED[lang])


def _covered(row: "pd.Series[float]") -> str:
    from review.figures import NOTHING, share

    own, earlier = share(row["coverage"]), share(row["coverage_before"])
    return own if own == NOTHING else f"{own} ({earlier})"


def _show_contributions(change: "Change", series: "IndexSeries", lang: Language) -> None:
    from cli.terminal import show_heading, show_table
    from review.figures import PERCENT

    columns = ["laspeyres", "fisher"]
    parts = series.contributions().groupby("service")[columns].sum(min_count=1)
    order = [s for s in change.services if s in parts.index]
    order += [s for s in parts.index if s not in order]
    lines = [
        [change.title(s)[lang], *(_step(parts[c][s] * PERCENT) for c in columns)] for s in order
    ]
    sums = [parts[c].sum(skipna=False) for c in columns]
    lines.append([GROWTH_TOTAL[lang], *(_step(v * PERCENT) for v in sums)])
    header = [GROUPINGS["service"][lang], *(FORMULA_TITLES[c][lang] for c in columns)]
    show_heading(PARTS_TITLE[lang].format(series.years[0], series.years[-1]))
    show_table(header, lines, right=range(1, len(header)))


def _show_json(change: "Change", series: "IndexSeries | None", groups: "pd.DataFrame") -> None:
    from cli.terminal import show_json

    services = change.by_service()
    services.insert(0, "title_en", [change.title(str(s)).en for s in services.index])
    services.insert(0, "title_zh", [change.title(str(s)).zh for s in services.index])
    services.insert(0, "counted", [s in change.counted for s in services.index])
    show_json({
        "before": _account_record(change.before),
        "after": _account_record(change.after),
        "restated": _account_record(change.restated) if change.restated else None,
        "unit": "CNY/year",
        "total": {str(k): float(v) for k, v in change.total().items()},
        "residual": change.residual(),
        "services": _records(services.reset_index()),
        "groups": [] if groups.index.name == "service" else _records(groups.reset_index()),
        "waterfall": _records(change.waterfall()),
        "revision": change.revised,
        "revision_differences": [{"kind": d.kind, "zh": d.what.zh, "en": d.what.en}
                                 for d in change.revisions],
        "hidden_differences": [{"kind": d.kind, "zh": d.what.zh, "en": d.what.en}
                               for d in change.hidden],
        "index": [] if series is None else _records(series.table),
        "contributions": [] if series is None else _records(series.contributions()),
        "notes": [{"zh": n.zh, "en": n.en} for n in _notes(change, series)],
    })  # fmt: skip


def _account_record(account: "RunAccount") -> dict[str, object]:
    return {"run": str(account.run), "year": account.year, "standard": account.standard}


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return a table's rows as JSON takes them: NaN as null."""
    import math

    return [
        {str(k): None if isinstance(v, float) and math.isnan(v) else v for k, v in row.items()}
        for row in table.to_dict("records")
    ]
