"""Models over the rows of a table, in an account: their money in one year's prices."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.parameters import Parameters
from data_catalog.spec import Column, Model, Pixels
from data_catalog.tables import UNIT, Table, TableColumn
from data_catalog.units import conversion, same_kind
from gep.price_level import PriceLevel, is_money
from tiles import rows as of_tables

__all__ = ["MADE_AFTER", "BoundRows", "Lookup", "bind_rows", "item_units"]

MADE_AFTER = "ecosystem_km2"
"""The column that is known after the run alone: the area of a row's ecosystem in its region."""


@dataclass(frozen=True)
class BoundRows(of_tables.BoundRows):
    """A model with its numbers, but not `physical`, the amount that a valuation reads."""

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
        return self.computed(given, rows) * to_total

    def ready(self) -> bool:
        """Return whether what each row gives is known before the run."""
        return not {MADE_AFTER, "physical"} & set(self.model.inputs)

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

    def numbers(self) -> of_tables.Lookup:
        """Return where a model's factors are looked up."""
        return of_tables.Lookup(
            parameters=self.parameters, set_of=self.set_of, service=self.service,
            standard=self.standard,
        )  # fmt: skip


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
    refuse: of_tables.Refuse,
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
    read = partial(_column, wanted=list(units), level=at.level)
    found = of_tables.bind_rows(model, table, frame, at.numbers(), refuse, read)
    return BoundRows(found.model, found.arguments, found.origins)


def _column(
    column: Column, declared: TableColumn, frame: pd.DataFrame, wanted: list[str], level: PriceLevel
) -> Pixels:
    """Return a column in the model's units, or in the unit that the row's item is summed in."""
    if declared.name == MADE_AFTER:
        return np.ones(len(frame))  # stands in until the run is over
    prices = level.factors(frame) if is_money(declared.units) else 1.0
    if UNIT not in declared.units:
        return of_tables.plain_column(column, declared, frame) * prices
    factors = {
        (unit, total): _unit_factor(declared.units, column.units, unit, total)
        for unit, total in set(zip(frame["unit"], wanted, strict=True))
        if unit
    }
    pairs = zip(frame["unit"], wanted, strict=True)
    of_row = np.array([factors.get(pair, np.nan) for pair in pairs], dtype=np.float64)
    return frame[declared.name].to_numpy(np.float64) * of_row * prices


def _unit_factor(template: str, units: str, unit: str, total: str) -> float:
    got = template.format(unit=f"({unit})")
    if same_kind(got, units):
        return conversion(got, units)[0]
    return conversion(got, template.format(unit=f"({total.removesuffix('/year')})"))[0]
