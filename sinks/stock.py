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
    cells = [weigh(known, table, pool, parcels) for pool in table.pools]
    value, se = (np.stack([c[i] for c in cells], axis=1) for i in (0, 1))
    value[blind] = se[blind] = np.nan
    return per_pool(parcels, table.pools).assign(stock_tC=value.ravel(), se_tC=se.ravel())


def totals(areas: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    """Return the stock of all parcels together, as `stock` does, with parcel_id "".

    The stocks are the sum over parcels; the standard errors are not, nor their root of squares:
    each density errs the same way in every parcel.
    """
    return stock(areas.assign(parcel_id=TOTAL), table)


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
    areas: pd.DataFrame, table: DensityTable, pool: str, parcels: Ids
) -> tuple[Numbers, Numbers]:
    """Return the carbon of one pool and its standard error, t_C, for each of the parcels.

    Areas may be negative: those of a change. Areas of densities that are one number are summed
    before the error is formed, so what cancels, value and error, is exactly zero.
    """
    codes = sorted(areas["ecosystem"].unique())
    density = {code: table.of(pool, code) for code in codes if table.counts(code)}
    origins = sorted({d.origin for d in density.values()})
    number = {code: origins.index(d.origin) for code, d in density.items()}
    counted = areas[areas["ecosystem"].isin(list(density))]
    of_origin = counted["ecosystem"].map(number).to_numpy(dtype=np.int64)
    cell = _places(counted, parcels) * len(origins)
    area = _tidy_sum(cell + of_origin, counted["area_ha"], len(parcels) * len(origins))
    area = area.reshape(len(parcels), len(origins))
    by_origin = {d.origin: d for d in density.values()}
    value = np.array([by_origin[o].value for o in origins])
    se = np.array([by_origin[o].se for o in origins])
    spread = np.where(area == 0, 0, area * se)
    return (area * value).sum(axis=1), np.sqrt((spread**2).sum(axis=1))


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
    ids = pd.Index(areas["parcel_id"].to_numpy(dtype=object), dtype=object)
    return pd.Index(parcels, dtype=object).get_indexer(ids).astype(np.int64)


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
