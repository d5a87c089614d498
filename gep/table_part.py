"""A part of a standard that reads a table: its rows, what they measure, and what is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import (
    GepError,
    RowsMissing,
    TableError,
    TableMissing,
    UnknownNameError,
)
from data_catalog.names import suggestion
from data_catalog.parameters import Row
from data_catalog.standards import Part
from data_catalog.tables import tables
from data_catalog.text import Text
from data_catalog.units import same_kind
from gep.price_level import PriceLevel, is_money
from gep.rows import BoundRows, Lookup, bind_rows, item_units
from gep.service import Service, Valuation, Variant
from gep.services import services
from tiles.inputs import Inputs
from tiles.regions import Regions
from tiles.tables import TableRows

__all__ = ["TablePart", "read_part", "row_problems"]

STATISTICS = "statistics"
OUTSIDE = "outside_share"
"""The column with the share of a product that comes from outside the region."""
SHOWN = 5
"""Line numbers listed in a message."""


@dataclass(frozen=True, kw_only=True)
class TablePart:
    """The rows of a table that one part of a standard accounts with.

    Parameters
    ----------
    frame : DataFrame
        The rows that can be computed.
    places : array
        Their places among all rows of the table.
    items : array of str
        What each row measures.
    units : dict
        The unit of each item's amount.
    amount : BoundRows
    valued : tuple of BoundRows
        The valuations that are worked out on the rows.
    level : PriceLevel
        What brought the money of the rows to one year's prices.
    kept : array
        The share of each row that counts: less than 1 for products from outside the region, under
        a standard that subtracts them.
    refused : dict
        The reason by item.
    """

    part: Part
    variant: Variant
    table: TableRows
    frame: pd.DataFrame
    places: npt.NDArray[np.int64]
    items: npt.NDArray[np.object_]
    units: Mapping[str, str]
    amount: BoundRows
    valued: tuple[BoundRows, ...]
    level: PriceLevel
    kept: npt.NDArray[np.float64]
    refused: Mapping[str, GepError] = field(default_factory=dict)

    def rows(self) -> tuple[Row, ...]:
        """Return the parameter rows behind its amounts and values."""
        return tuple(r for model in (self.amount, *self.valued) for r in model.rows)

    def has_money(self, model: BoundRows) -> bool:
        """Return whether a valuation reads money that the rows state, and their year with it."""
        columns = self.table.table.columns
        return "year" in self.frame and any(is_money(columns[n].units) for n in model.read())

    def price_years(self) -> set[str]:
        """Return the years whose prices the money of the rows is in."""
        money = any(self.has_money(model) for model in self.valued)
        return {self.level.year_of(f"{year:g}") for year in self.frame["year"]} if money else set()


def read_part(
    service: Service, part: Part, valuations: tuple[Valuation, ...], inputs: Inputs, at: Lookup
) -> TablePart:
    """Return the rows of a part, bound to their numbers.

    Parameters
    ----------
    valuations : tuple of Valuation
        All that the standard chooses for the service.

    Raises
    ------
    TableError
        If the project gives no such table, or it has no row of the service and item.
    ParameterMissing
        If a number for all rows has no row.
    """
    variant = service.variant(part.variant)
    table = _table(variant, inputs)
    chosen = _rows_of(service, variant, table)
    frame = table.frame[chosen].reset_index(drop=True)
    items = _items(variant, frame)
    units = item_units(items, frame, service.total)
    own = [units[item] for item in items]
    refused: dict[str, GepError] = {}

    def refuse(place: int, error: GepError) -> None:
        refused.setdefault(items[place], error)

    amount = bind_rows(variant, table.table, frame, own, at, refuse)
    valued: list[BoundRows] = []
    plain = False
    for valuation in valuations:
        if valuation.item and valuation.item not in items:
            continue
        if valuation.of_rows and set(valuation.columns()) <= set(table.table.columns):
            valued.append(bind_rows(valuation, table.table, frame, own, at, refuse))
        plain = plain or not valuation.of_rows
    needed = [name for model in valued for name in model.read()]
    if plain or not valued or any("physical" in model.model.inputs for model in valued):
        needed += amount.read()
    refused |= _empty_cells(table, frame, items, dict.fromkeys(needed)) | refused
    for model in (amount, *valued):
        refused |= _out_of_range(table, frame, items, model) | refused
    kept = ~np.isin(items, list(refused))
    places = np.flatnonzero(chosen)[kept]
    return TablePart(
        part=part, variant=variant, table=table, frame=frame[kept].reset_index(drop=True),
        places=places, items=items[kept], units=units, amount=amount.only(kept),
        valued=tuple(model.only(kept) for model in valued), level=at.level,
        kept=_inside(frame[kept]) if at.subtracts_outside else np.ones(int(kept.sum())),
        refused=refused,
    )  # fmt: skip


def _inside(frame: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the share of each row that is from the region: all of it where nothing is said."""
    if OUTSIDE not in frame:
        return np.ones(len(frame))
    return 1 - frame[OUTSIDE].fillna(0).to_numpy(dtype=np.float64)


def _table(variant: Variant, inputs: Inputs) -> TableRows:
    if variant.table in inputs.tables:
        return inputs.tables[variant.table]
    raise TableMissing(table=variant.table, title=tables()[variant.table].title)


def _rows_of(service: Service, variant: Variant, table: TableRows) -> npt.NDArray[np.bool_]:
    """Return which rows a variant reads: of its service and item, where the table names those."""
    frame = table.frame
    chosen = np.ones(len(frame), dtype=bool)
    names = []
    for column, wanted in (("service", service.id), ("item", variant.item)):
        if column in frame and wanted:
            chosen &= (frame[column] == wanted).to_numpy()
            names.append(wanted)
    if not chosen.any():
        if names:
            raise RowsMissing(where=table.source, of=", ".join(names))
        raise TableError(where=table.source, problem=Text("没有任何行。", "is empty."))
    return chosen


def _items(variant: Variant, frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    if variant.item or "item" not in frame:
        return np.full(len(frame), variant.item, dtype=object)
    return frame["item"].to_numpy(dtype=object)


def _empty_cells(
    table: TableRows, frame: pd.DataFrame, items: npt.NDArray[np.object_], needed: dict[str, None]
) -> dict[str, GepError]:
    """Return, by item, that a row lacks a number which its method needs."""
    found: dict[str, GepError] = {}
    for item in dict.fromkeys(items):
        rows = frame[items == item]
        for name in needed:
            lines = [str(n) for n in rows.loc[rows[name].isna(), "line"]]
            if lines and item not in found:
                shown = ", ".join(lines[:SHOWN]) + (" ..." if len(lines) > SHOWN else "")
                title = table.table.columns[name].title
                problem = Text(
                    f"第 {shown} 行缺少 {name}（{title.zh}），核算方法需要它。请补充。",
                    f"line {shown} has no {name} ({title.en}), which its method needs. Add it.",
                )
                found[item] = TableError(where=table.source, problem=problem)
    return found


def _out_of_range(
    table: TableRows, frame: pd.DataFrame, items: npt.NDArray[np.object_], model: BoundRows
) -> dict[str, GepError]:
    """Return, by item, that a row gives a number outside the range that its model declares."""
    if not model.ready():
        return {}
    output = model.model.output
    numbers = model.of_each(len(frame))
    found: dict[str, GepError] = {}
    for place in np.flatnonzero((numbers < output.low) | (numbers > output.high))[::-1]:
        value = f"{numbers[place]:.6g} {output.units}"
        problem = Text(
            f"第 {frame['line'].iloc[place]} 行算得 {value}，超出 {output.low:g} 至 "
            f"{output.high:g}。请检查该行的数值和单位。",
            f"line {frame['line'].iloc[place]} gives {value}, outside {output.low:g} to "
            f"{output.high:g}. Check its numbers and units.",
        )
        found[items[place]] = TableError(where=table.source, problem=problem)
    return found


def row_problems(inputs: Inputs) -> Iterator[GepError]:
    """Yield what is wrong with the rows of the project's tables, read against the services."""
    regions: Regions | None = None
    for table in inputs.tables.values():
        if table.table.name == STATISTICS:
            yield from _service_problems(table)
        if "region" in table.frame:
            regions = regions or Regions.of(inputs)
            yield from _region_problems(table, regions)


def _service_problems(table: TableRows) -> Iterator[GepError]:
    known = {service.id: service for service in services()}
    columns = table.frame[["line", "service", "item", "unit"]]
    for line, name, item, unit in columns.itertuples(index=False):
        where = f"{table.source}:{line}"
        if name not in known:
            kind = Text("服务", "service")
            yield UnknownNameError(where=where, kind=kind, name=name, hint=suggestion(name, known))
            continue
        fixed = [i.id for i in known[name].items]
        if fixed and item not in fixed:
            kind = Text(f"{known[name].title.zh}项目", f"item of {name}")
            yield UnknownNameError(where=where, kind=kind, name=item, hint=suggestion(item, fixed))
        elif fixed and unit and not same_kind(f"({unit})/year", known[name].total):
            total = known[name].total.removesuffix("/year")
            problem = Text(
                f"unit 列为“{unit}”，但{known[name].title.zh}以 {total} 计。请换用同类单位。",
                f"column unit is {unit!r}, but {name} is counted in {total}. Use a unit of that "
                "kind.",
            )
            yield TableError(where=where, problem=problem)
    yield from _mixed_units(table)


def _mixed_units(table: TableRows) -> Iterator[GepError]:
    rows = table.frame[table.frame["unit"] != ""]
    for (service, item), group in rows.groupby(["service", "item"], sort=False):
        first = group["unit"].iloc[0]
        for line, unit in zip(group["line"], group["unit"], strict=True):
            if not same_kind(unit, first):
                problem = Text(
                    f"{service} 的“{item}”此处以 {unit} 计，其他行以 {first} 计，无法相加。",
                    f"{item!r} of {service} is in {unit} here and in {first} elsewhere: they "
                    "cannot be added.",
                )
                yield TableError(where=f"{table.source}:{line}", problem=problem)


def _region_problems(table: TableRows, regions: Regions) -> Iterator[GepError]:
    known = dict.fromkeys(table.frame["region"])
    empty = {name for name in known if len(regions.parcels(name)) == 0}
    for line, name in table.frame.loc[table.frame["region"].isin(empty), ["line", "region"]].values:
        kind = Text("宗地或地区", "parcel or region of this account")
        codes = {str(c) for c in regions.counties if c}
        yield UnknownNameError(
            where=f"{table.source}:{line}", kind=kind, name=name,
            hint=suggestion(name, codes or list(regions.ids)),
        )  # fmt: skip
    keys = [n for n, c in table.table.columns.items() if c.key and n != "region"]
    for _, rows in table.frame.groupby(keys, sort=False):
        names = [name for name in rows["region"] if name not in empty]
        if len(set(names)) == len(names) > 1 and regions.overlap(names):
            lines = ", ".join(str(n) for n in rows["line"])
            problem = Text(
                f"第 {lines} 行的地区相互重叠（如全域与其中一县），会被计算两次。请只留一种。",
                f"lines {lines} are of regions that overlap (the whole and a part of it) and would "
                "count twice. Keep the whole or the parts.",
            )
            yield TableError(where=table.source, problem=problem)
