"""What `gep sinks stock` and `gep sinks change` print of a run folder's carbon account."""

import csv
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import click

from data_catalog.text import Language, Text

__all__ = ["TOTALS", "rows_of", "show_account", "show_as_json"]

Row = dict[str, str]
"""A row of carbon.csv or of another table of totals."""
TOTALS, WHOLE, EFFECTS = "carbon.csv", "carbon_total.csv", "carbon_change_effects.csv"
GROUPS, LEDGER = "carbon_groups.csv", "carbon_ledger.csv"
AMOUNT = {"stock_tC": Text("碳储量（t C）", "stock (t C)"),
          "change_tC": Text("变化量（t C）", "change (t C)")}  # fmt: skip
POOL, GROUP = Text("碳库", "pool"), Text("分组", "group")
SE = Text("标准误（t C）", "standard error (t C)")
LOWER, UPPER = Text("{} 区间下限", "{} from"), Text("上限", "to")
REMOVAL = Text("碳汇量（t CO2e，全期）", "removal (t CO2e, whole period)")
LEAST = Text("最小可检出变化量", "minimum detectable change")
EFFECT = (POOL, Text("面积效应（t C）", "area effect (t C)"),
          Text("密度效应（t C）", "density effect (t C)"), AMOUNT["change_tC"])  # fmt: skip
OF_EFFECTS = Text(
    "变化量的分解：森林面积变化与碳密度变化",
    "The change apart: of the forest's area, of its density",
)
COSTS = (Text("误差来源", "source of error"), SE, Text("占方差的比例", "share of variance"),
         Text("去除后的区间半宽", "half-width without it"))  # fmt: skip
OF_LEDGER = Text("误差来源（已计算碳库之和）", "What it errs by (the pools computed, together)")
SHOWN = 5
"""Sources of error printed; carbon_ledger.csv has all."""
OF_YEAR = Text("{} 年森林碳储量", "Forest carbon stock of {}")
OF_PERIOD = Text(
    "{} 至 {} 年森林碳储量变化（增加为正）",
    "Change of the forest carbon stock, {} to {} (gain positive)",
)
BY_GROUP = Text("，按 {} 分组", ", by {}")
GROUP_POOL = Text("{}，{}", "{}, {}")
TOTAL = Text("合计", "total")
UNKNOWN = Text("未知", "unknown")
NOT_COMPUTED = Text("未计算", "not computed")
NOTES = {
    "unknown": Text("标准误“未知”：来源没有给出。",
                    "A standard error is unknown where the source gives none."),
    "error": Text("合计的标准误按来源合成：各碳库共用的参数误差先相加。",
                  "The standard error of the total is formed by source: what the pools share is "
                  "added up first."),
    "level": Text("区间为双侧 {level}（{row}）：值 ± {z:.3f} × 标准误。",
                  "Intervals are two-sided, of {level} ({row}): value ± {z:.3f} x standard "
                  "error."),
    "least": Text(
        "最小可检出变化量（{level}）= {z:.3f} × 变化量的标准误 = {least} t C："
        "变化量{verdict}。",
        "Minimum detectable change ({level}) = {z:.3f} x the standard error of the change = "
        "{least} t C: the change {verdict}.",
    ),
    "ledger": Text("全部来源见 {}。", "All sources: {}."),
    "soil": Text(
        "“未计算”：有林地转入或转出的土地，其土壤碳变化没有可用的数据；因此合计也不给出。",
        "Not computed: how soil carbon changes on land that became forest, or was, is not known; "
        "so no total is given either.",
    ),
    "soil_change": Text(
        "土壤碳变化按 {set}（深度 {depth}）计算：转变的土地自首次显示新用途的图起，"
        "在转变期内线性变化。",
        "Soil changes by {set} (depth {depth}): over the years of transition, linearly, from the "
        "first map that shows the land's new use.",
    ),
    "dead_organic": Text(
        "新增林地的枯死木与枯落物在转变期内线性积累（{dead_organic}）。",
        "Dead wood and litter of new forest build up linearly over the transition "
        "({dead_organic}).",
    ),
    "wood_products": Text(
        "木质林产品按 {set} 的半衰期计算，只含表中所列产品。",
        "Harvested wood decays by the half-lives of {set}; only what the table lists is in it.",
    ),
    "absent": Text("没有参数、未计算的碳库：{}", "Pools without parameters, not computed: {}"),
    "run": Text("运行文件夹：{}", "run folder: {}"),
}  # fmt: skip
TOLD = Text("大于它，可与零区分", "is larger, and told from none")
NOT_TOLD = Text("小于它，不能与零区分", "is smaller, and not told from none")


def rows_of(run: Path, name: str) -> list[Row]:
    """Return the rows of a table of the run; none where there is no such table."""
    file = run / name
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def show_account(run: Path, amount: str, lang: Language) -> None:
    """Print the account of a run folder.

    Parameters
    ----------
    amount : `stock_tC` or `change_tC`
    """
    from tiles.runfolder import read_manifest

    manifest = read_manifest(run)
    about = manifest["carbon"]
    found = [row for row in rows_of(run, TOTALS) if _has(row, amount)]
    for when in dict.fromkeys(_when(row) for row in found):
        totals = [row for row in rows_of(run, WHOLE) if _when(row) == when]
        of_date = [row for row in found if _when(row) == when]
        _show_pools(when, [*of_date, *totals], amount, about, lang)
        _show_groups(run, when, amount, about, lang)
        _show_least(totals, amount, about, lang)
        _show_ledger(run, when, lang)
    if amount == "change_tC":
        _show_effects(run, lang)
    _show_notes(found, amount, manifest, lang)
    click.echo(NOTES["run"][lang].format(run), err=True)


def show_as_json(run: Path, amount: str) -> None:
    """Print the same tables for a program; the pools with their intervals, too."""
    from cli.terminal import show_json
    from sinks.uncertainty.levels import half_width
    from tiles.runfolder import read_manifest

    level = read_manifest(run)["carbon"]["confidence"]["level"]

    def value(column: str, text: str) -> Any:  # noqa: ANN401  (JSON: text, number or nothing)
        if column in {"pool", "group", "source", "source_zh", "source_en"}:
            return text
        return None if not text else int(text) if column.startswith("year") else float(text)

    def read(name: str) -> list[dict[str, Any]]:
        return [
            {column: value(column, text) for column, text in row.items()}
            for row in rows_of(run, name) if _has(row, amount)
        ]  # fmt: skip

    def ends(row: dict[str, Any]) -> dict[str, Any]:
        value, se = row[amount], row["se_tC"]
        half = None if value is None or se is None else float(half_width(se, level))
        lower, upper = (None, None) if half is None else (value - half, value + half)
        return row | {"lower_tC": lower, "upper_tC": upper}

    effects = read(EFFECTS) if amount == "change_tC" else []
    show_json({"run": str(run), "totals": [ends(row) for row in read(TOTALS)],
               "all_pools": read(WHOLE),
               "effects": effects, "ledger": read(LEDGER), "groups": read(GROUPS)})  # fmt: skip


def _has(row: Row, amount: str) -> bool:
    """Return whether a row is of a stock, or of a change."""
    return bool(row["year" if amount == "stock_tC" and "year" in row else "year_to"])


def _when(row: Row) -> tuple[str, ...]:
    """Return the year of a stock, or the two of a change."""
    return (row["year"],) if row["year"] else (row["year_from"], row["year_to"])


def _title(when: tuple[str, ...], lang: Language) -> str:
    return (OF_PERIOD if len(when) > 1 else OF_YEAR)[lang].format(*when)


def _show_pools(
    when: tuple[str, ...], rows: Sequence[Row], amount: str, about: Mapping[str, Any],
    lang: Language,
) -> None:  # fmt: skip
    from sinks.pools import POOLS

    names = [POOLS[row["pool"]][lang] if "pool" in row else TOTAL[lang] for row in rows]
    _show(_title(when, lang), POOL, names, rows, amount, about, lang)


def _show_groups(
    run: Path, when: tuple[str, ...], amount: str, about: Mapping[str, Any], lang: Language
) -> None:
    """Print the groups' totals, where they were asked for; without any, their known pools."""
    from sinks import pools

    rows = [row for row in rows_of(run, GROUPS) if _when(row) == when]
    if not rows:
        return
    known = {row["pool"] for row in rows if row[amount]}
    if pools.TOTAL in known:
        shown = [row for row in rows if row["pool"] == pools.TOTAL]
        names = [row["group"] for row in shown]
    else:
        shown = sorted((row for row in rows if row["pool"] in known), key=itemgetter("group"))
        names = [GROUP_POOL[lang].format(r["group"], pools.POOLS[r["pool"]][lang]) for r in shown]
    title = _title(when, lang) + BY_GROUP[lang].format(about["groups"])
    _show(title, GROUP, names, shown, amount, about, lang)


def _show(
    title: str, first: Text, names: Sequence[str], rows: Sequence[Row], amount: str,
    about: Mapping[str, Any], lang: Language,
) -> None:  # fmt: skip
    """Print an amount, its standard error and interval, and the removal, a row each."""
    from cli.terminal import show, show_table, show_title
    from sinks.uncertainty.levels import in_percent

    level = about["confidence"]["level"]
    lower = LOWER[lang].format(in_percent(level))
    header = [first[lang], AMOUNT[amount][lang], SE[lang], lower, UPPER[lang]]
    changes = amount == "change_tC"
    header += [REMOVAL[lang]] if changes else []
    lines = [
        [name, _cell(row, amount, amount, lang), _cell(row, "se_tC", amount, lang),
         *_interval(row, amount, level, lang),
         *([_cell(row, "removal_tCO2e", amount, lang)] if changes else [])]
        for name, row in zip(names, rows, strict=True)
    ]  # fmt: skip
    show_title(title)
    show_table(header, lines, right=range(1, len(header)))
    show()


def _interval(row: Row, amount: str, level: float, lang: Language) -> list[str]:
    from sinks.uncertainty.levels import half_width

    if not row["se_tC"] or not row[amount]:
        return [_cell(row, "se_tC", amount, lang)] * 2
    half = float(half_width(float(row["se_tC"]), level))
    return [_number(float(row[amount]) - half), _number(float(row[amount]) + half)]


def _show_least(
    totals: Sequence[Row], amount: str, about: Mapping[str, Any], lang: Language
) -> None:
    """Print how small a change of all pools could be told from none."""
    from cli.terminal import show

    for row in totals:
        if amount == "change_tC" and row["minimum_detectable_tC"]:
            told = abs(float(row[amount])) > float(row["minimum_detectable_tC"])
            show(NOTES["least"][lang].format(
                **_level(about), least=_number(float(row["minimum_detectable_tC"])),
                verdict=(TOLD if told else NOT_TOLD)[lang],
            ))  # fmt: skip
            show()


def _show_ledger(run: Path, when: tuple[str, ...], lang: Language) -> None:
    """Print the costliest sources of error."""
    from cli.terminal import show, show_table, show_title

    rows = [row for row in rows_of(run, LEDGER) if _when(row) == when]
    lines = [
        [row[f"source_{lang}"], _known(row["se_tC"], "{:,.1f}", lang),
         _known(row["variance_share"], "{:.1%}", lang),
         _known(row["half_width_without_tC"], "{:,.1f}", lang)]
        for row in rows[:SHOWN]
    ]  # fmt: skip
    if lines:
        show_title(OF_LEDGER[lang])
        show_table([label[lang] for label in COSTS], lines, right=range(1, len(COSTS)))
        if len(rows) > SHOWN:
            show(NOTES["ledger"][lang].format(LEDGER))
        show()


def _show_effects(run: Path, lang: Language) -> None:
    """Print what the forest's area did to the stock apart from what its density did."""
    from cli.terminal import show, show_table, show_title
    from sinks.pools import POOLS

    rows = rows_of(run, EFFECTS)
    columns = ("area_effect_tC", "density_effect_tC", "change_tC")
    lines = [
        [POOLS[row["pool"]][lang], *(_cell(row, c, "change_tC", lang) for c in columns)]
        for row in rows
    ]
    if rows:
        show_title(OF_EFFECTS[lang])
        show_table([label[lang] for label in EFFECT], lines, right=range(1, len(EFFECT)))
        show()


def _cell(row: Row, column: str, amount: str, lang: Language) -> str:
    if row[column]:
        return _number(float(row[column]))
    return UNKNOWN[lang] if column == "se_tC" and row[amount] else NOT_COMPUTED[lang]


def _known(text: str, as_: str, lang: Language) -> str:
    return as_.format(float(text)) if text else UNKNOWN[lang]


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:,.1f}"  # no minus before a zero


def _level(about: Mapping[str, Any]) -> dict[str, Any]:
    from sinks.uncertainty.levels import in_percent, quantile

    level = about["confidence"]["level"]
    return {
        "level": in_percent(level),
        "row": about["confidence"]["row"],
        "z": float(quantile(level)),
    }


def _show_notes(
    rows: Sequence[Row], amount: str, manifest: Mapping[str, Any], lang: Language
) -> None:
    from cli.commands.sinks.routes_text import show_routes
    from cli.labels import listed
    from cli.terminal import show
    from sinks.pools import POOLS, SOIL

    about = manifest["carbon"]
    show_routes(about, lang)
    for refused in manifest.get("carbon_not_computed", ()):
        show(f"{refused[f'title_{lang}']}: {refused[f'reason_{lang}']}")
    if "soil_change" in about:
        show(NOTES["soil_change"][lang].format(**about["soil_change"]))
    if about.get("dead_organic") and amount == "change_tC":
        show(NOTES["dead_organic"][lang].format(**about))
    if "wood_products" in about:
        show(NOTES["wood_products"][lang].format(**about["wood_products"]))
    if any(row[amount] and not row["se_tC"] for row in rows):
        show(NOTES["unknown"][lang])
    show(NOTES["error"][lang])
    show(NOTES["level"][lang].format(**_level(about)))
    if any(row["pool"] == SOIL and row["year_to"] and not row[amount] for row in rows):
        show(NOTES["soil"][lang])
    absent = [POOLS[p][lang] for p in POOLS if p not in {row["pool"] for row in rows}]
    if absent:
        show(NOTES["absent"][lang].format(listed(absent, lang)))
