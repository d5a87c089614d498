"""Models over the rows of a table: inputs are columns, numbers by a cell's text, or one number."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import GepError, ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import ECOSYSTEM, Column, Factor, Model, Pixels
from data_catalog.tables import Table, TableColumn
from data_catalog.text import Text
from data_catalog.units import conversion
from tiles.binding import number

__all__ = ["BoundRows", "Lookup", "Refuse", "bind_rows", "distinct", "plain_column"]

Refuse: TypeAlias = Callable[[int, GepError], None]
Origins: TypeAlias = Mapping[str, npt.NDArray[np.object_]]
ReadColumn: TypeAlias = Callable[[Column, TableColumn, pd.DataFrame], Pixels]


def itself(column: str, key: str) -> Iterable[str]:  # noqa: ARG001
    """Return the text of a cell alone: no other key stands in for it."""
    return (key,)


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Where the numbers of a model's factors come from.

    Parameters
    ----------
    set_of : function
        The set that a parameter is read from.
    service, standard : str
        What is told of them where a number has no row.
    keys : function
        The keys under which a number by a column's text is looked for, in order: of the column's
        name and the text.
    """

    parameters: Parameters
    set_of: Callable[[str], str]
    service: str
    standard: str
    keys: Callable[[str, str], Iterable[str]] = itself

    def row(self, parameter: str, chosen: str, key: str, column: str) -> Row | None:
        """Return the row for a column's text, else the one for all; None where there is none."""
        if column == ECOSYSTEM:
            return self.parameters.of_ecosystem(parameter, chosen, key)
        for one in (*self.keys(column, key), ""):
            if row := self.parameters.find(parameter, chosen, one):
                return row
        return None


@dataclass(frozen=True)
class BoundRows:
    """A model with a number per row for each of its inputs, or one for all rows.

    Parameters
    ----------
    arguments : dict
        By input: (n,) array or a number, in the model's units.
    origins : dict
        By factor: (n,) array of the parameter row that each number was read from; None where the
        table's row has its own.
    """

    model: Model
    arguments: dict[str, Pixels | float]
    origins: Origins = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Return the parameter rows read, in the order of the inputs."""
        found = (row for rows in self.origins.values() for row in distinct(rows)[0] if row)
        return tuple({row.name(): row for row in found}.values())

    def of_each(self, rows: int) -> Pixels:
        """Return what each row gives, (rows,), in the model's output units."""
        return self.computed(self.arguments, rows)

    def computed(self, given: Mapping[str, Pixels | float], rows: int) -> Pixels:
        """Return what each row gives with other numbers in the place of its own, (rows,)."""
        return np.asarray(np.broadcast_to(self.model(**given), rows), dtype=np.float64)

    def only(self, kept: npt.NDArray[np.bool_]) -> Self:
        """Return the model over some of the rows."""
        arguments = {n: g if isinstance(g, float) else g[kept] for n, g in self.arguments.items()}
        origins = {name: rows[kept] for name, rows in self.origins.items()}
        return replace(self, arguments=arguments, origins=origins)


def distinct(
    rows: npt.NDArray[np.object_],
) -> tuple[tuple[Row | None, ...], npt.NDArray[np.int64]]:
    """Return the different parameter rows in their order, and which of them each one is, (n,)."""
    first = {id(row): row for row in rows}
    number = {which: place for place, which in enumerate(first)}
    return tuple(first.values()), np.array([number[id(row)] for row in rows], dtype=np.int64)


def plain_column(column: Column, declared: TableColumn, frame: pd.DataFrame) -> Pixels:
    """Return a column in the model's units."""
    numbers = frame[declared.name].to_numpy(np.float64)
    return numbers * conversion(declared.units, column.units)[0]


def bind_rows(
    model: Model, table: Table, frame: pd.DataFrame, at: Lookup, refuse: Refuse,
    read_column: ReadColumn = plain_column,
) -> BoundRows:  # fmt: skip
    """Return a model with its numbers for the rows of a table.

    Parameters
    ----------
    refuse : function
        Called with the place of each row that a factor has no number for.

    Raises
    ------
    ParameterMissing
        If a number for all rows has no row.
    """
    arguments: dict[str, Pixels | float] = {}
    origins: dict[str, npt.NDArray[np.object_]] = {}
    for name, given in model.inputs.items():
        if isinstance(given, Column):
            arguments[name] = read_column(given, table.columns[name], frame)
        elif isinstance(given, Factor):
            own = _own(name, given, table, frame)
            if own is not None and not np.isnan(own).any():
                arguments[name] = own
                continue
            arguments[name], origins[name] = _factor(name, given, frame, at, own, refuse)
    return BoundRows(model, arguments, origins)


def _own(name: str, factor: Factor, table: Table, frame: pd.DataFrame) -> Pixels | None:
    """Return the rows' own numbers in a factor's place, where the table has such a column."""
    if name not in table.columns:
        return None
    return frame[name].to_numpy() * conversion(table.columns[name].units, factor.units)[0]


def _factor(
    name: str, factor: Factor, frame: pd.DataFrame, at: Lookup, own: Pixels | None, refuse: Refuse
) -> tuple[Pixels | float, npt.NDArray[np.object_]]:
    """Return a factor's numbers and the rows they are from; the table's own numbers first."""
    parameter = factor.table or name
    chosen = factor.choose or at.set_of(parameter)
    origins = np.full(len(frame), None, dtype=object)
    wanted = np.ones(len(frame), dtype=bool) if own is None else np.isnan(own)
    if not factor.by:
        one = number(parameter, factor, at.parameters, chosen, at.service, at.standard)
        origins[wanted] = one
        value = one.in_units(factor.units)
        return (value if own is None else np.where(wanted, value, own)), origins
    keys = frame[factor.by].to_numpy()
    found = {key: at.row(parameter, chosen, key, factor.by) for key in dict.fromkeys(keys)}
    numbers = np.full(len(keys), np.nan) if own is None else own.copy()
    for place in np.flatnonzero(wanted):
        row = found[keys[place]]
        origins[place] = row
        if row is None:
            refuse(int(place), _missing(parameter, keys[place], factor.by, at))
        else:
            numbers[place] = row.in_units(factor.units)
    return numbers, origins


def _missing(parameter: str, key: str, column: str, at: Lookup) -> ParameterMissing:
    where = Text(f"（{column} = {key}）", f" ({column} = {key})")
    return ParameterMissing(
        service=at.service, parameter=parameter, standard=at.standard, key=where
    )
