"""Parameter rows as a table for people, with their notes and sources underneath."""

from collections.abc import Iterable

from cli.labels import GRADES, key_title, listed, number, parameter_title, reference
from cli.terminal import show, show_table
from data_catalog.parameters import Row
from data_catalog.text import Language, Text

__all__ = ["grade_counts", "show_rows", "show_sources"]

PARAMETER = Text("参数", "parameter")
COLUMNS = (
    Text("类型或系数", "class or coefficient"),
    Text("数值", "value"),
    Text("标准误", "std. error"),
    Text("单位", "units"),
    Text("参数集", "set"),
    Text("地区", "region"),
    Text("年份", "year"),
    Text("来源", "source"),
    Text("级别", "grade"),
    Text("注", "note"),
)
VALUE, SE = 1, 2
"""Places of the columns that hold numbers."""
SOURCES = Text("来源", "Sources")


def show_rows(rows: Iterable[Row], language: Language, *, named: bool) -> None:
    """Print rows, with the parameter's title in front if `named`; columns without any are left out.

    The place in the source and the note are long and often shared: they stand numbered under the
    table.
    """
    notes: dict[str, int] = {}
    cells = []
    for row in rows:
        note = "; ".join(part for part in (row.where, row.note) if part)
        mark = f"[{notes.setdefault(note, len(notes) + 1)}]" if note else ""
        cells.append([
            parameter_title(row.parameter)[language] if named else "",
            key_title(row.key, language), number(row.value), number(row.se), row.units, row.set,
            row.region, row.year, row.source, GRADES[row.grade][language], mark,
        ])  # fmt: skip
    header = [title[language] for title in (PARAMETER, *COLUMNS)]
    kept = [i for i in range(len(header)) if any(line[i] for line in cells)]
    right = {column for column, i in enumerate(kept) if i - 1 in {VALUE, SE}}
    show_table([header[i] for i in kept], [[c[i] for i in kept] for c in cells], right=right)
    for note, place in notes.items():
        show(f"[{place}] {note}")


def show_sources(keys: Iterable[str], language: Language) -> None:
    """Print each source once, with its title and where to find it."""
    show(f"\n{SOURCES[language]}")
    for key in dict.fromkeys(key for key in keys if key):
        show(f"{key}: {reference(key)}", indent=2)


def grade_counts(rows: Iterable[Row], language: Language) -> str:
    """Return how many rows there are of each grade, the most trusted first."""
    grades = [row.grade for row in rows]
    counts = [f"{GRADES[g][language]} {grades.count(g)}" for g in GRADES if g in grades]
    return listed(counts, language)
