"""One layer as the engine reads it: a raster file, or a constant, in the variable's own units."""

import errno
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.windows import Window

from data_catalog.errors import LayerError
from data_catalog.text import Text
from data_catalog.variables import Variable
from tiles.lattice import Lattice
from tiles.tiff_blocks import plain_blocks

Raw = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raster:
    """A layer of the run, resolved: picklable, so that workers open the file themselves.

    `scale` and `offset` turn a stored value into the variable's units, unit conversion included.
    `classes` maps stored codes to class numbers, and `nodata_class` is what nodata means in a
    class map. `lattice` places the grid's cells on the source; None where the two grids are one
    and `shift` is the source row and column of the grid's first cell. With `pixel_a_cell` a cell
    has the class of the one pixel under its middle. `band` is the one that is read of a file of
    several, counted from 1; None where all of them are, `bands` in number.
    """

    variable: Variable
    path: str
    bands: int
    dtype: str
    shape: tuple[int, int]
    nodata: float | None
    scale: float = 1.0
    offset: float = 0.0
    classes: Mapping[int, int] = field(default_factory=dict)
    nodata_class: int = 0
    lattice: Lattice | None = None
    shift: tuple[int, int] = (0, 0)
    pixel_a_cell: bool = False
    constant: float | None = None
    band: int | None = None

    @property
    def name(self) -> str:
        """Return the variable's name."""
        return self.variable.name

    @property
    def is_class(self) -> bool:
        """Return whether the layer holds classes."""
        return self.variable.kind == "class"

    @property
    def method(self) -> Text:
        """Return how the layer was brought onto the grid."""
        if self.constant is not None:
            return Text("常数", "constant")
        if self.lattice is None:
            return Text("同一网格，逐像元读取", "same grid, cell by cell")
        if self.pixel_a_cell:
            return Text(
                "像元与网格同大但错位：取像元中心处的一个",
                "pixels as large as the cells, but beside them: the one under the middle",
            )
        if self.is_class:
            return Text("按面积取众数", "majority of area")
        return Text("按面积加权平均", "area-weighted mean")

    def open(self) -> "OpenRaster":
        """Open the file for reading in one thread."""
        return OpenRaster(self)


class OpenRaster:
    """A raster file held open by one thread."""

    def __init__(self, raster: Raster) -> None:
        self.raster = raster
        try:
            self._file = rasterio.open(raster.path, sharing=False)
        except rasterio.RasterioIOError as error:
            raise unreadable(raster.path, error) from error
        self._room: Raw = np.empty(0, np.result_type(*self._file.dtypes))
        self._blocks = plain_blocks(self._file)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        if self._blocks:
            self._blocks.close()

    def read(self, row_from: int, row_to: int, col_from: int, col_to: int) -> Raw:
        """Return stored values of a window of the source, (rows, cols); several bands reduced.

        Bands are summed or averaged where the variable says so; a pixel with a gap in any band
        is a gap. The values are good until the next read: they lie where the last ones lay,
        because clearing fresh memory for every tile costs a tenth of a run.
        """
        window = Window(col_from, row_from, col_to - col_from, row_to - row_from)
        shape = (self.raster.bands, row_to - row_from, col_to - col_from)
        try:
            bands = self._room_for(shape)
            if self._blocks and self._blocks.fits(row_from, row_to, col_from, col_to):
                self._blocks.read(row_from, col_from, bands[0])
            elif self.raster.band is not None:
                self._file.read(self.raster.band, window=window, out=bands[0])
            elif len(set(self._file.dtypes)) == 1:
                self._file.read(window=window, out=bands)
            else:  # those of a virtual raster may be of several kinds
                for number, values in enumerate(bands, start=1):
                    self._file.read(number, window=window, out=values)
        except (rasterio.RasterioIOError, OSError) as error:
            raise unreadable(self.raster.path, error) from error
        return np.asarray(bands[0]) if self.raster.bands == 1 else self._reduced(bands)

    def _room_for(self, shape: tuple[int, ...]) -> Raw:
        size = math.prod(shape)
        if self._room.size < size:
            self._room = np.empty(size, self._room.dtype)
        return self._room[:size].reshape(shape)

    def _reduced(self, bands: Raw) -> npt.NDArray[np.float64]:
        values = to_float(bands, self.raster.nodata)
        total = np.zeros(values.shape[1:])
        with np.errstate(over="ignore"):  # infinity is refused like all that is out of range
            for band in values:  # one after the other: the same bits for any window
                total += band
        return total if self.raster.variable.bands == "sum" else total / self.raster.bands

    @property
    def nodata(self) -> float | None:
        """Return the nodata of what `read` returns: NaN once bands are reduced."""
        return math.nan if self.raster.bands > 1 else self.raster.nodata


def to_float(stored: Raw, nodata: float | None) -> npt.NDArray[np.float64]:
    """Return stored values as float64 with NaN for nodata."""
    values = stored.astype(np.float64)
    if nodata is not None and not math.isnan(nodata):
        values[stored == np.asarray(nodata).astype(stored.dtype)] = np.nan
    return values


def check_written(path: Path, values: int) -> None:
    """Raise if a file of one band does not hold as many cells with a value as were written.

    GDAL writes what is left when it closes a file, and says nothing if that fails.

    Raises
    ------
    OSError
        That of a full disk.
    """
    try:
        with rasterio.open(path) as file:
            blocks = (file.read(1, window=window) for _, window in file.block_windows(1))
            found = sum(int(np.count_nonzero(~np.isnan(block))) for block in blocks)
    except rasterio.RasterioIOError as error:
        raise disk_full(path) from error
    if found != values:
        raise disk_full(path)


def disk_full(path: Path) -> OSError:
    """Return the error of a full disk: GDAL tells no other reason why it could not write."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def unreadable(path: str, error: Exception) -> LayerError:
    """Return the error of a file that cannot be opened or is cut off."""
    reason = str(error.__cause__ or error).splitlines()[0]
    return LayerError(
        where=Path(path).name,
        problem=Text(
            f"文件无法读取（{reason}）。可能被截断或不是栅格；请重新复制或转换该文件。",
            f"the file cannot be read ({reason}). It may be cut off or be no raster: "
            "copy or convert it again.",
        ),
    )
