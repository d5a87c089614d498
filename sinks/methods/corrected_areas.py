"""Stock and change by class densities on areas that a reference sample has corrected.

A map's classes err; a sample of places looked at in the field, drawn in each class of the map (for
a change: in each pair of classes), says how. The corrected areas of the pairs err by the sample,
which all parcels share, and so do stocks and their change.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data_catalog.errors import TableError
from data_catalog.text import Text
from sinks import change
from sinks.area_effect import area_effect, effects
from sinks.change import FROM, TO
from sinks.densities import NO_CLASS, DensityTable
from sinks.estimates import Estimates
from sinks.methods.part import Found
from sinks.pools import SOIL
from sinks.stock import Ids, Numbers, checked, of_all_parcels, parcel_ids, unknown_at
from sinks.uncertainty.confusion import class_areas

__all__ = ["CONFUSION", "corrected"]

CONFUSION = "confusion"
MAPPED, FIELD = ("mapped_from", "mapped_to"), ("found_from", "found_to")
Pair = tuple[str, str]


def corrected(
    moved: pd.DataFrame, sample: pd.DataFrame, table: DensityTable, years: Sequence[int]
) -> Found:
    """Return stock and change on corrected areas.

    Parameters
    ----------
    moved : DataFrame with parcel_id, ecosystem_from, ecosystem_to, area_ha
        The same class twice where there is no baseline.
    sample : DataFrame with mapped_from, mapped_to, found_from, found_to, count
        Reference units; without a baseline the `_from` columns are empty.
    years : (year,) or (baseline year, year)

    Raises
    ------
    TableError
        If land of a pair has no reference units.
    ParameterMissing
        If a forest class, of the map or the field, has no density.
    """
    land = checked(moved, [FROM, TO])
    ids = parcel_ids(land)
    known = land[change.classified(land)]
    strata, field = _pairs(sample, MAPPED), _pairs(sample, FIELD)
    _check_sampled(known, strata)
    pairs = sorted({*strata, *field})
    table.require({code for pair in pairs for code in pair if code != NO_CLASS})
    counts = np.zeros((len(pairs), len(pairs)))
    for mapped, found, count in zip(strata, field, sample["count"], strict=True):
        counts[pairs.index(mapped), pairs.index(found)] += count
    names = [">".join(pair) for pair in pairs]
    mapped_area = _areas(known, ids, pairs)
    areas = class_areas(mapped_area, counts, pd.DataFrame({"parcel_id": ids}), names)
    pair_of = pairs * len(ids)
    blind = mapped_area.sum(axis=1) == 0

    def amounts(pool: str, ends: Mapping[int, int]) -> Estimates:
        """Return the carbon of a pool: of ends of the pairs (0 before, 1 after) with a sign."""
        density = np.zeros(len(areas))
        errors: dict[str, Numbers] = {}
        for end, sign in ends.items():
            for code in {pair[end] for pair in pairs if table.counts(pair[end])}:
                one = table.of(pool, code)
                here = np.array([pair[end] == code for pair in pair_of])
                density += sign * one.value * here
                error = errors.setdefault(table.source(one), np.zeros(len(areas)))
                error[here] += sign * one.se
        by_parcel = areas.times(density, errors).summed(["parcel_id"])
        return unknown_at(of_all_parcels(ids, pool, [by_parcel]), blind)

    stocks = {
        year: tuple(amounts(pool, {end: 1}) for pool in table.pools)
        for year, end in zip(years, (1,) if len(years) == 1 else (0, 1), strict=True)
    }
    if len(years) == 1:
        return Found(stocks=stocks)
    counted = np.array([[table.counts(code) for code in pair] for pair in pairs])
    area = areas.value.reshape(len(ids), len(pairs))
    area_from, area_to = (area @ counted[:, end] for end in (0, 1))
    converted = area @ (counted[:, 0] != counted[:, 1]) > 0
    changes, parts = [], []
    for pool, first, last in zip(table.pools, *stocks.values(), strict=True):
        one = amounts(pool, {1: 1, 0: -1})
        one = unknown_at(one, converted) if pool == SOIL else one
        changes.append(one)
        by_area = area_effect(area_from, first.value, area_to, last.value)
        parts.append(effects(one, area_from, area_to, by_area))
    return Found(stocks=stocks, changes=tuple(changes), effects=pd.concat(parts, ignore_index=True))


def _pairs(sample: pd.DataFrame, columns: tuple[str, str]) -> list[Pair]:
    """Return the pairs of classes of the sample's rows; one class twice where there is one."""
    before, after = (sample[c].astype(str) for c in columns)
    return [(b or a, a) for b, a in zip(before, after, strict=True)]


def _check_sampled(known: pd.DataFrame, strata: list[Pair]) -> None:
    """Raise if land of some pair of classes has no reference units."""
    there = known.groupby([FROM, TO], observed=True)["area_ha"].sum().reset_index()
    lacking = [
        f"{before}>{after}: {area:,.1f} ha"
        for before, after, area in there.itertuples(index=False)
        if area > 0 and (before, after) not in strata
    ]
    if lacking:
        shown = ", ".join(lacking)
        raise TableError(
            where=f"[tables] {CONFUSION}",
            problem=Text(
                f"以下制图类别（前>后）有面积而没有参考样本：{shown}。请补充样本。",
                f"no reference units in these pairs of map classes (before>after): {shown}. Add "
                "some.",
            ),
        )


def _areas(known: pd.DataFrame, ids: Ids, pairs: list[Pair]) -> Numbers:
    """Return the mapped area of each pair of classes, ha, (parcel, pair)."""
    summed = known.groupby(["parcel_id", FROM, TO], observed=True)["area_ha"].sum()
    wide = summed.unstack([FROM, TO]).reindex(ids)
    columns = [
        wide[pair].to_numpy(np.float64) if pair in wide else np.zeros(len(ids)) for pair in pairs
    ]
    areas: Numbers = np.nan_to_num(np.stack(columns, axis=1))
    return areas
