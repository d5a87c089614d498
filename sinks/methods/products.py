"""Wood products of a run: what was made of each parcel's wood, and how much of it is left.

A table `wood_products` says how much of a product came from a parcel in a year. Its carbon decays
by the product's half-life; what was made before the table begins is not in it. A parcel without
rows has no products.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, TableError
from data_catalog.parameters import Parameters, Row
from data_catalog.text import Text
from data_catalog.units import same_kind
from sinks.dynamics.products import PRODUCTS, WOOD, Use, products_of
from sinks.estimates import Estimates, together
from sinks.methods.part import Found
from sinks.rows import needed, se_of
from sinks.stock import Ids, of_all_parcels
from tiles.results import Result
from tiles.tables import TableRows

__all__ = ["PARAMETERS", "TABLE", "problems", "with_products"]

TABLE = "wood_products"
FACTOR, HALF_LIFE = "hwp_carbon_factor", "hwp_half_life"
PARAMETERS = (FACTOR, HALF_LIFE)
AMOUNTS = {"volume": "t_C/m3", "mass": "t_C/t"}
"""What a row may give, and in which unit the product's carbon factor then is."""


def problems(given: TableRows, parameters: Parameters, chosen: str) -> Iterator[GepError]:
    """Yield what is wrong with a table of products: its products, and what is given of them."""
    for product, rows in given.frame.groupby("product", sort=False):
        try:
            factor, _ = _rows_of(str(product), parameters, chosen)
        except GepError as error:
            yield error
            continue
        wanted = _column(factor)
        others = rows[[column for column in AMOUNTS if column != wanted]]
        wrong = rows[wanted].isna() | others.notna().any(axis=1)
        for line in rows.loc[wrong, "line"]:
            yield TableError(
                where=f"{given.source}:{line:g}",
                problem=Text(
                    f"{product} 的含碳系数单位为 {factor.units}，应只填 {wanted} 列。",
                    f"the carbon factor of {product} is in {factor.units}: give its {wanted}, and "
                    "nothing else.",
                ),
            )


def with_products(found: Found, result: Result, parameters: Parameters, chosen: str) -> Found:
    """Return stocks, and changes where there are any, with the wood products of each parcel.

    Parcels of which no other pool is known have products only where the table has rows of them.

    Raises
    ------
    ParameterMissing
        If a product has no carbon factor or half-life in the set.
    """
    given = result.inputs.tables.get(TABLE)
    if given is None or not found.stocks:
        return found
    first = next(iter(found.stocks.values()))
    ids = first[0].keys["parcel_id"].astype(str).to_numpy(object)
    years = sorted(found.stocks)
    each, rows = _left(given.frame, parameters, chosen, years)
    unknown = np.all([np.isnan(p.value) for parts in found.stocks.values() for p in parts], axis=0)
    unknown &= ~np.isin(ids, given.frame["parcel_id"].astype(str).unique())
    of = {year: _of_year(each, ids, year, unknown) for year in years}
    stocks = {year: (*parts, of[year]) for year, parts in found.stocks.items()}
    changes = (*found.changes, of[years[-1]].minus(of[years[0]])) if found.changes else ()
    lines = given.frame["line"]
    sources = [text for text in dict.fromkeys(given.frame["source"]) if text]
    said: dict[str, Any] = {"wood_products": {
        "set": chosen, "rows": [row.name() for row in rows], "sources": sources,
        "lines": f"{lines.min():g}-{lines.max():g}",
    }}  # fmt: skip
    return replace(
        found, stocks=stocks, changes=changes, said={**found.said, **said},
        rows=(*found.rows, *rows),
    )  # fmt: skip


def _left(
    frame: pd.DataFrame, parameters: Parameters, chosen: str, years: list[int]
) -> tuple[Estimates, tuple[Row, ...]]:
    """Return the carbon left in products at the end of years, with what was read for it."""
    parts, read = [], []
    for product, rows in frame.groupby("product", sort=True):
        factor, half_life = _rows_of(str(product), parameters, chosen)
        column = _column(factor)
        amount = rows[column].to_numpy(np.float64)
        keys = pd.DataFrame({
            "parcel_id": rows["parcel_id"].astype(str).to_numpy(object),
            "year": rows["year"].to_numpy(np.int64), "pool": WOOD,
        })  # fmt: skip
        units = AMOUNTS[column]
        made = Estimates(
            keys=keys, value=amount * factor.in_units(units), own=np.zeros(len(rows)),
            shared={factor.name(): amount * se_of(factor, units)},
        )  # fmt: skip
        parts.append(products_of(made, [Use(share=1.0, half_life=half_life)], years, 1.0))
        read += [factor, half_life]
    return together(parts), tuple(read)


def _of_year(each: Estimates, ids: Ids, year: int, unknown: np.ndarray) -> Estimates:
    """Return the products of all parcels at the end of a year; none where there are no rows."""
    of_year = each.chosen((each.keys["year"] == year).to_numpy()).summed(["parcel_id", "pool"])
    found = of_all_parcels(ids, PRODUCTS, [of_year])
    nothing = np.where(unknown, np.nan, 0.0)
    without = np.isnan(found.value)
    return replace(
        found, value=np.where(without, nothing, found.value),
        own=np.where(without, nothing, found.own),
    )  # fmt: skip


def _rows_of(product: str, parameters: Parameters, chosen: str) -> tuple[Row, Row]:
    """Return the carbon factor and the half-life of a product."""
    factor, half_life = (needed(parameters, TABLE, n, chosen, product) for n in PARAMETERS)
    return factor, half_life


def _column(factor: Row) -> str:
    return next(c for c, units in AMOUNTS.items() if same_kind(factor.units, units))
