"""The parcels: read, checked, and drawn on the grid."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio.errors
import shapely

from data_catalog.errors import GepError, ParcelError, raise_all
from data_catalog.names import suggestion
from data_catalog.regions import region as county_region
from data_catalog.text import Text
from tiles.project import ParcelsEntry, Project

SHOWN = 5
"""Ids listed in a message."""
DEGREES = 180
"""A geographic coordinate is at most so many."""


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
    notes: tuple[Text, ...] = field(default=())

    def drawn(self, crs: str) -> gpd.GeoDataFrame:
        """Return the parcels with their corners in the grid's CRS."""
        return self.frame.to_crs(crs)


def read_parcels(project: Project) -> Parcels | None:
    """Return the project's parcels, or the polygons of its region; None where it names neither.

    Raises
    ------
    ParcelError or Problems
        Everything that is wrong with them, at once.
    """
    if project.parcels is not None:
        return _from_file(project, project.parcels)
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
    frame = frame.assign(parcel_id=[f"{i + 1:03d}" for i in range(len(frame))])
    raise_all(_problems(frame, name))
    return Parcels(frame[["parcel_id", "geometry"]], name)


def _from_file(project: Project, entry: ParcelsEntry) -> Parcels:
    frame = _read(project.path(entry.path), entry.layer)
    for column in (entry.id, *entry.columns.values()):
        if column not in frame.columns:
            raise ParcelError(
                Text(
                    "{where}：没有“{column}”列。{hint}", "{where}: has no column {column!r}. {hint}"
                ),
                where=entry.path,
                column=column,
                hint=suggestion(column, (str(c) for c in frame.columns if c != "geometry")),
            )
    frame = frame.rename(columns={v: k for k, v in entry.columns.items()})
    frame = frame.assign(parcel_id=[_id(value) for value in frame[entry.id]])
    raise_all(_problems(frame, entry.path))
    frame = frame.sort_values("parcel_id", kind="stable", ignore_index=True)
    return Parcels(frame[["parcel_id", *entry.columns, "geometry"]], entry.path)


def _id(value: object) -> str:
    """Return an id as text: whole numbers without a decimal point, anything else as it is."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None or value != value else str(value)  # noqa: PLR0124  (NaN)


def _read(path: Path, layer: str | None) -> gpd.GeoDataFrame:
    if not path.is_file():
        raise ParcelError(where=path.name, problem=Text("没有这个文件。", "there is no such file."))
    try:
        if path.suffix == ".parquet":
            return gpd.read_parquet(path)
        return gpd.read_file(path, layer=layer) if layer else gpd.read_file(path)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        OSError,
        ValueError,
    ) as e:
        reason = str(e).splitlines()[0]
        raise ParcelError(
            where=path.name,
            problem=Text(
                f"无法作为矢量文件读取（{reason}）。",
                f"cannot be read as a vector file ({reason}).",
            ),
        ) from e


def _problems(frame: gpd.GeoDataFrame, where: str) -> Iterator[GepError]:
    if len(frame) == 0:
        yield ParcelError(where=where, problem=Text("没有任何宗地。", "holds no parcel."))
        return
    if frame.crs is None:
        yield ParcelError(
            where=where,
            problem=Text(
                "没有坐标系。请用 GIS 软件写入坐标系后再用。",
                "has no CRS. Write it into the file with a GIS.",
            ),
        )
    ids = frame["parcel_id"]
    shapes = frame.geometry
    shape_type = shapely.get_type_id(shapes.to_numpy())
    polygons = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    empty = (shapes.isna() | shapes.is_empty).to_numpy()
    checks = [
        ((ids == "").to_numpy(), Text("没有编号", "have no id")),
        (ids.duplicated().to_numpy(), Text("编号重复", "repeat the id of another")),
        (empty, Text("没有几何", "have no geometry")),
        (~empty & ~np.isin(shape_type, polygons), Text("不是面", "are no polygons")),
        (
            ~empty & ~shapes.is_valid.to_numpy(),
            Text("几何无效（自相交等）", "have an invalid geometry"),
        ),
    ]
    for wrong, what in checks:
        if wrong.any():
            yield _listed(where, frame, wrong, what)
    if frame.crs is not None and frame.crs.is_geographic and not empty.all():
        left, bottom, right, top = shapes.total_bounds
        if max(abs(left), abs(right)) > DEGREES or max(abs(bottom), abs(top)) > DEGREES / 2:
            yield ParcelError(
                where=where,
                problem=Text(
                    f"坐标超出经纬度范围（x {left:.6g} 至 {right:.6g}，y {bottom:.6g} 至 {top:.6g}）。"
                    "可能是经纬度颠倒或坐标系标错。",
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
) -> ParcelError:
    ids = [
        x or f"#{i}" for i, x in zip(np.flatnonzero(wrong), frame["parcel_id"][wrong], strict=True)
    ]
    shown = ", ".join(ids[:SHOWN]) + (" ..." if len(ids) > SHOWN else "")
    return ParcelError(
        where=where,
        problem=Text(
            f"{len(ids)} 块宗地{what.zh}：{shown}。请修正该文件。",
            f"{len(ids)} parcels {what.en}: {shown}. Correct the file.",
        ),
    )


def outside(
    parcels: gpd.GeoDataFrame, footprint: shapely.Geometry, where: str
) -> Iterator[GepError]:
    """Yield an error that lists the parcels that lie wholly outside a footprint."""
    wrong = ~parcels.geometry.intersects(footprint).to_numpy()
    if wrong.any():
        yield _listed(
            where,
            parcels,
            wrong,
            Text("完全在土地覆盖图层之外", "lie wholly outside the class layer"),
        )
