"""Models over the rows of a table: their numbers looked up, and what each row gives."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import GepError, ParameterMissing
from data_catalog.parameters import Parameters, Row
from data_catalog.spec import ECOSYSTEM, Column, Factor, Model, Pixels
from data_catalog.tables import UNIT, Table, TableColumn
from data_catalog.text import Text
from data_catalog.units import conversion, same_kind
from gep.price_level import PriceLevel, is_money
from tiles.binding import number

__all__ = ["MADE_AFTER", "BoundRows", "Lookup", "bind_rows", "item_units"]

MADE_AFTER = "ecosystem_km2"
"""The column that is known after the run alone: the area of a row's ecosystem in its region."""

Refuse = Callable[[int, GepError], None]


@dataclass(frozen=True)
class BoundRows:
    """A model with a number per row for each of its inputs, or one for all rows.

    `physical`, the amount that a valuation reads, is not among them.
    """

    model: Model
    arguments: dict[str, Pixels | float]
    rows: tuple[Row, ...]

    def evaluate(self, rows: int, after: Pixels, physical: Pixels | None = None) -> Pixels:
        """Return what each row gives, in the model's total units.

        Parameters
        ----------
        after : array
            The column that is known after the run alone.
        physical : array, optional
            Each row's amount, for a valuation.
        """
        given = dict(self.arguments)
        if MADE_AFTER in given:
            given[MADE_AFTER] = after
        if physical is not None and "physical" in self.model.inputs:
            given["physical"] = physical
        to_total = conversion(self.model.output.units, self.model.output.total)[0]
        return self._computed(given, rows) * to_total

    def ready(self) -> bool:
        """Return whether what each row gives is known before the run."""
        return not {MADE_AFTER, "physical"} & set(self.model.inputs)

    def of_each(self, rows: int) -> Pixels:
        """Return what each row gives, in the model's output units; see `ready`."""
        return self._computed(self.arguments, rows)

    def _computed(self, given: Mapping[str, Pixels | float], rows: int) -> Pixels:
        return np.asarray(np.broadcast_to(self.model(**given), rows), dtype=np.float64)

    def read(self) -> tuple[str, ...]:
        """Return the columns of the table whose cells it needs."""
        return tuple(n for n in self.model.columns() if n != MADE_AFTER)


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Where the numbers of one service come from under one standard.

    One that `subtracts_outside` counts of a table's row only what is not from outside the region.
    """

    level: PriceLevel
    set_of: Callable[[str], str]
    service: str
    standard: str
    subtracts_outside: bool = False

    @property
    def parameters(self) -> Parameters:
        """Return all rows, those in money in the prices of the level's year where they can be."""
        return self.level.parameters


def item_units(items: npt.NDArray[np.object_], frame: pd.DataFrame, total: str) -> dict[str, str]:
    """Return the unit in which each item's amount is summed: the service's own where it can be.

    Otherwise it is that of the item's first row: timber in m3, bamboo in culms.
    """
    if "unit" not in frame:
        return dict.fromkeys(items, total)
    found: dict[str, str] = {}
    for item, unit in zip(items, frame["unit"], strict=True):
        if unit and item not in found:
            yearly = f"{unit}/year"
            found[item] = total if same_kind(f"({unit})/year", total) else yearly
    return dict.fromkeys(items, total) | found


def bind_rows(
    model: Model, table: Table, frame: pd.DataFrame, units: Iterable[str], at: Lookup,
    refuse: Refuse,
) -> BoundRows:  # fmt: skip
    """Return a model with its numbers for the rows of a table.

    Parameters
    ----------
    units : iterable of str
        The unit of each row's amount.
    refuse : function
        Called with the place of each row that a factor has no number for.

    Raises
    ------
    ParameterMissing
        If a number for all rows has no row.
    """
    arguments: dict[str, Pixels | float] = {}
    used: dict[str, Row] = {}
    wanted = list(units)
    for name, given in model.inputs.items():
        if isinstance(given, Column):
            arguments[name] = _column(given, table.columns[name], frame, wanted)
            if is_money(table.columns[name].units):
                arguments[name] = arguments[name] * at.level.factors(frame)
        elif isinstance(given, Factor):
            own = _own(name, given, table, frame)
            if own is not None and not np.isnan(own).any():
                arguments[name] = own
                continue
            numbers, rows = _factor(name, given, frame, at, own, refuse)
            arguments[name] = numbers
            used |= {row.name(): row for row in rows}
    return BoundRows(model, arguments, tuple(used.values()))


def _own(name: str, factor: Factor, table: Table, frame: pd.DataFrame) -> Pixels | None:
    """Return the rows' own numbers in a factor's place, where the table has such a column."""
    if name not in table.columns:
        return None
    return frame[name].to_numpy() * conversion(table.columns[name].units, factor.units)[0]


def _column(
    column: Column, declared: TableColumn, frame: pd.DataFrame, wanted: list[str]
) -> Pixels:
    """Return a column in the model's units, or in the unit that the row's item is summed in."""
    if declared.name == MADE_AFTER:
        return np.ones(len(frame))  # stands in until the run is over
    numbers = frame[declared.name].to_numpy(np.float64)
    if UNIT not in declared.units:
        return numbers * conversion(declared.units, column.units)[0]
    factors = {
        (unit, total): _unit_factor(declared.units, column.units, unit, total)
        for unit, total in set(zip(frame["unit"], wanted, strict=True))
        if unit
    }
    pairs = zip(frame["unit"], wanted, strict=True)
    return numbers * np.array([factors.get(pair, np.nan) for pair in pairs], dtype=np.float64)


def _unit_factor(template: str, units: str, unit: str, total: str) -> float:
    got = template.format(unit=f"({unit})")
    if same_kind(got, units):
        return conversion(got, units)[0]
    return conversion(got, template.format(unit=f"({total.removesuffix('/year')})"))[0]


def _factor(
    name: str, factor: Factor, frame: pd.DataFrame, at: Lookup, own: Pixels | None, refuse: Refuse
) -> tuple[Pixels | float, list[Row]]:
    """Return a factor's number, one for all rows or one by a column's text; the rows' own first."""
    parameter = factor.table or name
    chosen = factor.choose or at.set_of(parameter)
    if not factor.by:
        one = number(parameter, factor, at.parameters, chosen, at.service, at.standard)
        value = one.in_units(factor.units)
        return (value if own is None else np.where(np.isnan(own), value, own)), [one]
    keys = frame[factor.by].to_numpy()
    found = {key: _keyed(parameter, chosen, key, factor.by, at) for key in dict.fromkeys(keys)}
    numbers = np.full(len(keys), np.nan) if own is None else own.copy()
    used: list[Row] = []
    for place in np.flatnonzero(np.isnan(numbers)):
        row = found[keys[place]]
        if isinstance(row, Row):
            numbers[place] = row.in_units(factor.units)
            used.append(row)
        else:
            refuse(int(place), row)
    return numbers, used


def _keyed(
    parameter: str, chosen: str, key: str, column: str, at: Lookup
) -> Row | ParameterMissing:
    if column == ECOSYSTEM:
        row = at.parameters.of_ecosystem(parameter, chosen, key)
    else:
        row = at.parameters.find(parameter, chosen, key) or at.parameters.find(parameter, chosen)
    if row is not None:
        return row
    where = Text(f"（{column} = {key}）", f" ({column} = {key})")
    return ParameterMissing(
        service=at.service, parameter=parameter, standard=at.standard, key=where
    )
