"""The parcels: read, checked, and drawn on the grid."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyogrio.errors
import shapely
from pyproj import CRS

from data_catalog.errors import GepError, ParcelError, raise_all
from data_catalog.names import suggestion
from data_catalog.regions import region as county_region
from data_catalog.text import Text
from tiles.georeference import WORLD, Shape, between, is_map
from tiles.project import ParcelsEntry, Project

SHOWN = 5
"""Ids listed in a message."""
DEGREES = 180
"""A geographic coordinate is at most so many."""
ABSENT = Text("没有这个文件", "there is no such file")
CORRECT = Text("请修正该文件。", "Correct the file.")


@dataclass(frozen=True)
class Parcels:
    """Parcels in the order of their ids.

    Parameters
    ----------
    frame : GeoDataFrame
        `parcel_id` (text), inventory attributes, geometry in the file's CRS.
    source : str
        File or region they come from.
    """

    frame: gpd.GeoDataFrame
    source: str

    def extent(self) -> shapely.Polygon:
        """Return the rectangle around the parcels, in WGS 84 degrees."""
        bounds = self.frame.total_bounds
        return shapely.box(*between(self.frame.crs, WORLD).transform_bounds(*bounds))

    def drawn(self, crs: str) -> gpd.GeoDataFrame:
        """Return the parcels with their corners in the grid's CRS."""
        if CRS.from_user_input(crs).equals(self.frame.crs, ignore_axis_order=True):
            return self.frame
        return self.frame.to_crs(crs)


def read_parcels(project: Project) -> Parcels | None:
    """Return the project's parcels, or the polygons of its region; None where it names neither.

    Raises
    ------
    ParcelError or Problems
        Everything that is wrong with them, at once.
    """
    if project.parcels is not None:
        return parcels_of(project.path(project.parcels.path), project.parcels)
    return read_region(project)


def read_region(project: Project) -> Parcels | None:
    """Return the region's polygons as parcels; None where the project names no region."""
    name = project.project.region
    if name is None:
        return None
    if name.isdigit():
        frame = county_region(name).rename(columns={"code": "parcel_id"})
        return Parcels(frame[["parcel_id", "zh", "en", "geometry"]], name)
    frame = _read(project.path(name), None)
    ids = {"parcel_id": [f"{i + 1:03d}" for i in range(len(frame))]}
    parts = gpd.GeoDataFrame(ids, geometry=frame.geometry, crs=frame.crs)
    raise_all(_problems(parts, name))
    return Parcels(parts, name)


def parcels_of(path: Path, entry: ParcelsEntry) -> Parcels:
    """Return the parcels of a file, whether or not a project names it.

    Raises
    ------
    ParcelError or Problems
        Everything that is wrong with them, at once.
    """
    frame = _read(path, entry.layer)
    raise_all(_column_problems(frame, entry))
    ids = {"parcel_id": [_id(value) for value in frame[entry.id]]}
    attributes = {name: frame[column] for name, column in entry.columns.items()}
    parcels = gpd.GeoDataFrame(ids | attributes, geometry=frame.geometry, crs=frame.crs)
    raise_all(_problems(parcels, entry.path))
    return Parcels(parcels.sort_values("parcel_id", kind="stable", ignore_index=True), entry.path)


def _column_problems(frame: gpd.GeoDataFrame, entry: ParcelsEntry) -> Iterator[GepError]:
    known = [str(column) for column in frame.columns if column != frame.geometry.name]
    for column in dict.fromkeys((entry.id, *entry.columns.values())):
        if column not in known:
            yield ParcelError(
                Text(
                    "{where}：没有“{column}”列。{hint}", "{where}: has no column {column!r}. {hint}"
                ),
                where=entry.path,
                column=column,
                hint=suggestion(column, known),
            )
    for name in sorted({"parcel_id", "geometry"} & set(entry.columns)):
        yield ParcelError(
            where=f"[parcels.columns] {name}",
            problem=Text(
                "该名称由程序使用，请换一个。", "this name is taken by gep itself. Choose another."
            ),
        )


def _id(value: object) -> str:
    """Return an id as text: whole numbers without a decimal point, anything else as it is."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value != value else str(value)  # noqa: PLR0124  (NaN)


def _read(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if not path.is_file():
        what = Text("是文件夹，不是文件", "is a folder") if path.is_dir() else ABSENT
        raise ParcelError(where=path.name, problem=Text(f"{what.zh}。", f"{what.en}."))
    try:
        if path.suffix == ".parquet":
            frame = gpd.read_parquet(path)
        else:
            _check_layer(path, layer)
            frame = gpd.read_file(path, layer=layer) if layer else gpd.read_file(path)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        OSError,
        ValueError,
    ) as error:
        raise ParcelError(
            where=path.name,
            problem=Text(
                "无法作为矢量文件读取。可能不完整或不是矢量文件；请重新复制，或转换为 GeoPackage。",
                "cannot be read as a vector file. It may be cut off or be something else: copy it "
                "again, or convert it to a GeoPackage.",
            ),
        ) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        problem = Text("只有表格，没有几何。", "is a table without geometry.")
        raise ParcelError(where=path.name, problem=problem)
    return frame.reset_index(drop=True)  # a stored index would part ids from shapes


def _check_layer(path: Path, layer: str | None) -> None:
    """Raise if the layer is not one of the file's, or several are there and none is chosen."""
    known = [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    if layer is not None and layer not in known:
        raise ParcelError(
            Text("{where}：没有“{layer}”图层。{hint}", "{where}: has no layer {layer!r}. {hint}"),
            where=path.name,
            layer=layer,
            hint=suggestion(layer, known),
        )
    if layer is None and len(known) > 1:
        names = ", ".join(known)
        raise ParcelError(
            where=path.name,
            problem=Text(
                f"有 {len(known)} 个图层（{names}）。请用 [parcels] layer 选择一个。",
                f"has {len(known)} layers ({names}). Choose one in [parcels] layer.",
            ),
        )


def _problems(frame: gpd.GeoDataFrame, where: str) -> Iterator[GepError]:
    if len(frame) == 0:
        yield ParcelError(where=where, problem=Text("没有任何宗地。", "holds no parcel."))
        return
    if frame.crs is None or not is_map(frame.crs.to_wkt()):
        yield ParcelError(
            where=where,
            problem=Text(
                "没有可用的坐标系。请用 GIS 软件写入坐标系后再用。",
                "has no usable CRS. Write it into the file with a GIS.",
            ),
        )
    ids = frame["parcel_id"]
    shapes = frame.geometry
    shape_type = shapely.get_type_id(shapes.to_numpy())
    polygons = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    empty = (shapes.isna() | shapes.is_empty).to_numpy()
    area = np.isin(shape_type, polygons)
    checks = [
        ((ids == "").to_numpy(), Text("没有编号", "no id")),
        (((ids != "") & ids.duplicated()).to_numpy(), Text("编号重复", "an id used before")),
        (empty, Text("没有几何", "no geometry")),
        (~empty & ~area, Text("不是面", "points or lines instead of polygons")),
        (
            ~empty & area & ~shapes.is_valid.to_numpy(),
            Text("几何无效（自相交等）", "an invalid geometry (such as one crossing itself)"),
        ),
    ]
    for wrong, what in checks:
        if wrong.any():
            yield _listed(where, frame, wrong, what, CORRECT)
    if frame.crs is not None and frame.crs.is_geographic and not empty.all():
        left, bottom, right, top = shapes.total_bounds
        if max(abs(left), abs(right)) > DEGREES or max(abs(bottom), abs(top)) > DEGREES / 2:
            yield ParcelError(
                where=where,
                problem=Text(
                    f"坐标超出经纬度范围（x {left:.6g} 至 {right:.6g}，"
                    f"y {bottom:.6g} 至 {top:.6g}）。可能是经纬度颠倒或坐标系标错。",
                    f"has coordinates outside the globe (x {left:.6g} to {right:.6g}, y "
                    f"{bottom:.6g} to {top:.6g}). Longitude and latitude may be swapped, or the "
                    "CRS may be wrong.",
                ),
            )


def _listed(
    where: str,
    frame: gpd.GeoDataFrame,
    wrong: np.ndarray[tuple[int], np.dtype[np.bool_]],
    what: Text,
    cure: Text,
) -> ParcelError:
    rows = np.flatnonzero(wrong)
    ids = [frame["parcel_id"].iloc[row] or f"#{row + 1}" for row in rows]
    shown = ", ".join(ids[:SHOWN]) + (" ..." if len(ids) > SHOWN else "")
    return ParcelError(
        where=where,
        problem=Text(
            f"{len(frame)} 块宗地中有 {len(ids)} 块{what.zh}：{shown}。{cure.zh}",
            f"{what.en} in {len(ids)} of {len(frame)} parcels: {shown}. {cure.en}",
        ),
    )


def outside(parcels: gpd.GeoDataFrame, footprint: Shape, where: str) -> Iterator[GepError]:
    """Yield an error that lists the parcels that lie wholly outside a footprint."""
    wrong = ~parcels.geometry.intersects(footprint).to_numpy()
    if wrong.any():
        yield _listed(
            where,
            parcels,
            wrong,
            Text("完全在该图层之外", "a place wholly outside this layer"),
            Text(
                "请换用覆盖它们的图层，或从宗地文件中删去。",
                "Give a layer that covers them, or take them out of the parcels.",
            ),
        )
