"""What a raster file says of itself, with the project's overrides, before any pixel is read."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pint
import rasterio
from affine import Affine
from rasterio.windows import Window

from data_catalog.errors import LayerError
from data_catalog.text import Text
from data_catalog.units import conversion
from data_catalog.variables import Variable
from tiles.georeference import Place, check_axes, known_crs
from tiles.project import LayerEntry
from tiles.rasters import unreadable

PERIODS = {12: "month", 365: "day", 366: "day"}
"""What one of several bands of a year spans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A raster file as the project declares it.

    `units` are those of a stored value after `scale` and `offset`; `overrides` says which of the
    file's own tags the project replaces.
    """

    variable: Variable
    entry: LayerEntry
    path: Path
    place: Place
    bands: int
    dtype: str
    nodata: float | None
    units: str
    striped: bool
    overrides: tuple[str, ...]


def read_header(variable: Variable, entry: LayerEntry, path: Path) -> Header:
    """Return a file's header, checked for what can be known without its pixels.

    Raises
    ------
    LayerError
        If the file is absent, no raster, cut off, without CRS or units, or has bands that the
        variable cannot be made of.
    """
    if not path.is_file():
        raise LayerError(
            where=str(entry.path),
            problem=Text(
                f"没有这个文件（{variable.title.zh}）。请检查 [layers.{variable.name}] path。",
                f"there is no such file. Check [layers.{variable.name}] path.",
            ),
        )
    try:
        with rasterio.open(path) as file:
            _read_ends(file)
            place = _place(file, entry, path)
            header = Header(
                variable=variable,
                entry=entry,
                path=path,
                place=place,
                bands=file.count,
                dtype=file.dtypes[0],
                nodata=file.nodata if entry.nodata is None else entry.nodata,
                units=_units(variable, entry, file.units[0], path.name),
                striped=file.block_shapes[0][1] == file.width
                and file.width > file.block_shapes[0][0],
                overrides=tuple(
                    k for k in ("crs", "nodata", "units") if getattr(entry, k) is not None
                ),
            )
    except rasterio.RasterioIOError as error:
        raise unreadable(str(path), error) from error
    check_axes(header.place)
    _check_bands(header)
    return header


def _read_ends(file: rasterio.DatasetReader) -> None:
    """Read the first and last pixel of every band: a file that is cut off fails here."""
    for window in (Window(0, 0, 1, 1), Window(file.width - 1, file.height - 1, 1, 1)):
        file.read(window=window)


def _place(file: rasterio.DatasetReader, entry: LayerEntry, path: Path) -> Place:
    if entry.crs is not None:
        crs = known_crs(entry.crs, path.name)
    elif file.crs is None:
        raise LayerError(
            where=path.name,
            problem=Text(
                '没有坐标系。请在图层中写 crs = "EPSG:..."。',
                'has no CRS. Write crs = "EPSG:..." on the layer.',
            ),
        )
    else:
        crs = file.crs.to_wkt()
    if file.transform == Affine.identity():
        raise LayerError(
            where=path.name,
            problem=Text("没有地理定位（仿射变换）。", "has no georeference (affine transform)."),
        )
    return Place(path.name, crs, file.transform, (file.height, file.width))


def _units(variable: Variable, entry: LayerEntry, tagged: str | None, where: str) -> str:
    if variable.kind == "class":
        return "1"
    units = entry.units or tagged
    if not units:
        if variable.units == "1":
            return "1"
        raise LayerError(
            where=where,
            problem=Text(
                f'没有单位（{variable.title.zh}）。请在图层中写 units，如 "{variable.units}"。',
                f"has no units. Write `units` on [layers.{variable.name}], for example "
                f"{variable.units!r}.",
            ),
        )
    return units


def _check_bands(header: Header) -> None:
    bands, rule = header.bands, header.variable.bands
    if rule == "series" or bands == 1 or (rule in {"sum", "mean"} and bands in PERIODS):
        return
    want = "1" if rule == "one" else "1 or 12"
    raise LayerError(
        where=header.path.name,
        problem=Text(
            f"有 {bands} 个波段，而{header.variable.title.zh}需要 {want.replace('or', '或')} 个。",
            f"has {bands} bands, but {header.variable.name} needs {want}.",
        ),
    )


def to_variable_units(header: Header) -> tuple[float, float]:
    """Return (scale, offset) from a stored value, or the sum of stored bands, to the variable's.

    Raises
    ------
    LayerError
        If the units measure something else, or are no units.
    """
    variable, entry = header.variable, header.entry
    got, want = header.units, variable.units
    summed = header.bands > 1 and variable.bands == "sum"
    if summed:
        period = PERIODS[header.bands]
        got, want = f"({got})*{period}", f"({want})*year"
    factor, shift = units_factor(got, want, header.path.name, variable, header.units)
    times = header.bands if summed else 1
    scale, offset = entry.scale * factor, entry.offset * factor * times + shift
    if not (math.isfinite(scale) and scale != 0):
        raise LayerError(
            where=header.path.name,
            problem=Text(f"scale = {entry.scale} 无效。", f"scale = {entry.scale} cannot be used."),
        )
    return scale, offset


def units_factor(
    got: str, want: str, where: str, variable: Variable, shown: str
) -> tuple[float, float]:
    """Return (factor, offset) between two units, or say in words why there is none.

    Raises
    ------
    LayerError
        Names both units.
    """
    try:
        return conversion(got, want)
    except pint.DimensionalityError as error:
        problem = Text(
            f"单位是 {shown}，但{variable.title.zh}需要 {variable.units}。"
            "请更正图层的 units，或换用正确的图层。",
            f"is in {shown}, but {variable.name} is needed in {variable.units}. Correct `units` "
            "on the layer, or give the right layer.",
        )
        raise LayerError(where=where, problem=problem) from error
    except (pint.UndefinedUnitError, pint.OffsetUnitCalculusError, ValueError) as error:
        problem = Text(
            f"“{shown}”不是可识别的单位；例如 {variable.units}。",
            f"{shown!r} is no unit we know; an example is {variable.units}.",
        )
        raise LayerError(where=where, problem=problem) from error


def nodata_of(header: Header) -> float | None:
    """Return the nodata value as the file's own type can hold it; None where it cannot."""
    if header.nodata is None:
        return None
    kind = np.dtype(header.dtype)
    if kind.kind == "f":
        return float(np.asarray(header.nodata).astype(kind))
    limits = np.iinfo(kind)
    whole = float(header.nodata).is_integer() and limits.min <= header.nodata <= limits.max
    return float(header.nodata) if whole else None
