"""The facts of a crediting project: a TOML file, a table of parcels, rows, yearly amounts."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import GepError, ProjectError, TableError, UnknownNameError, raise_all
from data_catalog.methodologies.facts import Fact, facts
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, bundled, read_rows, table_text
from data_catalog.text import Text
from data_catalog.toml_files import read_checked
from sinks.credits.nprt import Answers

__all__ = ["Displaced", "Facts", "read_facts"]

YEARLY = ("parcel_id", "year_from", "year_to", "tCO2e")
YES = {"yes": True, "true": True, "是": True, "1": True}
NO = {"no": False, "false": False, "否": False, "0": False}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Table(_Strict):
    path: str


class _Parcels(_Strict):
    """A table of facts of each parcel, and which parcels of a run are the project's own."""

    path: str = ""
    ids: tuple[str, ...] = ()


class _Rows(_Strict):
    rows: str


class Displaced(_Strict):
    """Farming or grazing that the project displaces (AR-TOOL15)."""

    area_ha: Annotated[float, Field(ge=0)]
    tree_biomass_t_per_ha: Annotated[float, Field(ge=0)] = 0.0
    shrub_biomass_t_per_ha: Annotated[float, Field(ge=0)] = 0.0


class Rotation(_Strict):
    """Ends of the first and the last year of a rotation that the path covers."""

    year_from: int
    year_to: int


class Issued(_Strict):
    """Units that a registry issued for a vintage: the first serial number, and text before it."""

    vintage_from: date
    serial_from: Annotated[int, Field(ge=0)]
    prefix: str = ""


class _File(_Strict):
    facts: dict[str, bool | int | float | str | date] = Field(default_factory=dict)
    parcels: _Parcels = _Parcels()
    pools: tuple[str, ...] = ()
    parameters: _Rows | None = None
    baseline: _Table | None = None
    leakage: _Table | None = None
    emissions: _Table | None = None
    displaced: Displaced | None = None
    rotation: Rotation | None = None
    nprt: Answers | None = None
    risks: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    issued: tuple[Issued, ...] = ()


class Facts:
    """What is known of a crediting project.

    Parameters
    ----------
    of_all : mapping of fact to value
        True of every parcel.
    of_parcels : DataFrame, index parcel_id, a column per fact
        Empty cells are not known.
    """

    def __init__(self, file: _File, folder: Path, where: str) -> None:
        self.where = where
        self.file = file
        self._folder = folder
        self.of_all: dict[str, Any] = _project_facts(file.facts, where)
        self.of_parcels = self._parcels()
        self.parameters = self._parameters()
        self.areas: dict[str, float] = {}
        """Areas of the run's parcels, ha; those of the table of parcels come before them."""

    def of(self, parcel: str, fact: str) -> Any:  # noqa: ANN401  (number, flag, text or date)
        """Return a fact of a parcel, or of the project; None where it is not known."""
        if fact in self.of_parcels.columns and parcel in self.of_parcels.index:
            value = self.of_parcels.at[parcel, fact]
            if value is not None:
                return value
        if fact == "area_ha" and parcel in self.areas:
            return self.areas[parcel]
        return self.of_all.get(fact)

    def yearly(self, what: str) -> pd.DataFrame | None:
        """Return a table of amounts by parcel and period, t_CO2e; None where there is none.

        Raises
        ------
        TableError
            If it lacks a column, or a number is none.
        """
        entry: _Table | None = getattr(self.file, what)
        if entry is None:
            return None
        table = _read(self._folder / entry.path)
        missing = [c for c in YEARLY if c not in table]
        if missing:
            names = ", ".join(missing)
            raise TableError(where=entry.path, problem=Text(
                f"缺少列 {names}。需要 {', '.join(YEARLY)}（可另加 se_tCO2e）。",
                f"has no column {names}. It has {', '.join(YEARLY)}, and se_tCO2e if known.",
            ))  # fmt: skip
        for column in ("year_from", "year_to", "tCO2e", "se_tCO2e"):
            if column in table:
                table[column] = _numbers(table[column], column, entry.path)
        return table if "se_tCO2e" in table else table.assign(se_tCO2e=0.0)

    def _parameters(self) -> Parameters:
        if self.file.parameters is None:
            return bundled()
        return bundled().with_rows(read_rows(self._folder / self.file.parameters.rows))

    def _parcels(self) -> pd.DataFrame:
        if not self.file.parcels.path:
            return pd.DataFrame()
        table = _read(self._folder / self.file.parcels.path)
        where = self.file.parcels.path
        if "parcel_id" not in table:
            raise TableError(
                where=where, problem=Text("缺少列 parcel_id。", "has no column parcel_id.")
            )
        twice = table.loc[table["parcel_id"].duplicated(), "parcel_id"]
        if len(twice):
            raise TableError(where=where, problem=Text(
                f"宗地 {twice.iloc[0]} 出现了两次。", f"parcel {twice.iloc[0]} is there twice.",
            ))  # fmt: skip
        table = table.set_index("parcel_id")
        errors: list[GepError] = []
        found = pd.DataFrame(index=table.index)
        for name in table.columns:
            if name not in facts():
                continue  # a table of parcels may hold more than facts
            cells: list[Any] = []
            for row, text in enumerate(table[name], start=2):
                try:
                    cells.append(_value(facts()[name], text) if text else None)
                except ValueError:
                    errors.append(_wrong(f"{where}:{row}", facts()[name], text))
            if len(cells) == len(table):
                found[name] = pd.Series(cells, index=table.index, dtype=object)
        raise_all(errors)
        return found


def read_facts(file: Path | None) -> Facts:
    """Return the facts of a project; none are known without a file.

    Raises
    ------
    GepError or Problems
        All that is wrong with the file, or a table it names.
    """
    if file is None:
        return Facts(_File(), Path(), "--project")
    found = read_checked(_File, file)
    return Facts(found, file.parent, file.name)


def _project_facts(given: dict[str, Any], where: str) -> dict[str, Any]:
    errors: list[GepError] = []
    found: dict[str, Any] = {}
    for name, value in given.items():
        fact = facts().get(name)
        if fact is None or fact.derived:
            known = [n for n, f in facts().items() if not f.derived]
            errors.append(UnknownNameError(
                where=f"{where}: [facts]", kind=Text("事实", "fact"), name=name,
                hint=suggestion(name, known),
            ))  # fmt: skip
            continue
        try:
            found[name] = _value(fact, value)
        except ValueError:
            errors.append(_wrong(f"{where}: [facts]", fact, value))
    raise_all(errors)
    begin, end = found.get("crediting_from"), found.get("crediting_to")
    if begin and end:
        if end <= begin:
            raise ProjectError(where=f"{where}: [facts]", problem=Text(
                f"crediting_to（{end}）须晚于 crediting_from（{begin}）。",
                f"crediting_to ({end}) must be later than crediting_from ({begin}).",
            ))  # fmt: skip
        found["crediting_years"] = _years(begin, end)
    return found


def _years(begin: date, end: date) -> float:
    """Return the whole years between two dates, and the rest as a share of a year."""
    whole = end.year - begin.year - ((end.month, end.day) < (begin.month, begin.day))
    since = _anniversary(begin, whole)
    rest = (end - since).days / (_anniversary(begin, whole + 1) - since).days
    return whole + rest


def _anniversary(begin: date, years: int) -> date:
    """Return the same day in a later year; that of a leap day is the first of March."""
    try:
        return begin.replace(year=begin.year + years)
    except ValueError:
        return date(begin.year + years, 3, 1)


def _value(fact: Fact, given: Any) -> Any:  # noqa: ANN401
    """Return a fact's value of its kind.

    Raises
    ------
    ValueError
        If it is of another kind.
    """
    if fact.kind == "flag":
        if isinstance(given, bool):
            return given
        return {**YES, **NO}[str(given).strip().lower()] if str(given).strip().lower() in {
            **YES, **NO} else _refuse()  # fmt: skip
    if fact.kind == "date":
        return given if isinstance(given, date) else date.fromisoformat(str(given).strip())
    if fact.kind == "number":
        number = float(given) if not isinstance(given, bool) else _refuse()
        return number if np.isfinite(number) else _refuse()
    return str(given).strip()


def _refuse() -> float:
    raise ValueError


def _wrong(where: str, fact: Fact, value: object) -> GepError:
    kinds = {
        "number": Text(f"数（{fact.units}）", f"a number ({fact.units})"),
        "flag": Text("是或否", "yes or no"),
        "date": Text("日期，如 2016-03-01", "a date such as 2016-03-01"),
        "text": Text("文字", "text"),
    }
    want = kinds[fact.kind]
    return ProjectError(where=where, problem=Text(
        f"{fact.name}（{fact.title.zh}）为“{value}”，应为{want.zh}。",
        f"{fact.name} ({fact.title.en}) is {str(value)!r}; it must be {want.en}.",
    ))  # fmt: skip


def _read(path: Path) -> pd.DataFrame:
    from io import StringIO

    try:
        text = table_text(path)
        return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    except ValueError as error:
        problem = Text("不是 CSV 文本表。", "is no CSV table.")
        raise TableError(where=path.name, problem=problem) from error


def _numbers(column: "pd.Series[str]", name: str, where: str) -> "pd.Series[float]":
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().any():
        row = int(np.flatnonzero(numbers.isna().to_numpy())[0])
        raise TableError(where=f"{where}:{row + 2}", problem=Text(
            f"{name} 列为“{column.iloc[row]}”，应为数。",
            f"column {name} is {column.iloc[row]!r}; it must be a number.",
        ))  # fmt: skip
    return numbers
