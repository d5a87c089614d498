"""A project's tables, read and checked against their declarations: everything wrong at once."""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data_catalog.classes import ecosystems
from data_catalog.errors import GepError, TableError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import table_text
from data_catalog.tables import Table, TableColumn, tables
from data_catalog.text import Text
from data_catalog.units import is_unit
from tiles.objects import length_km, outline_km2, read_objects
from tiles.project import Project

__all__ = ["TableRows", "paths_of", "read_rows_of", "read_table"]

COMMENT = "#"
"""How a line begins that is not read."""
YEAR, NOTE, UNIT_COLUMN, ECOSYSTEM = "year", "note", "unit", "ecosystem"
MADE = {"area_km2": outline_km2, "length_km": length_km}
"""How columns that are worked out from the geometry are made."""


@dataclass(frozen=True)
class TableRows:
    """A table of a project.

    Parameters
    ----------
    source : str
        The file, as the project names it.
    frame : DataFrame
        The declared columns, text or float64 (NaN where empty), and `line`, the row's number in
        the file.
    shapes : GeoSeries, optional
        Of a table of objects.
    """

    table: Table
    source: str
    frame: pd.DataFrame
    shapes: gpd.GeoSeries | None = None

    def of_other_years(self, year: int) -> list[int]:
        """Return the lines of rows that stand in from another year, with a note that says why."""
        if YEAR not in self.frame or self.table.of_years:
            return []
        return [int(n) for n in self.frame.loc[self.frame[YEAR] != year, "line"]]


def read_table(project: Project, name: str, path: Path) -> TableRows:
    """Return one of the project's tables.

    Raises
    ------
    GepError or Problems
        Everything that is wrong with it: columns that are missing or unknown, text that is no
        number, numbers out of range, wrong years, units that are none, rows given twice.
    """
    return read_rows_of(name, path, project.project.year)


def read_rows_of(name: str, path: Path, year: int | None = None) -> TableRows:
    """Return a table without a project; its rows may be of any year where none is given.

    Raises
    ------
    GepError or Problems
        See `read_table`.
    """
    declared = tables()[name]
    shapes: gpd.GeoSeries | None = None
    if declared.shapes:
        objects = read_objects(path, declared.shapes)
        shapes = objects.geometry
        columns = [str(c) for c in objects.columns if c != shapes.name]
        raise_all(_missing_columns(declared, columns, path.name))
        cells = _texts(objects, [c for c in columns if c in declared.read()])
        lines = list(range(1, len(objects) + 1))
    else:
        columns, lines, cells = _csv(path)
        unknown = [c for c in columns if c not in declared.read()]
        raise_all([*_missing_columns(declared, columns, path.name),
                   *_unknown_columns(declared, unknown, path.name)])  # fmt: skip
    frame, errors = _frame(declared, cells, lines, path.name)
    errors.extend(_row_problems(declared, frame, path.name, year))
    raise_all(errors)
    for made, measure in MADE.items():
        if shapes is not None and made in declared.columns:
            frame[made] = measure(shapes)
    return TableRows(declared, path.name, frame, shapes)


def _csv(path: Path) -> tuple[list[str], list[int], list[dict[str, str]]]:
    """Return a table's columns, and its lines that are neither empty nor a comment."""
    try:
        reader = csv.DictReader(table_text(path).splitlines())
        columns = [str(name).strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        found = [
            (number, {k: (v or "").strip() for k, v in row.items() if isinstance(k, str)})
            for number, row in enumerate(reader, start=2)
        ]
    except csv.Error as error:
        problem = Text("不是 CSV 文本表。", "is no CSV table.")
        raise TableError(where=path.name, problem=problem) from error
    kept = [
        (number, row)
        for number, row in found
        if any(row.values()) and not row[columns[0]].startswith(COMMENT)
    ]
    return columns, [number for number, _ in kept], [row for _, row in kept]


def _texts(objects: gpd.GeoDataFrame, columns: list[str]) -> list[dict[str, str]]:
    """Return the attributes as text, whole numbers without a decimal point."""
    found = {c: [_text(v) for v in objects[c]] for c in columns}
    return [{c: found[c][i] for c in columns} for i in range(len(objects))]


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _missing_columns(declared: Table, columns: list[str], where: str) -> Iterator[GepError]:
    for name, column in declared.read().items():
        if column.required and name not in columns:
            yield TableError(
                Text("{where}：缺少列“{name}”（{title}）。{hint}",
                     "{where}: has no column {name!r} ({title}). {hint}"),
                where=where, name=name, title=column.title, hint=suggestion(name, columns),
            )  # fmt: skip


def _unknown_columns(declared: Table, unknown: list[str], where: str) -> Iterator[GepError]:
    for name in unknown:
        kind = Text("列", "column")
        hint = suggestion(name, declared.read())
        yield UnknownNameError(where=where, kind=kind, name=name, hint=hint)


def _frame(
    declared: Table, cells: list[dict[str, str]], lines: list[int], where: str
) -> tuple[pd.DataFrame, list[GepError]]:
    """Return the cells as text and numbers, and what is wrong with single cells."""
    errors: list[GepError] = []
    columns: dict[str, object] = {}
    for name, column in declared.read().items():
        texts = [row.get(name, "") for row in cells]
        if column.required:
            errors.extend(
                _wrong(f"{where}:{line}", name, "", Text("非空", "given"))
                for line, text in zip(lines, texts, strict=True)
                if not text
            )
        if column.kind == "text":
            columns[name] = np.array(texts, dtype=object)
            continue
        numbers = np.full(len(texts), np.nan)
        for i, (line, text) in enumerate(zip(lines, texts, strict=True)):
            if text:
                try:
                    numbers[i] = _number(text, column, f"{where}:{line}")
                except TableError as error:
                    errors.append(error)
        columns[name] = numbers
    return pd.DataFrame(columns | {"line": np.array(lines, dtype=np.int64)}), errors


def _number(text: str, column: TableColumn, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(where, column.name, text, Text("数", "a number"))
    if number < column.low or number > column.high:
        limits = f"{column.low:g}", f"{column.high:g}"
        unit = "" if "{" in column.units or column.units in {"1", YEAR} else f" {column.units}"
        want = Text("{}–{}{}".format(*limits, unit), "within {} to {}{}".format(*limits, unit))
        raise _wrong(where, column.name, text + unit, want)
    return number


def _row_problems(
    declared: Table, frame: pd.DataFrame, where: str, year: int | None
) -> Iterator[GepError]:
    """Yield what is wrong with whole rows: their year, their unit, and rows given twice."""
    if YEAR in frame and year is not None and not declared.of_years:
        yield from _year_problems(frame, where, year)
    if UNIT_COLUMN in frame:
        yield from _unit_problems(declared, frame, where)
    if ECOSYSTEM in frame:
        yield from _class_problems(frame, where)
    keys = [name for name, column in declared.columns.items() if column.key]
    if keys:
        for _, row in frame[frame.duplicated(keys)].iterrows():
            first = frame.loc[(frame[keys] == row[keys]).all(axis=1), "line"].iloc[0]
            named = ", ".join(f"{key}={row[key]}" for key in keys if row[key])
            problem = Text(
                f"与第 {first} 行重复（{named}）。请只留一行。",
                f"is the same as line {first} ({named}). Keep one.",
            )
            yield TableError(where=f"{where}:{row['line']}", problem=problem)


def _year_problems(frame: pd.DataFrame, where: str, year: int) -> Iterator[GepError]:
    notes = frame[NOTE] if NOTE in frame else pd.Series("", index=frame.index)
    other = frame[YEAR].notna() & (frame[YEAR] != year) & (notes == "")
    for line, got in zip(frame.loc[other, "line"], frame.loc[other, YEAR], strict=True):
        problem = Text(
            f"是 {got:g} 年的，不是核算年 {year} 的。请换用该年的数，或在 note 列说明代用的理由。",
            f"is of {got:g}, not of the accounting year {year}. Give that year's number, or say in "
            "the column note why this one stands in.",
        )
        yield TableError(where=f"{where}:{line}", problem=problem)


def _unit_problems(declared: Table, frame: pd.DataFrame, where: str) -> Iterator[GepError]:
    counted = [n for n, c in declared.columns.items() if "{" in c.units]
    want = Text("单位，如 t、万t、m3、kWh、头", "a unit such as t, m3, kWh, head")
    for line, text, *numbers in frame[["line", UNIT_COLUMN, *counted]].itertuples(index=False):
        if (text and not is_unit(text)) or (not text and not all(math.isnan(n) for n in numbers)):
            yield _wrong(f"{where}:{line}", UNIT_COLUMN, text, want)


def _class_problems(frame: pd.DataFrame, where: str) -> Iterator[GepError]:
    known = {*ecosystems(), *(code[0] for code in ecosystems())}
    want = Text("HJ 1166 的类别代码，如 1 或 11", "a class of HJ 1166, as 1 or 11")
    for line, code in zip(frame["line"], frame[ECOSYSTEM], strict=True):
        if code and code not in known:
            yield _wrong(f"{where}:{line}", ECOSYSTEM, code, want)


def _wrong(where: str, column: str, got: str, want: Text) -> TableError:
    problem = Text(
        f"{column} 列为“{got}”，需要：{want.zh}。",
        f"column {column} is {got!r}; it must be {want.en}.",
    )
    return TableError(where=where, problem=problem)


def paths_of(project: Project) -> Mapping[str, str]:
    """Return the declared tables that a project gives, by name."""
    given = {name: getattr(project.tables, name) for name in tables()}
    return {name: path for name, path in given.items() if path is not None}
