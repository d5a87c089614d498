"""Objects with a geometry (lakes, roads, reservoirs): read, measured, and placed on parcels."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyogrio.errors
import shapely
from pyproj import Geod

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.text import Text
from data_catalog.units import conversion
from tiles.georeference import WORLD, is_map

__all__ = ["Placement", "length_km", "outline_km2", "placed", "read_objects"]

KINDS = {"Point": "point", "MultiPoint": "point", "LineString": "line", "MultiLineString": "line",
         "Polygon": "polygon", "MultiPolygon": "polygon"}  # fmt: skip
SHAPES = {
    "point": Text("点", "points"),
    "line": Text("线", "lines"),
    "polygon": Text("面", "polygons"),
}
SHOWN = 5
"""Row numbers listed in a message."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """Which part of which object lies in which parcel.

    `objects`, `parcels` and `shares` go together, one entry per pair; `outside` is the share of
    each object that lies in no parcel.
    """

    objects: Ints
    parcels: Ints
    shares: Floats
    outside: Floats


def read_objects(path: Path, shapes: tuple[str, ...]) -> gpd.GeoDataFrame:
    """Return the objects of a vector file.

    Raises
    ------
    TableError or Problems
        If it cannot be read, has no CRS, or holds empty, invalid or other shapes than these.
    """
    try:
        frame = gpd.read_parquet(path) if path.suffix == ".parquet" else gpd.read_file(path)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        OSError,
        ValueError,
    ) as e:
        problem = Text("无法作为矢量文件读取。", "cannot be read as a vector file.")
        raise TableError(where=path.name, problem=problem) from e
    if not isinstance(frame, gpd.GeoDataFrame):
        problem = Text("只有表格，没有几何。", "is a table without geometry.")
        raise TableError(where=path.name, problem=problem)
    raise_all(_problems(frame, path.name, shapes))
    return frame.reset_index(drop=True)


def _problems(frame: gpd.GeoDataFrame, where: str, shapes: tuple[str, ...]) -> Iterator[GepError]:
    if frame.crs is None or not is_map(frame.crs.to_wkt()):
        problem = Text(
            "没有可用的坐标系。请用 GIS 软件写入坐标系后再用。",
            "has no usable CRS. Write it into the file with a GIS.",
        )
        yield TableError(where=where, problem=problem)
    wanted = Text(*("、".join(SHAPES[s][lang] for s in shapes) for lang in ("zh", "en")))
    kinds = [KINDS.get(str(kind), "") for kind in frame.geom_type]
    empty = (frame.geometry.isna() | frame.geometry.is_empty).to_numpy()
    checks = (
        (empty, Text("没有几何", "have no geometry")),
        (
            ~empty & ~np.isin(kinds, shapes),
            Text(f"不是{wanted.zh}", f"are not {wanted.en.replace('、', ' or ')}"),
        ),
        (
            ~empty & ~frame.geometry.is_valid.to_numpy(),
            Text("几何无效（自相交等）", "have an invalid geometry (such as one crossing itself)"),
        ),
    )
    for wrong, what in checks:
        rows = np.flatnonzero(wrong) + 1
        if len(rows):
            shown = ", ".join(map(str, rows[:SHOWN])) + (" ..." if len(rows) > SHOWN else "")
            problem = Text(
                f"第 {shown} 个对象{what.zh}。请修正该文件。",
                f"objects {shown} {what.en}. Correct the file.",
            )
            yield TableError(where=where, problem=problem)


def outline_km2(shapes: gpd.GeoSeries) -> Floats:
    """Return the geodesic area of each polygon, km2."""
    return _measured(shapes, lambda earth, g: earth.geometry_area_perimeter(g)[0], "m2", "km2")


def length_km(shapes: gpd.GeoSeries) -> Floats:
    """Return the geodesic length of each line, km."""
    return _measured(shapes, lambda earth, g: earth.geometry_length(g), "m", "km")


def _measured(shapes: gpd.GeoSeries, measure: object, got: str, want: str) -> Floats:
    earth = Geod(ellps="WGS84")
    factor = conversion(got, want)[0]
    found = [abs(measure(earth, g)) * factor for g in shapes.to_crs(WORLD)]  # type: ignore[operator]
    return np.array(found, dtype=np.float64)


def placed(shapes: gpd.GeoSeries, parcels: gpd.GeoDataFrame) -> Placement:
    """Return the shares of objects in parcels: of their area, their length, or the point itself.

    A point on the border of several parcels is in the first of them.
    """
    drawn = shapes.to_crs(parcels.crs).to_numpy()
    ground = parcels.geometry.to_numpy()
    objects, found = shapely.STRtree(ground).query(drawn, predicate="intersects")
    order = np.lexsort((found, objects))
    objects, found = objects[order], found[order]
    pieces = shapely.intersection(drawn[objects], ground[found])
    whole, parts = _size(drawn)[objects], _size(pieces)
    first = np.r_[True, objects[1:] != objects[:-1]] if len(objects) else np.zeros(0, bool)
    points = shapely.get_dimensions(drawn[objects]) == 0
    size = np.where(whole > 0, whole, 1.0)
    shares = np.where(points, first.astype(np.float64), parts / size)
    kept = shares > 0
    inside = np.bincount(objects[kept], shares[kept], minlength=len(drawn))
    return Placement(
        objects=objects[kept].astype(np.int64), parcels=found[kept].astype(np.int64),
        shares=shares[kept], outside=np.maximum(1 - inside, 0.0),
    )  # fmt: skip


def _size(shapes: npt.NDArray[np.object_]) -> Floats:
    """Return the area of polygons and the length of lines; a mixture counts its polygons."""
    area = shapely.area(shapes)
    lines = shapely.get_dimensions(shapes) < 2  # noqa: PLR2004  (two: of a surface)
    return np.where(lines, shapely.length(shapes), area)
