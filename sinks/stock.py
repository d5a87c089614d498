"""Carbon stock per parcel and pool: area of each class times its carbon density.

The densities are shared by all parcels: each is a source of error of its own, one draw for all of
them, and densities of different origin are independent.

    C = sum_c A_c d_c                    effect of the density of class c:  A_c se_c

Only the error of the densities is in it: not that of the class map, nor the spread of a stand
around its class's mean, which for one small parcel is the larger part.

References
----------
[ipcc_2006_v4] ch. 2, eq. 2.8; vol. 1, ch. 3 for the propagation.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import ParcelError
from data_catalog.text import Text
from sinks.densities import NO_CLASS, DensityTable
from sinks.estimates import Estimates, together

__all__ = [
    "Ids",
    "Mask",
    "Numbers",
    "checked",
    "of_all_parcels",
    "parcel_ids",
    "stock",
    "summed",
    "totals",
    "unclassified",
    "unknown_at",
    "weigh",
]

Ids: TypeAlias = npt.NDArray[np.object_]
Numbers: TypeAlias = npt.NDArray[np.float64]
Mask: TypeAlias = npt.NDArray[np.bool_]


def stock(areas: pd.DataFrame, table: DensityTable) -> tuple[Estimates, ...]:
    """Return the carbon stock of each parcel, one pool of the table after the other.

    Parameters
    ----------
    areas : DataFrame with parcel_id, ecosystem (two-digit text or a key of the set), area_ha
        All land of the parcels, forest or not. Area of class `00` is unclassified: it carries
        no stock and no zero either, see `unclassified`.
    table : DensityTable

    Returns
    -------
    Estimates per pool, t_C, with keys parcel_id and pool
        A row per parcel, by id. 0 +- 0 for a parcel without forest; NaN for one without any
        classified land. The error is NaN where a density with area has no standard error. A pool
        without densities in the set is not there.

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
    return tuple(unknown_at(one, blind) for one in weigh(known, table, table.pools, parcels))


def totals(parts: Sequence[Estimates]) -> tuple[Estimates, ...]:
    """Return amounts of all parcels together, of parts that are each of one pool and date.

    A parcel of which nothing is known in any part is left out; one that lacks an amount in one
    part alone leaves that part's total unknown.
    """
    blind = _known_nowhere(parts)
    found = []
    for part in parts:
        counted = ~part.keys["parcel_id"].isin(blind).to_numpy()
        whole = part.chosen(counted) if blind and counted.any() else part
        found.append(whole.summed([str(name) for name in part.keys if name != "parcel_id"]))
    return tuple(found)


def _known_nowhere(parts: Sequence[Estimates]) -> list[object]:
    """Return the parcels that have an amount in none of the parts: few, and mostly none."""
    lacking = {p for part in parts for p in _parcels(part)[np.isnan(part.value)]}
    if not lacking:
        return []
    known = {p for part in parts for p in _parcels(part)[~np.isnan(part.value)]}
    return list(lacking - known)


def _parcels(part: Estimates) -> Ids:
    return part.keys["parcel_id"].to_numpy(object)


def unknown_at(found: Estimates, rows: Mask) -> Estimates:
    """Return the same amounts with some rows not known, nor their errors."""
    if not rows.any():
        return found
    value, own = found.value.copy(), found.own.copy()
    value[rows] = own[rows] = np.nan
    return replace(found, value=value, own=own)


def of_all_parcels(ids: Ids, pool: str, parts: Sequence[Estimates]) -> Estimates:
    """Return one pool's amounts of all parcels in their order; NaN of those that no part has."""
    given = together(parts)
    place = pd.Index(ids).get_indexer(pd.Index(given.keys["parcel_id"].astype(str)))

    def spread_out(numbers: Numbers, nothing: float) -> Numbers:
        everywhere = np.full(len(ids), nothing)
        everywhere[place] = numbers
        return everywhere

    return Estimates(
        keys=pd.DataFrame({"parcel_id": ids}).assign(pool=pool),
        value=spread_out(given.value, np.nan),
        shared={s: spread_out(e, 0.0) for s, e in given.shared.items()},
        own=spread_out(given.own, np.nan),
        spatial={s: e.summed(place, len(ids)) for s, e in given.spatial.items()},
    )


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
) -> tuple[Estimates, ...]:
    """Return the carbon of pools, t_C, a row per parcel each.

    Areas may be negative: those of a change. Areas of densities that are one number are summed
    before the error is formed, so what cancels, value and error, is exactly zero.
    """
    codes = [code for code in sorted(areas["ecosystem"].unique()) if table.counts(code)]
    area = _by_code(areas, codes, parcels)
    ids = pd.DataFrame({"parcel_id": parcels})
    found = []
    for pool in pools:
        value, effects = np.zeros(len(parcels)), {}
        density = {code: table.of(pool, code) for code in codes}
        for source, one in {table.source(d): d for d in density.values()}.items():
            alike = [table.source(density[code]) == source for code in codes]
            of_one = area[:, alike].sum(axis=1)
            value += of_one * one.value
            # nothing of a density errs by nothing, also where its error is unknown
            effects[source] = np.where(of_one == 0, 0, of_one * one.se)
        own = np.zeros(len(parcels))
        found.append(Estimates(keys=ids.assign(pool=pool), value=value, shared=effects, own=own))
    return tuple(found)


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
