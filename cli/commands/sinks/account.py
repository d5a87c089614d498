"""`gep sinks stock` and `gep sinks change`: the forest carbon account of a project alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from tiles.project import Project

by = click.option(
    "--by", metavar="COLUMN",
    help="Totals of groups of parcels, too: a column of the project's [parcels.columns], such as "
    "township.",
)  # fmt: skip
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
@by
@options.running
@options.as_json
@options.lang
def stock(
    project: Path, *, by: str | None, as_json: bool, lang: Language,
    **running: Unpack[options.Running],
) -> int:  # fmt: skip
    """Compute the carbon stock of PROJECT's forests into a run folder."""
    wanted = _project(project)
    _compute(wanted, by, running, "year")
    _print(running["out"], "stock_tC", lang, as_json=as_json)
    return 0


@click.command()
@options.project
@by
@options.running
@options.as_json
@options.lang
def change(
    project: Path, *, by: str | None, as_json: bool, lang: Language,
    **running: Unpack[options.Running],
) -> int:  # fmt: skip
    """Compute how the carbon stock of PROJECT's forests changed since its baseline year."""
    wanted = _project(project)
    _require_baseline(wanted, project.name)
    _compute(wanted, by, running, "year_to")
    _print(running["out"], "change_tC", lang, as_json=as_json)
    return 0


def _print(run: Path, amount: str, lang: Language, *, as_json: bool) -> None:
    from cli.commands.sinks.account_text import show_account, show_as_json

    if as_json:
        show_as_json(run, amount)
    else:
        show_account(run, amount, lang)


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
    from sinks.methods.part import CLASS_LAYERS

    by_inventory = wanted.carbon is not None and wanted.carbon.method == "inventory"
    by_biomass = wanted.carbon is not None and wanted.carbon.of_maps == "biomass"
    pairs = ((LAYER, LAYER_BASELINE),) if by_biomass else CLASS_LAYERS
    layer = next((before for now, before in pairs if now in wanted.layers), pairs[-1][-1])
    there = layer in wanted.layers or by_inventory
    if wanted.project.baseline_year is None or not there:
        problem = Text(NO_BASELINE.zh.format(layer=layer), NO_BASELINE.en.format(layer=layer))
        raise ProjectError(where=where, problem=problem)


def _compute(wanted: "Project", by: str | None, running: options.Running, column: str) -> None:
    """Compute the carbon account alone; `column` is the year that its totals must have.

    Raises
    ------
    RunError
        If it has no totals; with the reasons.
    """
    from cli.commands.sinks.account_text import TOTALS, rows_of
    from cli.progress import progress_bar
    from data_catalog.errors import RunError
    from sinks.account import CarbonAccount
    from tiles.compute import compute
    from tiles.run import How

    how = How(
        tile=running["tile"] or wanted.project.tile,
        workers=running["workers"],
        scheduler=running["scheduler"],
    )
    with progress_bar(wanted.project.name, shown=not running["quiet"]) as report:
        manifest = compute(
            wanted, (CarbonAccount(by),), running["out"], how,
            resume=running["resume"], overwrite=running["overwrite"], report=report,
        )  # fmt: skip
    if not any(row[column] for row in rows_of(running["out"], TOTALS)):
        refused = [*manifest["not_computed"], *manifest.get("carbon_not_computed", ())]
        zh, en = (" ".join(r[f"reason_{lang}"] for r in refused) for lang in ("zh", "en"))
        raise RunError(where=str(running["out"]), problem=Text(zh, en))
