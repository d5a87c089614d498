"""`gep parameters`: every number with its source; one parameter's rows, or the list of all."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from data_catalog.parameters import Row

HEADER = (
    Text("参数", "parameter"), Text("名称", "title"), Text("单位", "units"),
    Text("参数集（行数）", "sets (rows)"), Text("行数", "rows"), Text("按级别", "by grade"),
)  # fmt: skip
ROWS = 4
SETS_A_LINE = 3
SET = Text("参数集", "set")
PARAMETER = Text("参数", "parameter")


@click.command()
@click.argument("name", required=False)
@click.option("--set", "chosen", metavar="SET", help="Only the rows of one set.")
@options.as_json
@options.lang
def parameters(name: str | None, chosen: str | None, *, as_json: bool, lang: Language) -> int:
    """Show the rows of the parameter NAME, or list the parameters."""
    from cli.terminal import show_json, show_table

    rows = _rows(name, chosen)
    if as_json:
        show_json(rows if name else _summaries(rows))
    elif name:
        _show(name, rows, lang)
    else:
        header = [title[lang] for title in HEADER]
        show_table(header, [_line(found, lang) for found in _grouped(rows)], right={ROWS})
    return 0


def _rows(name: str | None, chosen: str | None) -> "list[Row]":
    """Return the bundled rows of a parameter and a set.

    Raises
    ------
    UnknownNameError
        With the nearest names; sets are those of the parameter.
    """
    from data_catalog.errors import UnknownNameError
    from data_catalog.names import suggestion
    from data_catalog.parameters import bundled

    if name is not None and name not in bundled().names():
        hint = suggestion(name, bundled().names())
        raise UnknownNameError(where="parameters", kind=PARAMETER, name=name, hint=hint)
    rows = [row for row in bundled() if name in {None, row.parameter}]
    sets = {row.set for row in rows}
    if chosen is not None and chosen not in sets:
        hint = suggestion(chosen, sets)
        raise UnknownNameError(where=name or "parameters", kind=SET, name=chosen, hint=hint)
    return [row for row in rows if chosen in {None, row.set}]


def _grouped(rows: "Iterable[Row]") -> "list[list[Row]]":
    """Return the rows of each parameter, by name."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.parameter, []).append(row)
    return [groups[name] for name in sorted(groups)]


def _show(name: str, rows: "list[Row]", lang: Language) -> None:
    from cli.labels import parameter_title, titled
    from cli.parameter_rows import grade_counts, show_rows, show_sources
    from cli.terminal import show, show_title

    show_title(titled(parameter_title(name), name, lang))
    show(f"{grade_counts(rows, lang)}\n")
    show_rows(rows, lang, named=False)
    show_sources((row.source for row in rows), lang)


def _line(rows: "list[Row]", lang: Language) -> tuple[str, ...]:
    from cli.labels import listed, parameter_title
    from cli.parameter_rows import grade_counts

    sets = [row.set for row in rows]
    counts = [f"{name} ({sets.count(name)})" for name in dict.fromkeys(sets)]
    lines = [counts[i : i + SETS_A_LINE] for i in range(0, len(counts), SETS_A_LINE)]
    units = ", ".join(dict.fromkeys(row.units for row in rows))
    shown = "\n".join(listed(line, lang) for line in lines)
    name = rows[0].parameter
    return (name, parameter_title(name)[lang], units, shown, str(len(rows)),
            grade_counts(rows, lang))  # fmt: skip


def _summaries(rows: "list[Row]") -> list[dict[str, object]]:
    from cli.labels import parameter_title

    return [
        {
            "parameter": found[0].parameter,
            "title_zh": parameter_title(found[0].parameter).zh,
            "title_en": parameter_title(found[0].parameter).en,
            "units": list(dict.fromkeys(row.units for row in found)),
            "sets": _counts(row.set for row in found),
            "grades": _counts(row.grade for row in found),
        }
        for found in _grouped(rows)
    ]


def _counts(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts
