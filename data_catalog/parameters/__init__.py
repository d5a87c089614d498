"""Parameter tables: every number a model uses, one CSV row each, with its source and grade.

A row belongs to a `parameter` (the name a model's factor is declared with) and to a `set` (which
publication or norm it comes from); `key` is the ecosystem class or the coefficient's name, empty
for a single number. For prices, `year` is the price year.
"""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import pint

from data_catalog.errors import GepError, ProjectError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion, is_unit

GRADES = ("standard", "literature", "local", "recalled", "estimate")
COLUMNS = ("parameter", "set", "key", "value", "se", "units", "low", "high", "region", "year",
           "source", "where", "grade", "note")  # fmt: skip
LOCAL = "project"
"""The set that a project's own rows belong to: they replace rows of any other set."""
NUMBER = Text("数", "a number")


@dataclass(frozen=True, slots=True)
class Row:
    """One number with everything that is known about it.

    `se` is the standard error of `value`, in `units`; NaN where the source gives none.
    """

    parameter: str
    set: str
    key: str
    value: float
    se: float
    units: str
    low: float
    high: float
    region: str
    year: str
    source: str
    where: str
    grade: str
    note: str

    def in_units(self, units: str) -> float:
        """Return the value in other units.

        Raises
        ------
        ProjectError
            If the row measures something else.
        """
        try:
            factor, offset = conversion(self.units, units)
        except (pint.DimensionalityError, pint.UndefinedUnitError) as error:
            raise ProjectError(
                where=self.name(),
                problem=Text(
                    f"单位是 {self.units}，但需要 {units}。请更正该行的 units 列。",
                    f"is in {self.units}, but {units} is needed. Correct the row's units column.",
                ),
            ) from error
        return self.value * factor + offset

    def name(self) -> str:
        """Return `parameter[set, key]`, as people are told of it."""
        return row_name(self.parameter, self.set, self.key)

    def record(self) -> dict[str, str | float | None]:
        """Return the row for a manifest: NaN as None."""
        return {
            k: None if isinstance(v, float) and math.isnan(v) else v
            for k, v in asdict(self).items()
        }


def row_name(parameter: str, chosen: str, key: str) -> str:
    """Return `parameter[set, key]`, as people are told of a row."""
    return f"{parameter}[{', '.join(x for x in (chosen, key) if x)}]"


class Parameters:
    """All rows, found by parameter, set and key.

    Parameters
    ----------
    rows : iterable of Row
        Later rows of the same parameter, set and key replace earlier ones.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[tuple[str, str, str], Row] = {(r.parameter, r.set, r.key): r for r in rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def with_rows(self, rows: Iterable[Row]) -> "Parameters":
        """Return a copy in which a project's own rows come before all others."""
        return Parameters([*self, *rows])

    def find(self, parameter: str, chosen: str, key: str = "") -> Row | None:
        """Return the row, the project's own first; None where there is none."""
        local = self._rows.get((parameter, LOCAL, key))
        return local or self._rows.get((parameter, chosen, key))

    def of_ecosystem(self, parameter: str, chosen: str, code: str) -> Row | None:
        """Return the row of a level-II class, of its level-I class, or the one for all classes.

        A project's row for all classes comes before a set's row for one.
        """
        for owner in (LOCAL, chosen):
            for key in (code, code[:1], ""):
                if (parameter, owner, key) in self._rows:
                    return self._rows[parameter, owner, key]
        return None

    def of_set(self, parameter: str, chosen: str) -> dict[str, Row]:
        """Return all rows of one set by key, the project's own in front."""
        rows = {r.key: r for r in self if r.parameter == parameter and r.set == chosen}
        return rows | {r.key: r for r in self if r.parameter == parameter and r.set == LOCAL}

    def names(self) -> set[str]:
        """Return the names of all parameters."""
        return {row.parameter for row in self}


@cache
def bundled() -> Parameters:
    """Return the rows that come with the toolkit."""
    folder = resources.files("data_catalog.parameters")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".csv")), key=lambda f: f.name)
    return Parameters(
        row for file in files for row in _rows(file.read_text(encoding="utf-8"), file.name)
    )


def engine_number(name: str) -> float:
    """Return one of the engine's own limits; see parameters/engine.csv."""
    row = bundled().find(name, "engine")
    if row is None:
        raise KeyError(name)
    return row.value


def _rows(text: str, where: str) -> Iterator[Row]:
    for number, cells in enumerate(_cells(text, where), start=2):
        yield _row(cells, f"{where}:{number}", None)


def read_rows(path: Path, known: set[str] | None = None) -> list[Row]:
    """Return the rows of a project's own table, as set `project` and by default grade `local`.

    Raises
    ------
    ProjectError, UnknownNameError or Problems
        If a column is missing, a value is no number, a unit is unknown, a source is empty, a row is
        there twice, or a parameter is not one of those `known`: all rows at once.
    """
    errors: list[GepError] = []
    rows: list[Row] = []
    seen: set[tuple[str, str]] = set()
    for number, cells in enumerate(_cells(table_text(path), path.name), start=2):
        where = f"{path.name}:{number}"
        try:
            row = _row(cells, where, LOCAL)
            _check_known(row, where, known, seen)
        except GepError as error:
            errors.append(error)
        else:
            seen.add((row.parameter, row.key))
            rows.append(row)
    raise_all(errors)
    return rows


def _check_known(row: Row, where: str, known: set[str] | None, seen: set[tuple[str, str]]) -> None:
    if (row.parameter, row.key) in seen:
        raise ProjectError(
            where=where,
            problem=Text(
                f"{row.name()} 出现了两次，请只留一行。",
                f"{row.name()} is there twice. Keep one row.",
            ),
        )
    if known is not None and row.parameter not in known:
        raise UnknownNameError(
            where=where,
            kind=Text("参数", "parameter"),
            name=row.parameter,
            hint=suggestion(row.parameter, known),
        )


def table_text(path: Path) -> str:
    """Return a table's text; Excel in China saves CSV in GB 18030.

    Raises
    ------
    ProjectError
        If it cannot be read, or is in another encoding.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = Text("无法读取该文件。", "this file cannot be read.")
        raise ProjectError(where=path.as_posix(), problem=problem) from error
    for encoding in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    problem = Text("编码既非 UTF-8 也非 GB 18030。", "is neither in UTF-8 nor in GB 18030.")
    raise ProjectError(where=path.name, problem=problem)


def _cells(text: str, where: str) -> Iterator[Mapping[str, str | None]]:
    """Yield a table's lines by column, once all needed columns are there."""
    reader = csv.DictReader(text.splitlines())
    try:
        names = reader.fieldnames or ()
        missing = sorted({"parameter", "value", "units", "source"} - set(names))
        if not missing:
            yield from reader
            return
    except csv.Error as error:
        problem = Text("不是 CSV 文本表。", "is no CSV table.")
        raise ProjectError(where=where, problem=problem) from error
    raise ProjectError(
        where=where,
        problem=Text(
            f"缺少列 {', '.join(missing)}；需要的列是 {', '.join(COLUMNS)}。",
            f"has no column {', '.join(missing)}; the columns are {', '.join(COLUMNS)}.",
        ),
    )


def _row(cells: Mapping[str, str | None], where: str, chosen: str | None) -> Row:
    text = {column: (cells.get(column) or "").strip() for column in COLUMNS}
    grade = text["grade"] or ("local" if chosen == LOCAL else "")
    if grade not in GRADES:
        names = ", ".join(GRADES)
        raise _wrong(where, "grade", grade, Text(f"{names} 之一", f"one of {names}"))
    if not text["source"]:
        raise _wrong(where, "source", "", Text("数据出处", "where the number comes from"))
    if not is_unit(text["units"]):
        want = Text("单位，如 CNY/m3；比例写 1", "a unit such as CNY/m3; 1 for a share")
        raise _wrong(where, "units", text["units"], want)
    value, se, low, high = (_number(text[c], where, c) for c in ("value", "se", "low", "high"))
    if math.isnan(value):
        raise _wrong(where, "value", text["value"], NUMBER)
    if value < low or value > high:
        low_high = text["low"], text["high"]
        want = Text("{} 至 {} 之间".format(*low_high), "within {} to {}".format(*low_high))
        raise _wrong(where, "value", text["value"], want)
    if se < 0:
        raise _wrong(where, "se", text["se"], Text("不小于 0", "0 or more"))
    return Row(
        parameter=text["parameter"],
        set=chosen or text["set"],
        key=text["key"],
        value=value,
        se=se,
        units=text["units"],
        low=low,
        high=high,
        region=text["region"],
        year=text["year"],
        source=text["source"],
        where=text["where"],
        grade=grade,
        note=text["note"],
    )


def _number(text: str, where: str, column: str) -> float:
    if not text:
        return math.nan
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if math.isinf(number):
        raise _wrong(where, column, text, NUMBER)
    return number


def _wrong(where: str, column: str, got: str, want: Text) -> ProjectError:
    return ProjectError(
        where=where,
        problem=Text(
            f"{column} 列为“{got}”，需要：{want.zh}。",
            f"column {column} is {got!r}; it must be {want.en}.",
        ),
    )
