"""A project's inputs, resolved together: every problem found at once, then one grid for all."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import geopandas as gpd
import shapely
from affine import Affine
from pyproj import CRS

from data_catalog.classes import Crosswalk, crosswalk
from data_catalog.derived import DERIVED
from data_catalog.errors import (
    GepError,
    LayerError,
    ParcelError,
    ProjectError,
    UnknownNameError,
    raise_all,
)
from data_catalog.names import suggestion
from data_catalog.parameters import engine_number, read_rows
from data_catalog.text import Text
from data_catalog.variables import find_variable, variable
from tiles.checkpoints import FOLDER as CHECKPOINTS
from tiles.georeference import Place, Shape, check_overlap, check_parcels_overlap, known_crs
from tiles.grid import Grid
from tiles.headers import Header, nodata_of, read_header, to_variable_units, units_factor
from tiles.onto_grid import on_grid
from tiles.parcels import Parcels, outside, read_parcels, read_region
from tiles.project import LayerEntry, Project
from tiles.rasters import Raster
from tiles.regional import (
    Figures,
    digest_of_figures,
    header_of,
    read_figures,
    write_figures,
)
from tiles.runfolder import read_manifest
from tiles.tables import TableRows, paths_of, read_table

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
    tables : dict
        Statistics and objects by the name of their declaration.
    figures : dict
        Those of several regions by variable, until `with_figures` writes them as rasters.
    """

    project: Project
    grid: Grid
    parcels: gpd.GeoDataFrame
    parcels_source: str
    headers: dict[str, Header]
    rasters: dict[str, Raster]
    tables: dict[str, TableRows] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True)
class _Files:
    """What a project's files say of themselves, and all that is wrong with them."""

    headers: dict[str, Header]
    figures: dict[str, Figures]
    parcels: Parcels | None
    tables: dict[str, TableRows]
    errors: tuple[GepError, ...]


def resolve(project: Project, parameters: set[str] | None = None) -> Inputs:
    """Return a project's inputs on one grid.

    Parameters
    ----------
    parameters : set of str, optional
        Every name that a row of the project's parameters may have.

    Raises
    ------
    GepError
        Everything wrong with the project's files: one error, or `Problems`.
    """
    files = _files(project, parameters)
    raise_all(files.errors)
    headers, parcels = files.headers, files.parcels
    grid = _grid(project, headers, parcels)
    drawn = _drawn(grid, parcels)
    raise_all(_outside(grid, drawn, headers))
    rasters = {name: _raster(project, grid, header) for name, header in headers.items()}
    for name, entry in project.layers.items():
        if entry.value is not None:
            rasters[name] = constant(name, entry, entry.value)
    several = {}
    for name, found in files.figures.items():
        headers[name] = header_of(project, variable(name), project.layers[name], grid)
        if len(found.numbers) == 1:
            rasters[name] = constant(name, project.layers[name], *found.numbers.values())
        else:
            several[name] = found
    source = parcels.source if parcels else "grid"
    return Inputs(project, grid, drawn, source, headers, rasters, files.tables, several)


def with_figures(inputs: Inputs, aside: Path) -> Inputs:
    """Return the inputs with the figures of several regions as layers like any other.

    Their rasters are in the unfinished run's folder, where every worker can read them, and go with
    its checkpoints. They are named after what they hold: none is ever written over.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    rasters = dict(inputs.rasters)
    for name, found in inputs.figures.items():
        target = aside / CHECKPOINTS / f"{name}-{digest_of_figures(found, inputs.grid)}.tif"
        if not target.exists():
            write_figures(found, inputs.grid, target)
        entry = inputs.project.layers[name]
        rasters[name] = replace(
            constant(name, entry, math.nan), constant=None, path=str(target),
            shape=inputs.grid.shape, nodata=math.nan,
        )  # fmt: skip
    return replace(inputs, rasters=rasters, figures={})


def file_problems(project: Project) -> tuple[GepError, ...]:
    """Return everything that is wrong with the files a project names, as far as they go."""
    return _files(project).errors


def _files(project: Project, parameters: set[str] | None = None) -> _Files:
    errors: list[GepError] = []
    headers: dict[str, Header] = {}
    figures: dict[str, Figures] = {}
    of_parcels: list[GepError] = []
    with ThreadPoolExecutor(1) as pool:  # they take as long as all the headers
        reading = pool.submit(_tried, of_parcels, partial(read_parcels, project))
        _layers(project, errors, headers, figures)
        parcels = reading.result()
    errors.extend(of_parcels)
    if project.parcels is not None and project.project.region is not None:
        _tried(errors, partial(read_region, project))
    errors.extend(_account_problems(project))
    errors.extend(_table_problems(project, parameters))
    given = _given_tables(errors, project)
    errors.extend(_beside(headers, parcels))
    once = {error.say("en"): error for error in errors}
    return _Files(headers, figures, parcels, given, tuple(once.values()))


def _layers(
    project: Project,
    errors: list[GepError],
    headers: dict[str, Header],
    figures: dict[str, Figures],
) -> None:
    """Add what each layer's file or table says of itself, and what is wrong with it."""
    for name, entry in project.layers.items():
        if find_variable(name) is None:
            continue
        if entry.path is not None:
            path = project.path(entry.path)
            header = _tried(errors, partial(read_header, variable(name), entry, path))
            if header is not None:
                headers[name] = header
        elif variable(name).kind == "continuous":
            found = _number(errors, project, name)
            figures |= {name: found} if found else {}
        if entry.classes is not None:
            _tried(errors, partial(_crosswalk, name, entry.classes, project.folder))
    for header in headers.values():
        if header.variable.kind == "continuous":
            _tried(errors, partial(to_variable_units, header))


def _given_tables(errors: list[GepError], project: Project) -> dict[str, TableRows]:
    """Return the statistics and objects that can be read."""
    given: dict[str, TableRows] = {}
    for name, relative in paths_of(project).items():
        if project.path(relative).is_file():
            table = _tried(errors, partial(read_table, project, name, project.path(relative)))
            given |= {name: table} if table else {}
    return given


def _number(errors: list[GepError], project: Project, name: str) -> Figures | None:
    """Check a layer that is a number: return a table's figures, None for a constant."""
    entry = project.layers[name]
    # a table's figures are in one unit, like a constant
    _tried(errors, partial(constant, name, entry, 0.0))
    errors.extend(_needs_raster(project, name))
    if entry.table is None or entry.column is None:
        return None
    return _tried(errors, partial(read_figures, project, name, entry))


def _tried(errors: list[GepError], attempt: Callable[[], T]) -> T | None:
    try:
        return attempt()
    except GepError as error:
        errors.extend(getattr(error, "errors", (error,)))
        return None


def _crosswalk(name: str, classes: str, folder: Path) -> Crosswalk:
    """Return the crosswalk of a class layer.

    Raises
    ------
    GepError
        Naming the layer, or the line of a crosswalk of one's own.
    """
    try:
        return crosswalk(classes, folder)
    except UnknownNameError as error:
        facts = error.facts | {"where": f"[layers.{name}] classes"}
        raise UnknownNameError(error.message, **facts) from error
    except UnicodeDecodeError as error:
        problem = Text("无法读取；应为 UTF-8 文本。", "cannot be read; it must be UTF-8 text.")
        raise ProjectError(where=classes, problem=problem) from error


def _needs_raster(project: Project, name: str) -> Iterator[GepError]:
    """Yield an error for a number that a layer of its own is to be made from, cell by cell."""
    for maker in DERIVED:
        on_its_grid = maker.locality == "neighbours" or (
            maker.locality == "pixel" and maker.grid_layers()
        )
        if on_its_grid and name in maker.layers() and maker.makes not in project.layers:
            yield LayerError(
                where=f"[layers.{name}]",
                problem=Text(
                    f"{maker.title.zh}须由栅格计算。请用 path 给出栅格，"
                    f"或给出 {maker.makes} 图层。",
                    f"{maker.title.en} is computed from a raster. Give one as `path`, or give a "
                    f"layer of {maker.makes}.",
                ),
            )


def _account_problems(project: Project) -> Iterator[GepError]:
    account = project.project
    if account.crs is not None:
        try:
            known_crs(account.crs, "[project] crs")
        except LayerError as error:
            yield error
        else:
            geographic = CRS.from_user_input(account.crs).is_geographic
            if geographic and account.resolution is not None and account.resolution > 1:
                size = account.resolution
                yield ProjectError(
                    where="[project] resolution",
                    problem=Text(
                        f"坐标系 {account.crs} 以度为单位，{size:g} 度过大。请换用平面坐标系，"
                        "或以度写像元大小。",
                        f"{account.crs} is in degrees, and {size:g} degrees are too many. Choose "
                        "a projected CRS, or give the cell size in degrees.",
                    ),
                )
    rasters = {name for name, entry in project.layers.items() if entry.path is not None}
    if account.grid is not None and account.grid not in rasters:
        yield ProjectError(
            Text(
                "[project] grid：没有名为“{name}”的栅格图层。{hint}",
                "[project] grid: no raster layer is named {name!r}. {hint}",
            ),
            name=account.grid,
            hint=suggestion(account.grid, rasters),
        )


def _table_problems(project: Project, parameters: set[str] | None) -> list[GepError]:
    errors: list[GepError] = []
    for key, name in project.tables.model_dump(exclude_none=True).items():
        path = project.path(name)
        if key == "opening_run":
            _tried(errors, partial(read_manifest, path))
        elif not path.is_file():
            problem = Text(f"没有这个文件：{name}。", f"there is no such file: {name}.")
            errors.append(ProjectError(where=f"[tables] {key}", problem=problem))
        elif key in {"prices", "parameters"}:
            _tried(errors, partial(read_rows, path, parameters))
    return errors


def _beside(headers: dict[str, Header], parcels: Parcels | None) -> Iterator[GepError]:
    """Yield an error for each layer that lies beside the others."""
    area: Shape
    if parcels is not None:
        area = parcels.extent()
        name = Text("宗地", f"the parcels ({parcels.source})")
        crs = parcels.frame.crs.name
        try:
            check_parcels_overlap(area, parcels.source, crs, (h.place for h in headers.values()))
        except ParcelError as error:
            yield error
            return
    elif headers:
        # a geographic CRS can hardly be mistagged, a nameless projected one easily
        trusted = min(headers.values(), key=lambda h: _doubt(h.place))
        area = trusted.place.outline()
        name = Text(f"图层 {trusted.place.name} ", f"the layer {trusted.place.name}")
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
    first = next(
        (n for n in (account.grid, *ANCHORS, *headers) if n is not None and n in headers), None
    )
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
                f'没有单位。请写 units，如 "{known.units}"。',
                f"has no units. Write `units`, for example {known.units!r}.",
            ),
        )
    units = entry.units or "1"
    factor, offset = units_factor(units, known.units, f"[layers.{name}]", known, units)
    return Raster(
        variable=known, path=str(Path()), bands=1, dtype="float64", shape=(0, 0), nodata=None,
        scale=entry.scale * factor, offset=entry.offset * factor + offset, constant=value,
    )  # fmt: skip
