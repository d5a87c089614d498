"""Tables of a sample, as text: a CSV in UTF-8 or GB 18030, or the attributes of a vector file."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio

from data_catalog.errors import ProjectError, TableError
from data_catalog.parameters import table_text
from data_catalog.text import Text
from sinks.sampling.strata import Numbers

__all__ = ["count_of", "numbers_of", "read_texts", "require"]

VECTORS = {".gpkg", ".geojson", ".shp"}
UNREADABLE = Text("{where}：无法读取该文件。", "{where}: this file cannot be read.")
NO_COLUMN = Text("{where}：缺少列 {column}。", "{where}: has no column {column!r}.")
SAME = Text("{where}：列名“{column}”重复。", "{where}: two columns are named {column!r}.")
UNEVEN = Text(
    "{where}：第 {line} 行有 {got} 个值，应为 {want} 个（与列数相同）。",
    "{where}: line {line} has {got} values for {want} columns.",
)
NO_NUMBER = Text(
    "{where}：第 {line} 行的 {column} 列为“{got}”，应为数。",
    "{where}: column {column!r} is {got!r} in line {line}; it must be a number.",
)
NO_COUNT = Text(
    "{where}：第 {line} 行的 {column} 列为“{got}”，应为样点的个数（整数）。",
    "{where}: column {column!r} is {got!r} in line {line}; it must be a whole number of points.",
)


def read_texts(path: Path) -> pd.DataFrame:
    """Return a table as text, empty where nothing is written; the index counts its lines."""
    if path.suffix.lower() in VECTORS:
        try:
            found = pyogrio.read_dataframe(path, read_geometry=False)
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
            raise TableError(UNREADABLE, where=path.name) from error
        texts: pd.DataFrame = found.map(_text)
        return texts
    try:
        reader = csv.reader(table_text(path).splitlines(), skipinitialspace=True)
    except ProjectError as error:
        raise TableError(error.message, **error.facts) from error
    columns = [name.strip() for name in next(reader, [])]
    for column in columns:
        if columns.count(column) > 1:
            raise TableError(SAME, where=path.name, column=column)
    rows, lines = [], []
    for cells in (cells for cells in reader if any(cell.strip() for cell in cells)):
        if len(cells) != len(columns):
            counts = {"got": len(cells), "want": len(columns)}
            raise TableError(UNEVEN, where=path.name, line=reader.line_num, **counts)
        rows.append([cell.strip() for cell in cells])
        lines.append(reader.line_num)
    return pd.DataFrame(rows, columns=columns, index=lines, dtype=object)


def require(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    """Raise if a table lacks a column."""
    for column in columns:
        if column not in table:
            raise TableError(NO_COLUMN, where=where, column=column)


def numbers_of(table: pd.DataFrame, column: str, where: str) -> Numbers:
    """Return a column as numbers; raise where one is none."""
    return np.array([_number(table, row, column, where, NO_NUMBER) for row in range(len(table))])


def count_of(table: pd.DataFrame, row: int, column: str, where: str) -> int:
    """Return a cell as a whole number; raise where it is none."""
    count = _number(table, row, column, where, NO_COUNT)
    if count != round(count):
        got = table[column].iloc[row]
        raise TableError(NO_COUNT, where=where, line=table.index[row], column=column, got=got)
    return int(count)


def _number(table: pd.DataFrame, row: int, column: str, where: str, words: Text) -> float:
    text = table[column].iloc[row]
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise TableError(words, where=where, line=table.index[row], column=column, got=text)
    return number


def _text(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124  (NaN)
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
