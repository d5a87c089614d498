"""Error matrices, labelled points and strata, read from what people write.

==============  =================================================================================
file            columns
==============  =================================================================================
error matrix    stratum; area_ha, pixels or weight; map_class (where strata are not classes);
                then a column of counts for each reference class
points          stratum, reference; map_class (where strata are not classes); a CSV or a GeoPackage
strata          stratum; area_ha, pixels or weight; expected_accuracy and cost for planning
==============  =================================================================================

Areas come from the file, or from a map whose strata are handed in; those of a run are the classes
of its extent account.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.errors import TableError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from sinks.sampling.accuracy import Counts, ErrorMatrix
from sinks.sampling.sample_files import count_of, numbers_of, read_texts, require
from sinks.sampling.strata import Numbers, Strata

__all__ = ["StrataTable", "read_sample", "read_strata", "strata_of_run"]

STRATUM, REFERENCE, MAP_CLASS = "stratum", "reference", "map_class"
SIZES: Mapping[str, str] = {"area_ha": "ha", "pixels": "pixel", "weight": "1"}
EXPECTED, COST = "expected_accuracy", "cost"
EXTENT = "seea/extent.csv"
NOT_LAND = {"00", "total"}
"""Rows of an extent account that are no class: unclassified land, and the sum."""
CLASS = Text("类别", "class")
VARIES = Text(
    "{where}：层“{name}”的 {column} 在各样点间不一致；每层只应有一个值。",
    "{where}: {column} of stratum {name!r} differs from point to point; a stratum has one.",
)
NO_SIZE = Text(
    "{where}：没有各层的面积。请加上 area_ha、pixels 或 weight 列之一，或用 --map 给出分类图。",
    "{where}: gives no areas of the strata. Add a column area_ha, pixels or weight, or give the "
    "map with --map.",
)
NO_SHARE = Text(
    "{where}：层“{name}”的 expected_accuracy 为 {got:g}，应在 0 与 1 之间。",
    "{where}: expected_accuracy of stratum {name!r} is {got:g}; it must be a fraction, 0 to 1.",
)
NO_COST = Text(
    "{where}：层“{name}”的 cost 为 {got:g}，应大于 0。",
    "{where}: cost of stratum {name!r} is {got:g}; it must be above 0.",
)
NOT_SQUARE = Text(
    "{where}：矩阵不是方阵：行（地图类别）为 {rows}，列（参考类别）为 {columns}。若某层不是地图的"
    "类别（如变化周围的缓冲层），请加上 map_class 列，并在该行留空。",
    "{where}: the matrix is not square: its rows (map) are {rows}, its columns (reference) "
    "{columns}. Where a stratum is no class of the map (a buffer around change), add a column "
    "map_class and leave it empty there.",
)
UNLABELLED = Text(
    "{where}：{all} 个样点中有 {n} 个没有 reference（参考类别）。请判读后填写；"
    "无法判读的请说明后删去。",
    "{where}: {n} of {all} points have no reference class. Label them; remove those that cannot "
    "be labelled, and say so.",
)


@dataclass(frozen=True, kw_only=True)
class StrataTable:
    """Strata with what planning wants to know of them.

    Parameters
    ----------
    expected, cost : (M,) arrays
        Expected share that is right, a fraction; cost of a point, in any one unit.
    """

    strata: Strata
    expected: Numbers
    cost: Numbers


def read_strata(path: Path, of_map: Strata | None = None) -> StrataTable:
    """Return the strata of a table, with areas of the map where there is one.

    Raises
    ------
    TableError, UnknownNameError
        If a column is missing, a value is no number or out of its range, or a stratum of the map
        or of the table is not in the other.
    """
    table = read_texts(path)
    require(table, (STRATUM, EXPECTED), path.name)
    strata = of_map or _strata(table, path.name)
    of_table = Strata(names=tuple(table[STRATUM]), area=np.ones(len(table)), where=path.name)
    of_table.places(strata.names)
    order = strata.places(of_table.names)
    expected = numbers_of(table, EXPECTED, path.name)
    cost = numbers_of(table, COST, path.name) if COST in table else np.ones(len(table))
    for name, share, price in zip(table[STRATUM], expected, cost, strict=True):
        if not 0 <= share <= 1:
            raise TableError(NO_SHARE, where=path.name, name=name, got=share)
        if not (price > 0 and math.isfinite(price)):
            raise TableError(NO_COST, where=path.name, name=name, got=price)
    place = np.argsort(order)
    return StrataTable(strata=strata, expected=expected[place], cost=cost[place])


def strata_of_run(folder: Path) -> Strata:
    """Return the classes of a run at closing, with their areas, ha.

    Raises
    ------
    TableError
        If the folder has no extent account.
    """
    where = (folder / EXTENT).as_posix()
    extent = read_texts(folder / EXTENT)
    require(extent, ("ecosystem", "closing"), where)
    area = numbers_of(extent, "closing", where)
    land = (~extent["ecosystem"].isin(NOT_LAND)).to_numpy(dtype=bool) & (area > 0)
    return Strata(names=tuple(extent["ecosystem"][land]), area=area[land], where=where)


def read_sample(path: Path, of_map: Strata | None = None) -> ErrorMatrix:
    """Return the error matrix of a matrix or of labelled points.

    Parameters
    ----------
    path : Path
        A CSV, or a vector file of points.
    of_map : Strata, optional
        Areas of the strata, where the file does not give them.

    Raises
    ------
    TableError, UnknownNameError
        If it is not what the module says.
    """
    table = read_texts(path)
    require(table, (STRATUM,), path.name)
    if REFERENCE in table:
        return _of_points(table, path.name, of_map)
    return _of_matrix(table, path.name, of_map)


def _of_matrix(table: pd.DataFrame, where: str, of_map: Strata | None) -> ErrorMatrix:
    strata = of_map or _strata(table, where)
    order = strata.places(table[STRATUM])
    of_rows = list(table[MAP_CLASS] if MAP_CLASS in table else table[STRATUM])
    columns = [c for c in table.columns if c not in {STRATUM, MAP_CLASS, *SIZES}]
    mapped = list(dict.fromkeys(c for c in of_rows if c))
    if sorted(mapped) != sorted(columns):
        names = {"rows": ", ".join(mapped), "columns": ", ".join(columns)}
        raise TableError(NOT_SQUARE, where=where, **names)
    counts = _room(len(strata), len(mapped))
    for row, (place, of) in enumerate(zip(order, of_rows, strict=True)):
        on_map = mapped.index(of) if of else len(mapped)
        for k, column in enumerate(mapped):
            counts[place, on_map, k] += count_of(table, row, column, where)
    return ErrorMatrix(strata=strata, classes=tuple(mapped), counts=counts, where=where)


def _of_points(table: pd.DataFrame, where: str, of_map: Strata | None) -> ErrorMatrix:
    blank = int((table[REFERENCE] == "").sum())
    if blank or table.empty:
        raise TableError(UNLABELLED, where=where, n=blank, all=len(table))
    strata = of_map or _strata_of_points(table, where)
    on_map = table[MAP_CLASS] if MAP_CLASS in table else table[STRATUM]
    classes = tuple(_in_order(strata.names, on_map))
    for label in table[REFERENCE].unique():
        if label not in classes:
            hint = suggestion(label, classes)
            raise UnknownNameError(where=where, kind=CLASS, name=label, hint=hint)
    number = {name: k for k, name in enumerate(classes)} | {"": len(classes)}
    counts = _room(len(strata), len(classes))
    place = (
        strata.places(table[STRATUM]), on_map.map(number).to_numpy(),
        table[REFERENCE].map(number).to_numpy(),
    )  # fmt: skip
    np.add.at(counts, place, 1)
    return ErrorMatrix(strata=strata, classes=classes, counts=counts, where=where)


def _in_order(strata: Sequence[str], on_map: "pd.Series[str]") -> list[str]:
    """Return the map's classes: those that are strata in their order, then the others by name."""
    found = {label for label in on_map if label}
    return [s for s in strata if s in found] + sorted(found - set(strata))


def _room(strata: int, classes: int) -> Counts:
    return np.zeros((strata, classes + 1, classes), dtype=np.int64)


def _strata_of_points(table: pd.DataFrame, where: str) -> Strata:
    for column in SIZES:
        if column in table:
            for name, sizes in table.groupby(STRATUM)[column]:
                if sizes.nunique() > 1:
                    raise TableError(VARIES, where=where, name=name, column=column)
    return _strata(table.drop_duplicates(STRATUM), where)


def _strata(table: pd.DataFrame, where: str) -> Strata:
    size = next((column for column in SIZES if column in table), None)
    if size is None:
        raise TableError(NO_SIZE, where=where)
    return Strata(
        names=tuple(table[STRATUM]), area=numbers_of(table, size, where), units=SIZES[size],
        where=where,
    )  # fmt: skip
