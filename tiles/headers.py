"""What a raster file says of itself, with the project's overrides, before any pixel is read."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError

import numpy as np
import pint
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window

from data_catalog.errors import LayerError
from data_catalog.text import Text
from data_catalog.units import conversion
from data_catalog.variables import Variable
from tiles.georeference import Place, check_axes, is_map, known_crs
from tiles.project import LayerEntry
from tiles.rasters import unreadable

PERIODS = {12: "month", 365: "day", 366: "day"}
"""What one of several bands of a year spans."""


ABSENT = Text("没有这个文件", "there is no such file")
EXAMPLE = "EPSG:4549"


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
        what = Text("是文件夹，不是文件", "is a folder") if path.is_dir() else ABSENT
        raise LayerError(
            where=str(entry.path),
            problem=Text(
                f"{what.zh}（{variable.title.zh}）。请检查 [layers.{variable.name}] path。",
                f"{what.en}. Check [layers.{variable.name}] path.",
            ),
        )
    try:
        with _opened(path) as file:
            _read_ends(file)
            place = _place(file, variable, entry, path)
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
    _check_type(header)
    _check_nodata(header)
    return header


def _opened(path: Path) -> rasterio.DatasetReader:
    with warnings.catch_warnings():  # we say ourselves that a file has no georeference
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        file = rasterio.open(path)
    if not file.count:
        file.close()
        raise LayerError(
            where=path.name,
            problem=Text(
                "文件里没有波段，只有子数据集。请把所需的一个另存为 GeoTIFF。",
                "holds no band, only datasets within. Save the one you need as a GeoTIFF.",
            ),
        )
    return file


def _read_ends(file: rasterio.DatasetReader) -> None:
    """Read the first and last pixel of every band: a file that is cut off fails here."""
    for window in (Window(0, 0, 1, 1), Window(file.width - 1, file.height - 1, 1, 1)):
        file.read(window=window)


def _place(
    file: rasterio.DatasetReader, variable: Variable, entry: LayerEntry, path: Path
) -> Place:
    if entry.crs is not None:
        crs = known_crs(entry.crs, path.name)
    elif file.crs is None or not is_map(file.crs.to_wkt()):
        raise LayerError(
            where=path.name,
            problem=Text(
                f'没有可用的坐标系。请在 [layers.{variable.name}] 中写 crs，如 "{EXAMPLE}"。',
                f'has no usable CRS. Write `crs` on [layers.{variable.name}], such as "{EXAMPLE}".',
            ),
        )
    else:
        crs = file.crs.to_wkt()
    if file.transform == Affine.identity():
        raise LayerError(
            where=path.name,
            problem=Text(
                "没有地理定位，不知道位于何处。请用 GIS 软件配准后再用。",
                "has no georeference: nothing says where it lies. Georeference it with a GIS.",
            ),
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
    bands, variable = header.bands, header.variable
    if variable.bands == "series" or bands == 1:
        return
    several = variable.bands in {"sum", "mean"}
    if several and bands in PERIODS:
        return
    want = Text("1 或 12", "1 or 12") if several else Text("1", "1")
    raise LayerError(
        where=header.path.name,
        problem=Text(
            f"有 {bands} 个波段，而{variable.title.zh}需要 {want.zh} 个。请换用正确的文件。",
            f"has {bands} bands, but {variable.name} needs {want.en}. Give the right file.",
        ),
    )


def _check_type(header: Header) -> None:
    kind = np.dtype(header.dtype).kind
    if header.variable.kind == "class" and kind == "f":
        raise LayerError(
            where=header.path.name,
            problem=Text(
                f"存的是小数（{header.dtype}），而类别代码是整数。请转换为整数类型（如 Int16），"
                "并声明无效值。",
                f"holds {header.dtype}, but class codes are whole numbers. Convert it to an "
                "integer type such as Int16, with its nodata declared.",
            ),
        )
    if kind not in "uif":
        raise LayerError(
            where=header.path.name,
            problem=Text(
                f"存的是 {header.dtype}，不是普通数值。请转换为 Float32 或整数类型。",
                f"holds {header.dtype}, which are no plain numbers. Convert it to Float32 or to "
                "an integer type.",
            ),
        )


def _check_nodata(header: Header) -> None:
    given = header.entry.nodata
    if given is not None and nodata_of(header) is None:
        raise LayerError(
            where=header.path.name,
            problem=Text(
                f"nodata = {given:g} 不会出现在 {header.dtype} 文件中。请写文件中实际的无效值。",
                f"nodata = {given:g} cannot occur in a file of {header.dtype}. Write the value "
                "that marks missing data in it.",
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
    return entry.scale * factor, entry.offset * factor * times + shift


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
    except (pint.PintError, ValueError, AssertionError, TokenError) as error:  # as its parser fails
        problem = Text(
            f"“{shown}”不是可识别的单位。请更正 units，如 {variable.units}。",
            f"{shown!r} is no unit we know. Correct `units`; an example is {variable.units}.",
        )
        raise LayerError(where=where, problem=problem) from error


def nodata_of(header: Header) -> float | None:
    """Return the nodata value as the file's own type can hold it; None where it cannot."""
    if header.nodata is None:
        return None
    kind = np.dtype(header.dtype)
    if kind.kind == "f":
        with np.errstate(over="ignore"):  # one beyond the type is infinite in such a file
            return float(np.asarray(header.nodata).astype(kind))
    limits = np.iinfo(kind)
    whole = float(header.nodata).is_integer() and limits.min <= header.nodata <= limits.max
    return float(header.nodata) if whole else None
