"""Layers given as a table of figures by region: each county's figure on the cells it covers.

A cell belongs to the county that covers its centre. Whatever lies in no county is missing.
"""

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
import shapely
from affine import Affine
from rasterio.windows import Window

from data_catalog.errors import GepError, LayerError, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import table_text
from data_catalog.regions import region
from data_catalog.text import Text
from data_catalog.variables import Variable
from tiles.checkpoints import unwritable, whole_or_not_at_all
from tiles.georeference import Place
from tiles.grid import Grid
from tiles.headers import Header
from tiles.project import LayerEntry, Project
from tiles.rasters import check_written, disk_full
from tiles.runfolder import digest_of

__all__ = ["Figures", "digest_of_figures", "header_of", "read_figures", "write_figures"]

REGION = "region"
"""The column of the table that holds the six-digit codes."""
NOWHERE = -1
BLOCK_ROWS = 512
"""Rows of the grid that are burnt at a time."""


@dataclass(frozen=True)
class Figures:
    """One number for each county of the project's region.

    Parameters
    ----------
    counties : GeoDataFrame
        As `data_catalog.regions.region` returns them.
    numbers : dict
        By county code, as stored in the table.
    """

    counties: gpd.GeoDataFrame
    numbers: Mapping[str, float]


def read_figures(project: Project, name: str, entry: LayerEntry) -> Figures:
    """Return the figures of a layer that is given as a table.

    Raises
    ------
    GepError or Problems
        If the project's region is no county or city code, the table lacks a column or a county, or
        a figure is no number: everything at once.
    """
    place = f"[layers.{name}] table"
    code = project.project.region or ""
    if not code.isdigit():
        raise LayerError(
            where=place,
            problem=Text(
                "表格按地区取值，需要 [project] region 为六位县或市代码。",
                "a table is joined by region: [project] region must be the six-digit code of a "
                "county or city.",
            ),
        )
    counties = region(code)
    cells = _column(project, place, entry)
    errors: list[GepError] = []
    numbers: dict[str, float] = {}
    lacking = []
    for county in counties["code"]:
        texts = cells.get(county, [])
        if not texts:
            lacking.append(county)
        elif len(texts) > 1:
            errors.append(_twice(str(entry.table), county))
        else:
            try:
                numbers[county] = _number(texts[0], f"{entry.table}: {county}", str(entry.column))
            except LayerError as error:
                errors.append(error)
    if lacking:
        errors.append(_lacking(str(entry.table), lacking))
    raise_all(errors)
    return Figures(counties, numbers)


def _column(project: Project, place: str, entry: LayerEntry) -> dict[str, list[str]]:
    """Return the column's texts by the region's code."""
    table, column = str(entry.table), str(entry.column)
    path = project.path(table)
    if not path.is_file():
        raise LayerError(
            where=place,
            problem=Text(f"没有这个文件：{table}。", f"there is no such file: {table}."),
        )
    reader = csv.DictReader(table_text(path).splitlines())
    names = [str(name) for name in reader.fieldnames or ()]
    for needed in (REGION, column):
        if needed not in names:
            raise LayerError(
                Text(
                    "{where}：没有“{column}”列。{hint}", "{where}: has no column {column!r}. {hint}"
                ),
                where=table,
                column=needed,
                hint=suggestion(needed, names),
            )
    found: dict[str, list[str]] = {}
    for row in reader:
        found.setdefault((row[REGION] or "").strip(), []).append((row[column] or "").strip())
    return found


def _number(text: str, where: str, column: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise LayerError(
            where=where,
            problem=Text(
                f"{column} 列为“{text}”，需要数。",
                f"column {column} is {text!r}; it must be a number.",
            ),
        )
    return number


def _twice(table: str, county: str) -> LayerError:
    return LayerError(
        where=table,
        problem=Text(
            f"地区 {county} 有多行，请只留一行。", f"region {county} has several rows. Keep one."
        ),
    )


def _lacking(table: str, counties: list[str]) -> LayerError:
    codes = ", ".join(counties)
    return LayerError(
        where=table,
        problem=Text(
            f"缺少地区 {codes} 的行。请在 {REGION} 列补充这些六位代码。",
            f"has no row for region {codes}. Add these six-digit codes in its column {REGION}.",
        ),
    )


def header_of(project: Project, known: Variable, entry: LayerEntry, grid: Grid) -> Header:
    """Return what the receipt says of a layer that is given as a table: on the run's own grid."""
    return Header(
        variable=known,
        entry=entry.model_copy(update={"path": entry.table}),
        path=project.path(str(entry.table)),
        place=Place(str(entry.table), grid.crs, grid.affine, grid.shape),
        bands=1,
        dtype="float64",
        nodata=None,
        units=entry.units or known.units,
        striped=False,
        overrides=(),
    )


def digest_of_figures(figures: Figures, grid: Grid) -> str:
    """Return a name for the raster of these figures on this grid."""
    shapes = [shapely.to_wkb(shape, hex=True) for shape in figures.counties.geometry]
    numbers = [figures.numbers[code] for code in figures.counties["code"]]
    return digest_of([grid.crs, grid.transform, grid.shape, shapes, numbers])


def write_figures(figures: Figures, grid: Grid, target: Path) -> None:
    """Write the figures as a raster on the grid, as they are in the table; NaN in no county.

    The file is there whole or not at all; its folder is made.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    shapes = figures.counties.to_crs(grid.crs).geometry
    numbers = np.array([*(figures.numbers[c] for c in figures.counties["code"]), np.nan])
    profile = {
        "driver": "GTiff", "width": grid.cols, "height": grid.rows, "count": 1, "tiled": True,
        "dtype": "float64", "crs": grid.crs, "transform": grid.affine, "nodata": np.nan,
        "compress": "deflate", "bigtiff": "IF_SAFER",
    }  # fmt: skip
    written = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_not_at_all(target) as part:
            with rasterio.open(part, "w", **profile) as out:
                for start in range(0, grid.rows, BLOCK_ROWS):
                    end = min(start + BLOCK_ROWS, grid.rows)
                    which = covering(list(shapes), grid.affine, start, end, grid.cols)
                    out.write(numbers[which], 1, window=Window(0, start, grid.cols, end - start))
                    written += int(np.count_nonzero(which != NOWHERE))
            check_written(part, written)
    except rasterio.RasterioIOError as error:
        raise unwritable(target.parent, disk_full(target)) from error
    except OSError as error:
        raise unwritable(target.parent, error) from error


def covering(
    shapes: list[shapely.Polygon | shapely.MultiPolygon],
    transform: Affine,
    row_from: int,
    row_to: int,
    cols: int,
) -> npt.NDArray[np.int16]:
    """Return which shape covers each cell's centre, (rows, cols); `NOWHERE` where none does.

    A centre on a common border belongs to one of the two, and to the same one in any block of
    rows: the crossings of a row with an edge are worked out from the edge alone.
    """
    which = np.full((row_to - row_from, cols), NOWHERE, np.int16)
    for number, shape in enumerate(shapes):
        toggles = np.zeros((row_to - row_from, cols + 1), np.int32)
        for edges in _edges(shape, transform):
            rows, crossings = _crossings(edges, row_from, row_to)
            right = np.clip(np.ceil(crossings - 1 / 2), 0, cols).astype(np.int64)
            np.add.at(toggles, (rows - row_from, right), 1)
        inside = np.cumsum(toggles[:, :-1], axis=1) % 2 == 1
        which[inside & (which == NOWHERE)] = number
    return which


def _edges(
    shape: shapely.Polygon | shapely.MultiPolygon, transform: Affine
) -> Iterator[npt.NDArray[np.float64]]:
    """Yield each ring's edges in columns and rows, (edge, 4): the upper end first."""
    inverse = ~transform
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        x, y = shapely.get_coordinates(ring).T
        col = inverse.a * x + inverse.b * y + inverse.c
        row = inverse.d * x + inverse.e * y + inverse.f
        ends = np.stack([col[:-1], row[:-1], col[1:], row[1:]], axis=1)
        down = ends[:, 1] <= ends[:, 3]
        yield np.where(down[:, np.newaxis], ends, ends[:, [2, 3, 0, 1]])


def _crossings(
    edges: npt.NDArray[np.float64], row_from: int, row_to: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the rows whose middle an edge crosses, and the column of each crossing."""
    first, last = (
        np.clip(np.ceil(ends - 1 / 2), row_from, row_to).astype(np.int64)
        for ends in (edges[:, 1], edges[:, 3])
    )
    count = last - first
    edge = np.repeat(np.arange(len(edges)), count)
    before = np.repeat(np.cumsum(count) - count, count)
    rows = np.arange(len(edge)) - before + first[edge]
    col_from, top, col_to, bottom = edges[edge].T
    share = (rows + 1 / 2 - top) / (bottom - top)
    return rows, col_from + share * (col_to - col_from)
