"""The parcels of a loan: their ground, from a run folder or a file of polygons."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio.errors
from shapely.geometry.base import BaseGeometry

from data_catalog.errors import GepError, ParcelError
from data_catalog.names import suggestion
from data_catalog.text import Text
from data_catalog.units import conversion
from tiles.grid import EQUAL_AREA

__all__ = ["ID", "Land", "area_ha", "read_land", "read_one"]

ID = "parcel_id"
RUN_FILE = "parcels.parquet"
SHAPES = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Land:
    """One parcel.

    Parameters
    ----------
    area_ha : float
        In an equal-area projection.
    geometry : polygon or multipolygon
        In `crs`, east before north.
    file : str
        Name of the file it was read from; `sha256` is of its bytes.
    """

    parcel_id: str
    area_ha: float
    geometry: BaseGeometry
    crs: str
    file: str
    sha256: str


def read_land(path: Path, parcel_ids: Collection[str] = ()) -> tuple[Land, ...]:
    """Return the parcels of a run folder or of a vector file, in the order of the file.

    Parameters
    ----------
    parcel_ids : collection of str, optional
        Only these; without them, all.

    Raises
    ------
    ParcelError
        If there is no such file or parcel, no CRS, or a shape that is no polygon.
    """
    file = path / RUN_FILE if path.is_dir() else path
    frame = _frame(file)
    known = frame[ID].tolist()
    for one in parcel_ids:
        if one not in known:
            hint = suggestion(one, known)
            raise _wrong(file, f"没有宗地“{one}”。{hint.zh}", f"has no parcel {one!r}. {hint.en}")
    chosen = frame[frame[ID].isin(list(parcel_ids))] if parcel_ids else frame
    bad = chosen.geometry.isna() | chosen.is_empty | ~chosen.geom_type.isin(SHAPES)
    if bad.any():
        first = chosen[ID][bad].iloc[0]
        raise _wrong(file, f"宗地“{first}”不是面。", f"parcel {first!r} is no polygon.")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    areas = area_ha(chosen.geometry)
    return tuple(
        Land(str(name), float(size), shape, str(frame.crs), file.name, digest)
        for name, size, shape in zip(chosen[ID], areas, chosen.geometry, strict=True)
    )


def area_ha(shapes: gpd.GeoSeries) -> "pd.Series[float]":
    """Return areas in an equal-area projection, ha."""
    to_ha, _ = conversion("m2", "ha")
    areas: pd.Series[float] = shapes.to_crs(EQUAL_AREA).area * to_ha
    return areas


def read_one(path: Path, parcel_id: str | None = None) -> Land:
    """Return one parcel.

    Raises
    ------
    ParcelError
        If the file has several and none is named, and as `read_land` does.
    """
    lands = read_land(path, () if parcel_id is None else (parcel_id,))
    if len(lands) != 1:
        raise _wrong(
            path, f"有 {len(lands)} 个宗地，请用 --id 指定一个。",
            f"has {len(lands)} parcels. Name one with --id.",
        )  # fmt: skip
    return lands[0]


def _frame(file: Path) -> gpd.GeoDataFrame:
    if not file.is_file() and file.name == RUN_FILE:
        raise _wrong(
            file.parent,
            f"该文件夹没有宗地（{RUN_FILE}），须由 gep compute 写出；"
            "或另给宗地的面文件（GeoJSON、GeoPackage）。",
            f"has no parcels ({RUN_FILE}), which `gep compute` writes. Or give the parcels as a "
            "file of polygons (GeoJSON, GeoPackage).",
        )
    if not file.is_file():
        raise _wrong(file, "没有这个文件。", "there is no such file.")
    try:
        frame = gpd.read_parquet(file) if file.suffix == ".parquet" else gpd.read_file(file)
    except (pyogrio.errors.DataSourceError, ValueError, OSError) as error:
        raise _wrong(
            file, "无法作为面文件（GeoJSON、GeoPackage）或运行文件夹读取。",
            "cannot be read as polygons (GeoJSON, GeoPackage) or a run folder.",
        ) from error  # fmt: skip
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise _wrong(
            file, "没有几何或没有坐标系。请用 GIS 软件写入。",
            "has no geometry or no CRS. Write it into the file with a GIS.",
        )  # fmt: skip
    if ID not in frame:
        if len(frame) != 1:
            raise _wrong(
                file, f"有 {len(frame)} 个图斑而没有 {ID} 列。请补充该列。",
                f"has {len(frame)} shapes and no column {ID}. Add it.",
            )  # fmt: skip
        frame = frame.assign(**{ID: file.stem})
    frame[ID] = frame[ID].astype(str)
    twice = frame[ID][frame[ID].duplicated()]
    if len(twice):
        name = twice.iloc[0]
        raise _wrong(
            file, f"宗地“{name}”出现了两次。", f"parcel {name!r} is there twice. Keep one."
        )
    return frame


def _wrong(file: Path, zh: str, en: str) -> GepError:
    return ParcelError(where=file.name, problem=Text(zh, en))
