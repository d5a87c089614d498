"""A new layer as an event: which cells of it were disturbed, and what share of a parcel that is.

A layer is the map of dates that `gep sinks disturbance` writes, or two land covers of which the
newer shows no forest where the older did. Only the windows of the pledged parcels are read. Cells
count with their exact share in the parcel (`tiles.coverage`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
import shapely
from affine import Affine
from rasterio.windows import Window
from shapely.geometry.base import BaseGeometry

from data_catalog.errors import LayerError
from data_catalog.text import Text
from sinks.satellite.disturbance.alerts import COLUMNS
from tiles.coverage import UNIT, Rings, cell_weights, coverage

__all__ = ["ChangeMap", "ForestLost", "Layer", "alerts_of_layer", "change_map", "forest_lost",
           "touched_shares"]  # fmt: skip

Cells: TypeAlias = npt.NDArray[np.int64]
"""Days since 1970-01-01 on which a cell was disturbed; NEVER where it was not."""
NEVER = np.iinfo(np.int64).min
EPOCH = date(1970, 1, 1)
DATES = ("date.tif", "maps/date.tif")


class Layer(Protocol):
    """A raster that tells of each cell on which day it was disturbed."""

    @property
    def name(self) -> str:
        """What the alerts made of it name as their source."""

    @property
    def path(self) -> Path:
        """The raster whose grid counts."""

    def days(self, window: Window) -> Cells:
        """Return the days of the cells of a window, (rows, cols)."""


@dataclass(frozen=True, slots=True)
class ChangeMap:
    """A map of dates: days since 1970-01-01, no value where nothing happened."""

    path: Path
    name: str

    def days(self, window: Window) -> Cells:
        """Return the days on which cells were disturbed."""
        values = _read(self.path, window).astype(np.float64)
        return np.where(np.isfinite(values), np.nan_to_num(values), NEVER).astype(np.int64)


@dataclass(frozen=True, slots=True)
class ForestLost:
    """Two land covers on one grid: forest before that is none now was disturbed.

    A cell that either of them does not know tells nothing.
    """

    path: Path
    before: Path
    forest: frozenset[int]
    seen_on: date

    @property
    def name(self) -> str:
        """Return the name of the newer file."""
        return self.path.stem

    def days(self, window: Window) -> Cells:
        """Return the day on which it was seen, where forest is gone."""
        old, new = (_read(path, window) for path in (self.before, self.path))
        codes = sorted(self.forest)
        gone = np.isin(old, codes) & ~np.isin(new, codes) & np.isfinite(new)
        return np.where(gone, (self.seen_on - EPOCH).days, NEVER).astype(np.int64)


def change_map(place: Path) -> ChangeMap:
    """Return the map of dates in a folder of `gep sinks disturbance`, or the file itself.

    Raises
    ------
    LayerError
        If there is none.
    """
    for file in (place, *(place / name for name in DATES)):
        if file.is_file():
            return ChangeMap(file, place.stem)
    raise LayerError(where=place.name, problem=Text(
        "没有日期图（maps/date.tif）。", "has no map of dates (maps/date.tif)."
    ))  # fmt: skip


def forest_lost(new: Path, before: Path, forest: Sequence[int], seen_on: date) -> ForestLost:
    """Return two land covers as a layer.

    Raises
    ------
    LayerError
        If their grids are not one.
    """
    (grid, shape, crs), other = _grid(new), _grid(before)
    if (grid, shape, crs) != other:
        raise LayerError(where=new.name, problem=Text(
            f"与 {before.name} 不在同一网格上。请先对齐。",
            f"is not on the grid of {before.name}. Bring them onto one grid first.",
        ))  # fmt: skip
    return ForestLost(new, before, frozenset(forest), seen_on)


def touched_shares(parcels: gpd.GeoDataFrame, layer: Layer) -> pd.Series:
    """Return the share of each parcel that the layer shows as disturbed, by parcel_id.

    Cells weigh with the exact part of them that lies in the parcel. Land outside the layer was not
    seen and counts as not disturbed.
    """
    found: dict[str, float] = {}
    for name, weights, days, _, _ in _windows(parcels, layer):
        lost = weights[days != NEVER].sum()
        found[name] = found.get(name, 0.0) + float(lost)
    area = _in_cells(parcels, layer)
    return pd.Series({name: found.get(name, 0.0) / area[name] for name in area}, dtype=float)


def alerts_of_layer(parcels: gpd.GeoDataFrame, layer: Layer) -> gpd.GeoDataFrame:
    """Return the disturbed cells that lie in parcels as alerts: a shape per parcel and day.

    Returns
    -------
    GeoDataFrame
        `sinks.satellite.disturbance.alerts.COLUMNS`, in the CRS of the layer.
    """
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    crs = _grid(layer.path)[2]
    for name, weights, days, transform, (row, col) in _windows(parcels, layer):
        inside = (weights > 0) & (days != NEVER)
        for day in np.unique(days[inside]):
            cells = np.argwhere(inside & (days == day)) + np.array([row, col])
            shapes.append(_shape(cells, transform))
            rows.append({
                "alert_id": f"{layer.name}-{name}-{day}", "date": EPOCH + timedelta(days=int(day)),
                "date_error_days": np.nan, "magnitude": np.nan, "confidence": np.nan,
                "source": layer.name, "area_ha": np.nan,
            })  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=crs), crs=crs)


def _windows(
    parcels: gpd.GeoDataFrame, layer: Layer
) -> Iterator[tuple[str, npt.NDArray[np.float64], Cells, Affine, tuple[int, int]]]:
    """Yield of each parcel: cell weights 0..1, days, the grid's transform, first row and column."""
    transform, (rows, cols), crs = _grid(layer.path)
    land = parcels.to_crs(crs)
    for name, shape in zip(land["parcel_id"], land.geometry, strict=True):
        rings = Rings.from_polygons([shape], ~transform)
        if not rings.left.size:
            continue
        top, bottom = np.floor(rings.top.min()), np.ceil(rings.bottom.max())
        left, right = np.floor(rings.left.min()), np.ceil(rings.right.max())
        row_from, row_to = (int(np.clip(n, 0, rows)) for n in (top, bottom))
        col_from, col_to = (int(np.clip(n, 0, cols)) for n in (left, right))
        if row_from >= row_to or col_from >= col_to:
            continue
        found = coverage(rings, row_from, row_to, col_from, col_to)
        height, width = row_to - row_from, col_to - col_from
        weights = cell_weights(found, height, width).sum(axis=0) / UNIT
        days = layer.days(Window(col_from, row_from, width, height))
        yield str(name), weights, days, transform, (row_from, col_from)


def _in_cells(parcels: gpd.GeoDataFrame, layer: Layer) -> dict[str, float]:
    """Return the area of each parcel in cells of the layer."""
    transform, _, crs = _grid(layer.path)
    areas = parcels.to_crs(crs).area / abs(transform.determinant)
    return dict(zip(parcels["parcel_id"].astype(str), areas.astype(float), strict=True))


def _shape(cells: npt.NDArray[np.intp], transform: Affine) -> BaseGeometry:
    """Return cells, by row and column, as one shape."""
    row, col = cells[:, 0], cells[:, 1]
    boxes = shapely.box(col, row, col + 1, row + 1)
    one = shapely.union_all(boxes)
    a, b, c, d, e, f = transform[:6]
    return shapely.transform(one, lambda xy: xy @ np.array([[a, d], [b, e]]) + (c, f))


def _grid(path: Path) -> tuple[Affine, tuple[int, int], str]:
    with _opened(path) as file:
        if file.crs is None:
            raise LayerError(where=path.name, problem=NO_CRS)
        return file.transform, (file.height, file.width), file.crs.to_wkt()


def _read(path: Path, window: Window) -> npt.NDArray[Any]:
    """Return the values of a window; NaN where there is none."""
    with _opened(path) as file:
        values = file.read(1, window=window, masked=True)
    return np.ma.filled(values.astype(np.float64), np.nan)


def _opened(path: Path) -> Any:  # noqa: ANN401  (rasterio has no types)
    try:
        return rasterio.open(path)
    except rasterio.RasterioIOError as error:
        raise LayerError(where=path.name, problem=Text(
            "无法作为栅格读取。", "cannot be read as a raster."
        )) from error  # fmt: skip


NO_CRS = Text("没有坐标系。请用 GIS 软件写入。", "has no CRS. Write it into the file with a GIS.")
