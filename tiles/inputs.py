"""A project's inputs, resolved together: every problem found at once, then one grid for all."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import shapely
from affine import Affine
from pyproj import CRS

from data_catalog.classes import crosswalk
from data_catalog.errors import GepError, LayerError, ProjectError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import bundled
from data_catalog.text import Text
from data_catalog.variables import variable
from tiles.georeference import WORLD, Place, check_overlap, known_crs
from tiles.grid import Grid
from tiles.headers import Header, nodata_of, read_header, to_variable_units, units_factor
from tiles.lattice import Lattice
from tiles.parcels import Parcels, outside, read_parcels
from tiles.project import LayerEntry, Project
from tiles.rasters import Raster

T = TypeVar("T")
ANCHORS = ("land_cover", "forest")
"""The class layers whose grid the run takes by default, in this order."""


@dataclass(frozen=True)
class Inputs:
    """What a project computes with.

    Parameters
    ----------
    parcels : GeoDataFrame
        In the grid's CRS, in the order of their ids.
    headers : dict
        Raster files by variable.
    rasters : dict
        Layers by variable: files and constants.
    """

    project: Project
    grid: Grid
    parcels: gpd.GeoDataFrame
    parcels_source: str
    headers: dict[str, Header]
    rasters: dict[str, Raster]


def engine_number(name: str) -> float:
    """Return one of the engine's own limits; see parameters/engine.csv."""
    row = bundled().find(name, "engine")
    if row is None:
        raise KeyError(name)
    return row.value


def resolve(project: Project) -> Inputs:
    """Return a project's inputs on one grid.

    Raises
    ------
    GepError
        Everything wrong with the project's files: one error, or `Problems`.
    """
    errors: list[GepError] = []
    headers: dict[str, Header] = {}
    for name, entry in project.layers.items():
        if entry.path is not None:
            path = project.path(entry.path)
            header = _tried(errors, lambda n=name, e=entry, p=path: read_header(variable(n), e, p))
            if header is not None:
                headers[name] = header
    for header in headers.values():
        if header.variable.kind == "continuous":
            _tried(errors, lambda h=header: to_variable_units(h))
        else:
            _tried(errors, lambda h=header: crosswalk(h.entry.classes or "", project.folder))
    parcels = _tried(errors, lambda: read_parcels(project))
    crs = project.project.crs
    if crs is not None:
        _tried(errors, lambda: known_crs(crs, "[project] crs"))
    if not errors:
        errors.extend(_beside(headers, parcels))
    raise_all(errors)
    grid = _grid(project, headers, parcels)
    drawn = _drawn(grid, parcels)
    raise_all(_outside(grid, drawn, headers))
    rasters = {name: _raster(project, grid, header) for name, header in headers.items()}
    for name, entry in project.layers.items():
        if entry.value is not None:
            rasters[name] = constant(name, entry, entry.value)
    return Inputs(project, grid, drawn, parcels.source if parcels else "grid", headers, rasters)


def _tried(errors: list[GepError], attempt: Callable[[], T]) -> T | None:
    try:
        return attempt()
    except GepError as error:
        errors.extend(getattr(error, "errors", (error,)))
        return None


def _beside(headers: dict[str, Header], parcels: Parcels | None) -> Iterator[GepError]:
    """Yield an error for each layer that lies beside the others."""
    if parcels is not None:
        area = shapely.box(*parcels.frame.to_crs(WORLD).total_bounds)
        name = Text("宗地", f"the parcels ({parcels.source})")
    elif headers:
        # a geographic CRS can hardly be mistagged, a nameless projected one easily
        trusted = min(headers.values(), key=lambda h: _doubt(h.place))
        area = trusted.place.outline()
        name = Text(f"图层 {trusted.place.name}", f"the layer {trusted.place.name}")
    else:
        return
    for header in headers.values():
        try:
            check_overlap(header.place, area, name)
        except LayerError as error:
            yield error


def _doubt(place: Place) -> int:
    crs = CRS.from_user_input(place.crs)
    if crs.is_geographic:
        return 0
    return 1 if crs.to_epsg() else 2


def _grid(project: Project, headers: dict[str, Header], parcels: Parcels | None) -> Grid:
    account = project.project
    named = account.grid
    if named is not None and named not in headers:
        raise ProjectError(
            Text(
                "[project] grid：没有名为“{name}”的栅格图层。{hint}",
                "[project] grid: no raster layer is named {name!r}. {hint}",
            ),
            name=named,
            hint=suggestion(named, headers),
        )
    first = next((n for n in (named, *ANCHORS, *headers) if n is not None and n in headers), None)
    anchor = headers[first].place if first else None
    if anchor is None and (account.crs is None or account.resolution is None):
        raise ProjectError(
            where="[project]",
            problem=Text(
                "没有栅格图层时须写 crs 和 resolution。",
                "without a raster layer, crs and resolution are needed.",
            ),
        )
    crs = account.crs or (anchor.crs if anchor else "")
    transform = _anchor_transform(project, anchor, crs)
    if parcels is not None:
        bounds = tuple(parcels.drawn(crs).total_bounds)
    elif anchor is not None:
        bounds = anchor.outline(crs).bounds
    else:
        raise ProjectError(
            where="[project]",
            problem=Text("需要 region 或 [parcels]。", "a region or [parcels] is needed."),
        )
    return Grid.over(bounds, crs, transform, engine_number("areal_distortion_limit"))


def _anchor_transform(project: Project, anchor: Place | None, crs: str) -> Affine:
    size = project.project.resolution
    if anchor is not None:
        t = anchor.transform
        same = CRS.from_user_input(anchor.crs).equals(
            CRS.from_user_input(crs), ignore_axis_order=True
        )
        if same and (size is None or (t.a == size and t.e == -size)):
            return t
    if size is None:
        raise ProjectError(
            where="[project]",
            problem=Text(
                f"网格坐标系 {crs} 与图层不同，须写 resolution（像元大小）。",
                f"the grid's CRS {crs} is not that of its layer: give a resolution.",
            ),
        )
    return Affine(size, 0, 0, 0, -size, 0)


def _drawn(grid: Grid, parcels: Parcels | None) -> gpd.GeoDataFrame:
    if parcels is not None:
        return parcels.drawn(grid.crs)
    return gpd.GeoDataFrame(
        {"parcel_id": ["all"]}, geometry=[shapely.box(*grid.bounds)], crs=grid.crs
    )


def _outside(grid: Grid, drawn: gpd.GeoDataFrame, headers: dict[str, Header]) -> Iterator[GepError]:
    for name in ANCHORS:
        if name in headers:
            yield from outside(
                drawn, headers[name].place.outline(grid.crs), headers[name].place.name
            )
            return


def _raster(project: Project, grid: Grid, header: Header) -> Raster:
    is_class = header.variable.kind == "class"
    scale, offset = (1.0, 0.0) if is_class else to_variable_units(header)
    raster = Raster(
        variable=header.variable,
        path=str(header.path),
        bands=header.bands,
        dtype=header.dtype,
        shape=header.place.shape,
        nodata=nodata_of(header),
        scale=scale,
        offset=offset,
    )
    if is_class:
        walk = crosswalk(header.entry.classes or "", project.folder)
        raster = replace(raster, classes=walk.codes(), nodata_class=walk.of_nodata())
    return on_grid(raster, header.place, grid)


def on_grid(raster: Raster, place: Place, grid: Grid) -> Raster:
    """Return the raster with its way onto the grid: a shift where the grids are one, or a lattice."""
    shift = _shift(place, grid)
    if shift is not None:
        return replace(raster, shift=shift)
    lattice = Lattice.between(
        grid.affine, grid.shape, grid.crs, place.transform, place.crs,
        engine_number("lattice_tolerance"),
    )  # fmt: skip
    return replace(raster, lattice=lattice)


def _shift(place: Place, grid: Grid) -> tuple[int, int] | None:
    """Return the source row and column of the grid's first cell, if the grids are one."""
    if not CRS.from_user_input(place.crs).equals(grid.projection, ignore_axis_order=True):
        return None
    near = engine_number("lattice_tolerance")
    between = ~place.transform * grid.affine
    drift = max(
        abs(between.a - 1) * grid.cols, abs(between.e - 1) * grid.rows,
        abs(between.b) * grid.rows, abs(between.d) * grid.cols,
    )  # fmt: skip
    row, col = round(between.f), round(between.c)
    if drift < near and max(abs(between.f - row), abs(between.c - col)) < near:
        return row, col
    return None


def constant(name: str, entry: LayerEntry, value: float) -> Raster:
    """Return a layer that is one number everywhere.

    Raises
    ------
    LayerError
        If its units are missing or measure something else.
    """
    known = variable(name)
    if known.kind == "class":
        raise LayerError(
            where=f"[layers.{name}]",
            problem=Text("类别图层不能是常数。", "a class layer cannot be a constant."),
        )
    if entry.units is None and known.units != "1":
        raise LayerError(
            where=f"[layers.{name}]",
            problem=Text(
                f'常数没有单位。请写 units，如 "{known.units}"。',
                f"a constant needs `units`, for example {known.units!r}.",
            ),
        )
    units = entry.units or "1"
    factor, offset = units_factor(units, known.units, f"[layers.{name}]", known, units)
    return Raster(
        variable=known,
        path=str(Path()),
        bands=1,
        dtype="float64",
        shape=(0, 0),
        nodata=None,
        scale=entry.scale * factor,
        offset=entry.offset * factor + offset,
        constant=value,
    )
