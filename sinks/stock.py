"""Carbon stock per parcel and pool: area of each class times its carbon density.

The densities are shared by all parcels, so their errors are fully correlated over parcels: the
standard error of a total is formed from the total area of each class, never from the parcels'
own standard errors. Densities of different origin are taken as independent.

    C = sum_c A_c d_c                    se = sqrt( sum_c (A_c se_c)^2 )

Only the error of the densities is in `se`: not that of the class map, nor the spread of a stand
around its class's mean, which for one small parcel is the larger part.

References
----------
[ipcc_2006_v4] ch. 2, eq. 2.8; vol. 1, ch. 3 for the propagation.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import ParcelError
from data_catalog.text import Text
from sinks.densities import NO_CLASS, DensityTable

__all__ = [
    "TOTAL",
    "Ids",
    "Mask",
    "Numbers",
    "checked",
    "parcel_ids",
    "per_pool",
    "stock",
    "summed",
    "together",
    "totals",
    "unclassified",
    "weigh",
]

TOTAL = ""
"""The parcel id of a row for all parcels together."""
Ids: TypeAlias = npt.NDArray[np.object_]
Numbers: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]


def stock(areas: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    """Return the carbon stock of each parcel.

    Parameters
    ----------
    areas : DataFrame with parcel_id, ecosystem (two-digit text or a key of the set), area_ha
        All land of the parcels, forest or not. Area of class `00` is unclassified: it carries
        no stock and no zero either, see `unclassified`.
    table : DensityTable

    Returns
    -------
    DataFrame with parcel_id, pool, stock_tC, se_tC
        A row per parcel and pool of the table, parcels by id, pools in their order. 0 ± 0 for a
        parcel without forest; NaN for one without any classified land. `se_tC` is NaN where a
        density with area has no standard error. A pool without densities in the set has no rows.

    Raises
    ------
    ParameterMissing, Problems
        If a forest class with area has no density.
    ParcelError
        If an area is missing, infinite or negative.
    """
    land = checked(areas, ["ecosystem"])
    known = land[land["ecosystem"] != NO_CLASS]
    table.require(known.loc[known["area_ha"] > 0, "ecosystem"].unique())
    parcels = parcel_ids(land)
    blind = ~pd.Index(parcels, dtype=object).isin(parcel_ids(known))
    value, se = weigh(known, table, table.pools, parcels)
    value[blind] = se[blind] = np.nan
    return per_pool(parcels, table.pools).assign(stock_tC=value.ravel(), se_tC=se.ravel())


def totals(areas: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    """Return the stock of all parcels together, as `stock` does, with parcel_id "".

    The stocks are the sum over parcels; the standard errors are not, nor their root of squares:
    each density errs the same way in every parcel.
    """
    return stock(together(checked(areas, ["ecosystem"]), ["ecosystem"]), table)


def together(areas: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Return the areas of all parcels added up, with parcel_id ""."""
    added = areas.groupby(classes, observed=True)["area_ha"].sum().reset_index()
    return added.assign(parcel_id=TOTAL)


def unclassified(areas: pd.DataFrame) -> pd.DataFrame:
    """Return what no stock is known for.

    Returns
    -------
    DataFrame with parcel_id, area_ha, missing_share
        Area of class `00` in each parcel, and its share of the parcel's area (fraction; 0 for a
        parcel without area).
    """
    land = checked(areas, ["ecosystem"])
    parcels = parcel_ids(land)
    gap = summed(land[land["ecosystem"] == NO_CLASS], parcels)
    whole = summed(land, parcels)
    share = np.divide(gap, whole, out=np.zeros_like(gap), where=whole > 0)
    return pd.DataFrame({"parcel_id": parcels, "area_ha": gap, "missing_share": share})


def weigh(
    areas: pd.DataFrame, table: DensityTable, pools: tuple[str, ...], parcels: Ids
) -> tuple[Numbers, Numbers]:
    """Return the carbon of pools and its standard error, t_C, (parcel, pool).

    Areas may be negative: those of a change. Areas of densities that are one number are summed
    before the error is formed, so what cancels, value and error, is exactly zero.
    """
    codes = [code for code in sorted(areas["ecosystem"].unique()) if table.counts(code)]
    area = _by_code(areas, codes, parcels)
    value, se = np.zeros((2, len(parcels), len(pools)))
    for column, pool in enumerate(pools):
        density = {code: table.of(pool, code) for code in codes}
        for one in {d.origin: d for d in density.values()}.values():
            alike = [density[code].origin == one.origin for code in codes]
            of_one = area[:, alike].sum(axis=1)
            value[:, column] += of_one * one.value
            se[:, column] += np.where(of_one == 0, 0, of_one * one.se) ** 2
    return value, np.sqrt(se)


def _by_code(areas: pd.DataFrame, codes: list[str], parcels: Ids) -> Numbers:
    """Return the area of each class in each of the parcels, ha, (parcel, class)."""
    number = {code: place for place, code in enumerate(codes)}
    counted = areas[areas["ecosystem"].isin(codes)]
    of_code = counted["ecosystem"].map(number).to_numpy(dtype=np.int64)
    cell = _places(counted, parcels) * len(codes) + of_code
    area = _tidy_sum(cell, counted["area_ha"], len(parcels) * len(codes))
    return area.reshape(len(parcels), len(codes))


def checked(areas: pd.DataFrame, classes: list[str]) -> pd.DataFrame:
    """Return the rows of area above zero; parcels without any keep one row.

    Raises
    ------
    ParcelError
        If an area is missing, infinite or negative, or a class is not text.
    """
    size = areas["area_ha"].to_numpy(dtype=np.float64)
    bad = ~np.isfinite(size) | (size < 0)
    if bad.any():
        raise _wrong(areas["parcel_id"].to_numpy()[bad][0], "area_ha", float(size[bad][0]))
    for column in classes:
        known = areas[column]
        texts = known.cat.categories if isinstance(known.dtype, pd.CategoricalDtype) else known
        if pd.api.types.infer_dtype(texts, skipna=False) in {"string", "empty"}:
            continue
        for parcel, code in zip(areas["parcel_id"], areas[column], strict=True):
            if not isinstance(code, str):
                raise _wrong(parcel, column, code)
    if (size > 0).all():
        return areas
    empty = ~areas["parcel_id"].isin(areas["parcel_id"][size > 0].unique())
    return areas[(size > 0) | (empty & ~areas["parcel_id"].duplicated())]


def summed(areas: pd.DataFrame, parcels: Ids) -> Numbers:
    """Return the area of each of the parcels, ha."""
    return _tidy_sum(_places(areas, parcels), areas["area_ha"], len(parcels))


def parcel_ids(areas: pd.DataFrame) -> Ids:
    """Return the ids of the parcels, sorted."""
    return np.array(sorted(areas["parcel_id"].unique()), dtype=object)


def per_pool(parcels: Ids, pools: tuple[str, ...]) -> pd.DataFrame:
    """Return parcel_id and pool: a row per parcel and pool."""
    names = np.array(pools, dtype=object)
    return pd.DataFrame(
        {"parcel_id": np.repeat(parcels, len(pools)), "pool": np.tile(names, len(parcels))}
    )


def _places(areas: pd.DataFrame, parcels: Ids) -> npt.NDArray[np.int64]:
    """Return where in the sorted ids the parcel of each row is."""
    ids = pd.Categorical(areas["parcel_id"])  # as it is, in the tables of a run
    places = pd.Index(parcels, dtype=object).get_indexer(pd.Index(ids.categories, dtype=object))
    return np.asarray(places[ids.codes], dtype=np.int64)


def _tidy_sum(cell: npt.NDArray[np.int64], area: "pd.Series[float]", cells: int) -> Numbers:
    """Sum areas by cell, in an order that does not depend on the order of the rows."""
    size = area.to_numpy(dtype=np.float64)
    order = np.lexsort((size, cell))
    return np.bincount(cell[order], weights=size[order], minlength=cells).astype(np.float64)


def _wrong(parcel: object, column: str, got: object) -> ParcelError:
    return ParcelError(
        where=str(parcel),
        problem=Text(
            f"{column} 为 {got!r}；面积应为非负数（公顷），类型应为两位文本。",
            f"{column} is {got!r}; an area must be a number of hectares, not negative, and a "
            "class a two-digit text.",
        ),
    )
