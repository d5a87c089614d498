"""The plots that a biomass model learns from: a table or a vector file, read and checked."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from data_catalog.errors import GepError, LayerError, TableError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import table_text
from data_catalog.text import Text
from data_catalog.units import conversion, is_unit, same_kind
from sinks.satellite.biomass.declaration import BIOMASS, PlotsEntry
from tiles.georeference import known_crs
from tiles.grid import Grid
from tiles.objects import read_objects

__all__ = ["Plots", "read_plots"]

Floats = npt.NDArray[np.float64]
SHOWN = 5
"""Ids listed in a message."""
SQUARE_METRE = "m2"


@dataclass(frozen=True, kw_only=True)
class Plots:
    """Plots in the order of their ids.

    Parameters
    ----------
    ids : (n,) tuple of str
    biomass : (n,) array, t_dm/ha
    shapes : (n,) GeoSeries
        Points or polygons, in the grid's CRS.
    x, y : (n,) arrays, m
        Where their middles lie in `plane`.
    plane : CRS
        That of the grid where it is in metres, else one around the grid's middle.
    """

    ids: tuple[str, ...]
    biomass: Floats
    shapes: gpd.GeoSeries
    x: Floats
    y: Floats
    plane: CRS

    def __len__(self) -> int:
        return len(self.ids)

    def chosen(self, rows: npt.NDArray[np.bool_]) -> "Plots":
        """Return some of the plots."""
        return Plots(
            ids=tuple(np.array(self.ids, dtype=object)[rows]), biomass=self.biomass[rows],
            shapes=self.shapes[rows].reset_index(drop=True), x=self.x[rows], y=self.y[rows],
            plane=self.plane,
        )  # fmt: skip


def read_plots(file: Path, entry: PlotsEntry, grid: Grid) -> Plots:
    """Return the plots of a CSV table or a vector file.

    Raises
    ------
    TableError or Problems
        Everything that is wrong with them, at once: columns, CRS, numbers, ids, place.
    """
    frame = _from_csv(file, entry) if file.suffix.lower() == ".csv" else _from_vector(file, entry)
    frame = frame.sort_values("id", kind="stable", ignore_index=True)
    raise_all(_number_problems(frame, file.name))
    plane = plane_of(grid)
    flat = frame.geometry.to_crs(plane)
    if entry.area is not None:
        radius = np.sqrt(frame["area"].to_numpy() / np.pi)
        points = flat.geom_type == "Point"
        flat = flat.where(~points, flat.buffer(radius))
    middles = flat.representative_point()
    plots = Plots(
        ids=tuple(frame["id"]), biomass=frame["biomass"].to_numpy(np.float64),
        shapes=flat.to_crs(grid.crs), x=middles.x.to_numpy(), y=middles.y.to_numpy(), plane=plane,
    )  # fmt: skip
    raise_all(_place_problems(plots, grid, file.name))
    return plots


def plane_of(grid: Grid) -> CRS:
    """Return a CRS in metres: the grid's own, or an equal-area one around the grid's middle."""
    crs = grid.projection
    if crs.is_projected and crs.axis_info[0].unit_conversion_factor == 1:
        return crs
    row, col = (n // 2 for n in grid.shape)
    middle = gpd.GeoSeries(
        gpd.points_from_xy(*(np.array([v]) for v in grid.affine @ (col, row))), crs=grid.crs
    ).to_crs("EPSG:4326")[0]
    return CRS.from_proj4(f"+proj=laea +lat_0={middle.y:.6f} +lon_0={middle.x:.6f} +units=m")


def _from_csv(file: Path, entry: PlotsEntry) -> gpd.GeoDataFrame:
    if not file.is_file():
        raise _wrong(file.name, Text("没有这个文件。", "there is no such file."))
    if entry.crs is None:
        raise _wrong(
            where="[plots] crs",
            problem=Text(
                f'{file.name} 的坐标没有坐标系。请写 crs，如 "EPSG:4326"（经纬度）。',
                f"the coordinates of {file.name} have no CRS. Write `crs`, such as "
                '"EPSG:4326" for longitude and latitude.',
            ),
        )
    crs = known_crs(entry.crs, "[plots] crs")
    lines = list(csv.DictReader(table_text(file).splitlines()))
    frame = pd.DataFrame(lines)
    _check_columns(frame, entry, file.name, (entry.x, entry.y))
    x, y = (pd.to_numeric(frame[c], errors="coerce") for c in (entry.x, entry.y))
    without = ~(np.isfinite(x) & np.isfinite(y)).to_numpy()
    if without.any():
        what = Text("没有可用的坐标", "have no usable coordinates")
        raise _listed(file.name, frame[entry.id].astype(str).to_numpy(), without, what)
    shapes = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=crs)
    return _columns(frame, shapes, entry, file.name)


def _from_vector(file: Path, entry: PlotsEntry) -> gpd.GeoDataFrame:
    if not file.is_file():
        raise _wrong(file.name, Text("没有这个文件。", "there is no such file."))
    frame = read_objects(file, ("point", "polygon"))
    _check_columns(frame, entry, file.name, ())
    shapes = frame.geometry
    single = shapes.geom_type == "MultiPoint"
    return _columns(frame, shapes.where(~single, shapes.centroid), entry, file.name)


def _check_columns(
    frame: pd.DataFrame, entry: PlotsEntry, where: str, more: tuple[str, ...]
) -> None:
    known = [str(column) for column in frame.columns]
    wanted = (entry.id, entry.biomass, *more, *([entry.area] if entry.area else []))
    raise_all(
        TableError(
            Text("{where}：没有“{column}”列。{hint}", "{where}: has no column {column!r}. {hint}"),
            where=where, column=column, hint=suggestion(column, known),
        )
        for column in dict.fromkeys(wanted) if column not in known
    )  # fmt: skip


def _columns(
    frame: pd.DataFrame, shapes: gpd.GeoSeries, entry: PlotsEntry, where: str
) -> gpd.GeoDataFrame:
    columns: dict[str, object] = {
        "id": frame[entry.id].astype(str).str.strip(),
        "biomass": _in(frame[entry.biomass], entry.units, BIOMASS.units, "units", where),
    }
    if entry.area is not None:
        columns["area"] = _in(
            frame[entry.area], entry.area_units, SQUARE_METRE, "area_units", where
        )
    return gpd.GeoDataFrame(columns, geometry=shapes.to_numpy(), crs=shapes.crs)


def _in(column: pd.Series, units: str, want: str, key: str, where: str) -> Floats:
    if not is_unit(units) or not same_kind(units, want):
        raise _wrong(
            where=f"[plots] {key}",
            problem=Text(
                f"“{units}”不能换算为 {want}。请更正 {where} 的单位。",
                f"{units!r} cannot be converted to {want}. Correct the units of {where}.",
            ),
        )
    factor, offset = conversion(units, want)
    return pd.to_numeric(column, errors="coerce").to_numpy(np.float64) * factor + offset


def _number_problems(frame: gpd.GeoDataFrame, where: str) -> Iterator[GepError]:
    ids, biomass = frame["id"].to_numpy(), frame["biomass"].to_numpy()
    with np.errstate(invalid="ignore"):
        outside = ~((biomass >= BIOMASS.low) & (biomass <= BIOMASS.high))
    twice = frame["id"].duplicated(keep=False).to_numpy()
    limits = f"{BIOMASS.low:g}–{BIOMASS.high:g} {BIOMASS.units}"
    checks: list[tuple[npt.NDArray[np.bool_], Text]] = [
        (twice, Text("的编号重复", "have an id that another has, too")),
        (outside, Text(f"的生物量不是 {limits} 内的数", f"have no biomass within {limits}")),
    ]
    if "area" in frame:
        with np.errstate(invalid="ignore"):
            no_area = ~(frame["area"].to_numpy() > 0)
        checks.append((no_area, Text("的面积不是正数", "have no area above zero")))
    for wrong, what in checks:
        if wrong.any():
            yield _listed(where, ids, wrong, what)


def _place_problems(plots: Plots, grid: Grid, where: str) -> Iterator[GepError]:
    outside = ~plots.shapes.intersects(shapely.box(*grid.bounds)).to_numpy()
    if outside.all():
        yield LayerError(
            where=where,
            problem=Text(
                "样地全部位于特征栅格之外。请检查样地的坐标系（CSV 写 [plots] crs）和坐标顺序。",
                "all plots lie outside the features. Check their CRS ([plots] crs for a CSV "
                "table) and the order of their coordinates.",
            ),
        )
    elif outside.any():
        what = Text("位于特征栅格之外", "lie outside the features")
        yield _listed(where, np.array(plots.ids, dtype=object), outside, what)


def _listed(
    where: str, ids: npt.NDArray[np.object_], wrong: npt.NDArray[np.bool_], what: Text
) -> TableError:
    names = [str(i) for i in ids[wrong]]
    shown = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
    return _wrong(
        where,
        Text(
            f"{len(ids)} 个样地中有 {len(names)} 个{what.zh}：{shown}。请更正或删去。",
            f"{len(names)} of {len(ids)} plots {what.en}: {shown}. Correct them or take them out.",
        ),
    )


def _wrong(where: str, problem: Text) -> TableError:
    return TableError(where=where, problem=problem)
