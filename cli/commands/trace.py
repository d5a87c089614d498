"""`gep trace`: from a figure of a run to its formula, inputs, parameter rows and land."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from tiles.lineage import Figure, Lineage

HEADER = (
    Text("代码", "code"),
    Text("数值", "value"),
    Text("单位", "unit"),
    Text("含义", "meaning"),
)


@click.command()
@click.argument("run", metavar="RUN", type=options.PATH)
@click.argument("code", metavar="[CODE]", required=False)
@click.option("--service", metavar="ID", help="List only the figures of one service.")
@click.option(
    "--parameter", metavar="ROW",
    help="List only the figures that depend on the parameter row ROW.",
)  # fmt: skip
@options.as_json
@options.lang
def trace(
    run: Path, code: str | None, *, service: str | None, parameter: str | None, as_json: bool,
    lang: Language,
) -> int:  # fmt: skip
    """Trace the figure CODE of RUN to its sources; without CODE, list the figures."""
    from cli.terminal import show_json
    from cli.trace_text import show_trace
    from gep.trace import trace as traced
    from tiles.lineage import Lineage

    lineage = Lineage.read(run)
    figures = all_figures(lineage)
    if code is None:
        chosen = _chosen(lineage, figures, service, parameter)
        if as_json:
            show_json([_record(figure) for figure in chosen])
        else:
            _list(chosen, lang)
        return 0
    found = traced(lineage, figures, code)
    if as_json:
        show_json(found)
    else:
        show_trace(found, lang)
    return 0


def all_figures(lineage: "Lineage") -> "dict[str, Figure]":
    """Return every figure of a run's accounts by code."""
    from gep.trace import gep_figures
    from sinks.figures import carbon_figures

    return {f.code: f for f in (*gep_figures(lineage), *carbon_figures(lineage))}


def _chosen(
    lineage: "Lineage", figures: "dict[str, Figure]", service: str | None, parameter: str | None
) -> "list[Figure]":
    """Return the figures of a service, those that depend on a parameter row, or all."""
    from data_catalog.errors import UnknownNameError
    from data_catalog.names import suggestion
    from gep.trace import dependents

    where = str(lineage.run)
    found = list(figures.values())
    if parameter is not None:
        if parameter not in lineage.parameters:
            raise UnknownNameError(
                where=where, kind=Text("参数行", "parameter row"), name=parameter,
                hint=suggestion(parameter, lineage.parameters),
            )  # fmt: skip
        found = [figures[code] for code in dependents(figures, parameter)]
    if service is not None:
        known = {f.place["service"] for f in figures.values() if "service" in f.place}
        if service not in known:
            raise UnknownNameError(
                where=where, kind=Text("服务", "service"), name=service,
                hint=suggestion(service, known),
            )  # fmt: skip
        found = [f for f in found if f.place.get("service") == service]
    return found


def _list(figures: "Iterable[Figure]", lang: Language) -> None:
    from cli.terminal import show_table

    rows = [(f.code, f.value, f.unit, f.title[lang]) for f in figures]
    show_table([title[lang] for title in HEADER], rows, right={1})


def _record(figure: "Figure") -> dict[str, object]:
    return {
        "code": figure.code, "value": figure.value, "unit": figure.unit,
        "title_zh": figure.title.zh, "title_en": figure.title.en, "file": figure.file,
        "line": figure.line, "column": figure.column,
    }  # fmt: skip
