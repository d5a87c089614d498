"""`gep sinks accuracy`: areas and accuracy of a map from a sample, and the plan of a sample."""

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from sinks.sampling.map_strata import ClassMap
    from sinks.sampling.matrices import StrataTable
    from sinks.sampling.planning import Plan
    from sinks.sampling.strata import Strata

RULES = "olofsson-2014"
"""The rows of the level of confidence and of the fewest points of a stratum."""
NO_TARGET = Text(
    "--plan 需要 --target-se：希望总体精度达到的标准误，如 0.01。",
    "--plan needs --target-se: the standard error wanted of the overall accuracy, such as 0.01.",
)
NO_MAP = Text(
    "{option} 需要 --map：分类图（栅格）。",
    "{option} needs --map: a class map (a raster).",
)
NO_PLAN = Text("{option} 只用于 --plan。", "{option} goes with --plan.")
HALF_BUFFER = Text("--change 与 --buffer 须同时给出。", "--change and --buffer go together.")
DRAWN = Text("样点文件：{file}（请在 reference 列填写判读的类别）",
             "points: {file} (fill in the column reference)")  # fmt: skip


class Planning(TypedDict):
    """The options of a plan."""

    target_se: float | None
    allocation: str
    minimum: int | None
    points: Path | None
    seed: int
    overwrite: bool


@click.command()
@click.argument("sample", type=options.PATH)
@click.option(
    "--map",
    "raster",
    type=options.PATH,
    help="Class map, or run folder, that gives the areas of the strata.",
)
@click.option(
    "--change",
    type=click.IntRange(min=0),
    multiple=True,
    help="Code of a change class; a buffer around it is a stratum of its own.",
)
@click.option("--buffer", type=click.IntRange(min=1), help="Cells to each side of the change.")
@click.option(
    "--confidence",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Two-sided level of the intervals; by default 0.95.",
)
@click.option(
    "--plan",
    "planned",
    is_flag=True,
    help="Plan a sample: SAMPLE is a table of strata with expected accuracies.",
)
@click.option(
    "--target-se",
    type=click.FloatRange(0, 1, min_open=True),
    help="Standard error wanted of the overall accuracy.",
)
@click.option(
    "--allocation",
    type=click.Choice(["neyman", "proportional", "equal"]),
    default="neyman",
    show_default=True,
    help="Optimal for the costs, by area, or alike.",
)
@click.option(
    "--minimum", type=click.IntRange(min=2), help="Fewest points of a stratum; by default 50."
)
@click.option("--points", type=options.PATH, help="Draw the points into this file (.gpkg).")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="The same seed draws the same points.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file of points.")
@options.as_json
@options.lang
def accuracy(
    sample: Path, *, raster: Path | None, change: tuple[int, ...], buffer: int | None,
    confidence: float | None, planned: bool, as_json: bool, lang: Language,
    **planning: Unpack[Planning],
) -> None:  # fmt: skip
    """Estimate areas and accuracy from SAMPLE (error matrix or labelled points), or plan one."""
    _check(raster, change, buffer, planned=planned, planning=planning, lang=lang)
    classes = _class_map(raster, change, buffer)
    if planned:
        _plan(sample, _strata(raster, classes), classes, planning, as_json=as_json, lang=lang)
        return
    from cli.sampling_tables import accuracy_record, show_accuracy
    from cli.terminal import show_json
    from sinks.sampling.matrices import read_sample
    from sinks.uncertainty.levels import confidence as confidence_of
    from sinks.uncertainty.levels import level_of

    matrix = read_sample(sample, _strata(raster, classes))
    level = confidence or level_of(confidence_of(RULES))
    if as_json:
        show_json(accuracy_record(matrix, level))
    else:
        show_accuracy(matrix, level, lang)


def _plan(
    sample: Path, of_map: "Strata | None", classes: "ClassMap | None", planning: Planning, *,
    as_json: bool, lang: Language,
) -> None:  # fmt: skip
    from cli.sampling_tables import plan_record, show_plan
    from cli.terminal import show_json
    from sinks.sampling.intervals import sampling_row
    from sinks.sampling.matrices import read_strata
    from sinks.sampling.planning import plan

    table: StrataTable = read_strata(sample, of_map)
    target = planning["target_se"] or 0.0
    fewest = sampling_row("sample_minimum_per_stratum", RULES)
    found = plan(
        table.strata, table.expected, target, allocation=planning["allocation"], cost=table.cost,
        minimum=planning["minimum"] or int(fewest.value),
    )  # fmt: skip
    if classes and planning["points"]:
        _draw(classes, found, planning["points"], planning)
    if as_json:
        show_json(plan_record(found, table.expected, target))
    else:
        show_plan(found, table.expected, target, lang)
    if planning["points"]:
        click.echo(DRAWN[lang].format(file=planning["points"]), err=True)


def _draw(classes: "ClassMap", found: "Plan", file: Path, planning: Planning) -> None:
    from sinks.sampling.map_strata import write_points

    wanted = dict(zip(found.strata.names, found.points.tolist(), strict=True))
    drawn = classes.draw(wanted, planning["seed"])
    write_points(drawn, file, overwrite=planning["overwrite"])


def _strata(raster: Path | None, classes: "ClassMap | None") -> "Strata | None":
    """Return the areas of the raster's classes, or of the run's."""
    if raster is None:
        return None
    from sinks.sampling.matrices import strata_of_run

    return classes.strata() if classes else strata_of_run(raster)


def _class_map(
    raster: Path | None, change: tuple[int, ...], buffer: int | None
) -> "ClassMap | None":
    if raster is None or raster.is_dir():
        return None
    from sinks.sampling.map_strata import Buffer, ClassMap

    around = Buffer(change=frozenset(change), cells=buffer) if buffer else None
    return ClassMap(path=raster, buffer=around)


def _check(
    raster: Path | None, change: tuple[int, ...], buffer: int | None, *, planned: bool,
    planning: Planning, lang: Language,
) -> None:  # fmt: skip
    """Refuse options that do not go together, before anything is read."""
    if bool(change) != bool(buffer):
        raise click.UsageError(HALF_BUFFER[lang])
    if (raster is None or raster.is_dir()) and (change or planning["points"]):
        option = "--points" if planning["points"] else "--change"
        raise click.UsageError(NO_MAP[lang].format(option=option))
    if planned and planning["target_se"] is None:
        raise click.UsageError(NO_TARGET[lang])
    if not planned and (planning["points"] or planning["target_se"]):
        option = "--points" if planning["points"] else "--target-se"
        raise click.UsageError(NO_PLAN[lang].format(option=option))
