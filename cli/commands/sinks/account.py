"""`gep sinks stock` and `gep sinks change`: the forest carbon account of a project alone."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from tiles.project import Project

Total = dict[str, str]
"""A row of carbon.csv: a pool's stock in a year, or its change over a period."""
STOCK = (Text("碳库", "pool"), Text("碳储量（t C）", "stock (t C)"),
         Text("标准误（t C）", "standard error (t C)"))  # fmt: skip
CHANGE = (Text("碳库", "pool"), Text("变化量（t C）", "change (t C)"),
          Text("标准误（t C）", "standard error (t C)"),
          Text("碳汇量（t CO2e，全期）", "removal (t CO2e, whole period)"))  # fmt: skip
EFFECT = (Text("碳库", "pool"), Text("面积效应（t C）", "area effect (t C)"),
          Text("密度效应（t C）", "density effect (t C)"),
          Text("变化量（t C）", "change (t C)"))  # fmt: skip
OF_EFFECTS = Text(
    "变化量的分解：森林面积变化与碳密度变化",
    "The change apart: of the forest's area, of its density",
)
TOTALS, WHOLE, EFFECTS = "carbon.csv", "carbon_total.csv", "carbon_change_effects.csv"
OF_YEAR = Text("{} 年森林碳储量", "Forest carbon stock of {}")
OF_PERIOD = Text(
    "{} 至 {} 年森林碳储量变化（增加为正）",
    "Change of the forest carbon stock, {} to {} (gain positive)",
)
TOTAL = Text("合计", "total")
UNKNOWN = Text("未知", "unknown")
NOT_COMPUTED = Text("未计算", "not computed")
NOTES = {
    "unknown": Text("标准误“未知”：来源没有给出。",
                    "A standard error is unknown where the source gives none."),
    "error": Text("合计的标准误按来源合成：各碳库共用的参数误差先相加。",
                  "The standard error of the total is formed by source: what the pools share is "
                  "added up first."),
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
    "absent": Text("没有参数、未计算的碳库：{}", "Pools without parameters, not computed: {}"),
    "run": Text("运行文件夹：{}", "run folder: {}"),
}  # fmt: skip
NO_CARBON = Text(
    "项目没有 [carbon]。请写明 method 与 densities（如 zhejiang-2016）。",
    "the project has no [carbon]. Give its method and densities (such as zhejiang-2016).",
)
NO_BASELINE = Text(
    "计算变化需要 [project] baseline_year 和基期图层 {layer}。只算储量请用 gep sinks stock。",
    "a change needs [project] baseline_year and a layer {layer}. For the stock alone there is "
    "`gep sinks stock`.",
)


@click.command()
@options.project
@options.running
@options.as_json
@options.lang
def stock(
    project: Path, *, as_json: bool, lang: Language, **running: Unpack[options.Running]
) -> int:
    """Compute the carbon stock of PROJECT's forests into a run folder."""
    wanted = _project(project)
    found = _computed(wanted, running, "year")
    if as_json:
        _show_json(found, running["out"])
        return 0
    for year in dict.fromkeys(row["year"] for row in found):
        of_year = [row for row in found if row["year"] == year]
        whole = next(row for row in _rows(running["out"], WHOLE) if row["year"] == year)
        _show(OF_YEAR[lang].format(year), STOCK, [*of_year, whole], ("stock_tC",), lang)
    _show_notes(found, running["out"], lang)
    return 0


@click.command()
@options.project
@options.running
@options.as_json
@options.lang
def change(
    project: Path, *, as_json: bool, lang: Language, **running: Unpack[options.Running]
) -> int:
    """Compute how the carbon stock of PROJECT's forests changed since its baseline year."""
    wanted = _project(project)
    _require_baseline(wanted, project.name)
    found = _computed(wanted, running, "year_to")
    if as_json:
        _show_json(found, running["out"])
        return 0
    account = wanted.project
    title = OF_PERIOD[lang].format(account.baseline_year, account.year)
    whole = next(row for row in _rows(running["out"], WHOLE) if row["year_to"])
    _show(title, CHANGE, [*found, whole], ("change_tC", "removal_tCO2e"), lang)
    _show_effects(running["out"], lang)
    _show_notes(found, running["out"], lang)
    return 0


def _project(file: Path) -> "Project":
    from data_catalog.errors import ProjectError
    from tiles.project import read_project

    wanted = read_project(file)
    if wanted.carbon is None:
        raise ProjectError(where=file.name, problem=NO_CARBON)
    return wanted


def _require_baseline(wanted: "Project", where: str) -> None:
    """Refuse a project without a baseline before anything runs."""
    from data_catalog.errors import ProjectError
    from sinks.biomass import LAYER, LAYER_BASELINE
    from sinks.methods.class_density import CLASS_LAYERS

    by_inventory = wanted.carbon is not None and wanted.carbon.method == "inventory"
    by_biomass = wanted.carbon is not None and wanted.carbon.of_maps == "biomass"
    pairs = ((LAYER, LAYER_BASELINE),) if by_biomass else CLASS_LAYERS
    layer = next((before for now, before in pairs if now in wanted.layers), pairs[-1][-1])
    there = layer in wanted.layers or by_inventory
    if wanted.project.baseline_year is None or not there:
        problem = Text(NO_BASELINE.zh.format(layer=layer), NO_BASELINE.en.format(layer=layer))
        raise ProjectError(where=where, problem=problem)


def _computed(wanted: "Project", running: options.Running, column: str) -> list[Total]:
    """Compute the carbon account alone, and return its totals that have this column.

    Raises
    ------
    RunError
        If there are none; with the reasons.
    """
    from data_catalog.errors import RunError

    manifest = _run(wanted, running)
    totals = [row for row in _rows(running["out"], TOTALS) if row[column]]
    if not totals:
        refused = [*manifest["not_computed"], *manifest.get("carbon_not_computed", ())]
        zh, en = (" ".join(r[f"reason_{lang}"] for r in refused) for lang in ("zh", "en"))
        raise RunError(where=str(running["out"]), problem=Text(zh, en))
    return totals


def _rows(out: Path, name: str) -> list[Total]:
    """Return the rows of a table of the run; none where there is no such table."""
    file = out / name
    if not file.is_file():
        return []
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _run(wanted: "Project", running: options.Running) -> dict[str, Any]:
    """Compute the carbon account alone, and return the manifest."""
    from cli.progress import progress_bar
    from sinks.account import CarbonAccount
    from tiles.compute import compute
    from tiles.run import How

    how = How(
        tile=running["tile"] or wanted.project.tile,
        workers=running["workers"],
        scheduler=running["scheduler"],
    )
    with progress_bar(wanted.project.name, shown=not running["quiet"]) as report:
        return compute(
            wanted, (CarbonAccount(),), running["out"], how,
            resume=running["resume"], overwrite=running["overwrite"], report=report,
        )  # fmt: skip


def _show(
    title: str,
    header: Sequence[Text],
    rows: list[Total],
    amounts: tuple[str, ...],
    lang: Language,
) -> None:
    """Print the first amount, its standard error and the other amounts, by pool and in all."""
    from cli.terminal import show, show_table, show_title
    from sinks.pools import POOLS

    columns = (amounts[0], "se_tC", *amounts[1:])
    lines = [
        [POOLS[row["pool"]][lang] if "pool" in row else TOTAL[lang],
         *(_cell(row, column, lang) for column in columns)]
        for row in rows
    ]  # fmt: skip
    show_title(title)
    show_table([label[lang] for label in header], lines, right=range(1, len(header)))
    show()


def _show_effects(out: Path, lang: Language) -> None:
    """Print what the forest's area did to the stock apart from what its density did."""
    from cli.terminal import show, show_table, show_title
    from sinks.pools import POOLS

    rows = _rows(out, EFFECTS)
    columns = ("area_effect_tC", "density_effect_tC", "change_tC")
    lines = [[POOLS[row["pool"]][lang], *(_cell(row, c, lang) for c in columns)] for row in rows]
    if rows:
        show_title(OF_EFFECTS[lang])
        show_table([label[lang] for label in EFFECT], lines, right=range(1, len(EFFECT)))
        show()


def _amount(row: Total) -> str:
    return row.get("stock_tC") or row["change_tC"]


def _cell(row: Total, column: str, lang: Language) -> str:
    if row[column]:
        return f"{round(float(row[column]), 1) + 0.0:,.1f}"  # no minus before a zero
    return UNKNOWN[lang] if column == "se_tC" and _amount(row) else NOT_COMPUTED[lang]


def _show_notes(rows: list[Total], out: Path, lang: Language) -> None:
    from cli.commands.sinks.routes_text import show_routes
    from cli.labels import listed
    from cli.terminal import show
    from sinks.pools import POOLS, SOIL
    from tiles.runfolder import read_manifest

    manifest = read_manifest(out)
    show_routes(manifest["carbon"], lang)
    for refused in manifest.get("carbon_not_computed", ()):
        show(f"{refused[f'title_{lang}']}: {refused[f'reason_{lang}']}")
    if "soil_change" in manifest["carbon"]:
        show(NOTES["soil_change"][lang].format(**manifest["carbon"]["soil_change"]))

    if any(_amount(row) and not row["se_tC"] for row in rows):
        show(NOTES["unknown"][lang])
    show(NOTES["error"][lang])
    if any(row["pool"] == SOIL and row["year_to"] and not _amount(row) for row in rows):
        show(NOTES["soil"][lang])
    absent = [POOLS[p][lang] for p in POOLS if p not in {row["pool"] for row in rows}]
    if absent:
        show(NOTES["absent"][lang].format(listed(absent, lang)))
    click.echo(NOTES["run"][lang].format(out), err=True)


def _show_json(rows: list[Total], out: Path) -> None:
    from cli.terminal import show_json

    def value(column: str, text: str) -> Any:  # noqa: ANN401  (JSON: text, number or nothing)
        if column == "pool":
            return text
        return None if not text else int(text) if column.startswith("year") else float(text)

    def read(row: Total) -> dict[str, Any]:
        return {column: value(column, text) for column, text in row.items()}

    years = {(row["year"], row["year_to"]) for row in rows}
    whole = [row for row in _rows(out, WHOLE) if (row["year"], row["year_to"]) in years]
    effects = [read(row) for row in _rows(out, EFFECTS)]
    show_json({"run": str(out), "totals": [read(row) for row in rows],
               "all_pools": [read(row) for row in whole], "effects": effects})  # fmt: skip
