"""Strata of a class raster, a buffer around the change among them, and points drawn in them.

Every pixel is a unit; every pixel of a stratum is drawn with the same probability, without
replacement. What is drawn depends on the seed, the stratum's name and the pixels alone: not on
how the file is read, nor on the other strata.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import rasterio
from rasterio.errors import NotGeoreferencedWarning
from rasterio.windows import Window
from scipy.ndimage import maximum_filter

from data_catalog.errors import LayerError, OutputError
from data_catalog.parameters import engine_number
from data_catalog.text import Text
from data_catalog.units import conversion
from sinks.sampling.strata import Strata
from tiles.grid import Grid, Tile
from tiles.rasters import unreadable

__all__ = ["BUFFER", "Buffer", "ClassMap", "write_points"]

Codes = npt.NDArray[np.int64]
BUFFER = "buffer"
"""The name of the stratum around the change."""
STRIP = 1 << 20
"""Cells read at a time; it decides no result."""
IN_BUFFER, NOTHING = np.iinfo(np.int64).max, np.iinfo(np.int64).min
_HA_PER_M2 = conversion("m2", "ha")[0]
NO_CRS = Text(
    "{where}：没有坐标系，无法得知像元面积。请用 gdal_edit -a_srs 写入坐标系。",
    "{where}: has no CRS, so the area of its pixels is not known. Write one with gdal_edit -a_srs.",
)
NOT_WHOLE = Text(
    "{where}：含有非整数的值（如 {value}）；分类图的值应为整数代码。",
    "{where}: holds {value}, which is no whole number; a class map holds whole codes.",
)
EMPTY = Text("{where}：没有任何有效像元。", "{where}: has no pixel with a value.")
NO_CODE = Text(
    "{where}：没有代码为 {codes} 的像元；图中的代码：{known}。",
    "{where}: has no pixel of code {codes}; its codes are {known}.",
)
UNEQUAL = Text(
    "{where}：各像元面积不等（{crs}），等概率抽取像元会有偏。请先用 gdalwarp -t_srs 转到等积投影"
    "（如 EPSG:6933）。",
    "{where}: its pixels differ in area ({crs}), so pixels drawn alike would be a biased sample. "
    "Bring it to an equal-area projection first, such as gdalwarp -t_srs EPSG:6933.",
)
THERE = Text(
    "{where}：该文件已存在。请另选文件名，或加 --overwrite。",
    "{where}: is there already. Choose another name, or add --overwrite.",
)
NOT_WRITTEN = Text(
    "{where}：无法写入（{why}）。请检查文件夹和权限。",
    "{where}: cannot be written ({why}). Check the folder and your rights to it.",
)
TOO_MANY = Text(
    "{where}：层“{stratum}”只有 {there} 个像元，少于要抽取的 {wanted} 个。请减少样点。",
    "{where}: stratum {stratum!r} has {there} pixels, fewer than the {wanted} to draw. Ask for "
    "fewer points.",
)


@dataclass(frozen=True, kw_only=True)
class Buffer:
    """A stratum of the pixels of other classes near a change.

    Parameters
    ----------
    change : frozenset of int
        Codes of the change.
    cells : int
        Rows and columns to each side of a pixel of change.
    """

    change: frozenset[int]
    cells: int


@dataclass(frozen=True, kw_only=True)
class ClassMap:
    """A raster of whole class codes, read strip by strip."""

    path: Path
    buffer: Buffer | None = None
    strip: int = STRIP

    @cached_property
    def grid(self) -> Grid:
        """Return the raster's grid.

        Raises
        ------
        LayerError
            If it cannot be opened, or has no CRS.
        """
        with self._open() as file:
            if file.crs is None:
                raise LayerError(NO_CRS, where=self.path.name)
            return Grid(
                crs=file.crs.to_wkt(), transform=tuple(file.transform)[:6], rows=file.height,
                cols=file.width, areal_limit=engine_number("areal_distortion_limit"),
            )  # fmt: skip

    @cached_property
    def counted(self) -> pd.DataFrame:
        """Return the pixels and the area of every stratum.

        Returns
        -------
        DataFrame with stratum, pixels, area_ha
            Classes by code, the buffer last.
        """
        pixels: dict[int, int] = {}
        relative: dict[int, float] = {}
        for tile, _, strata in self._strips():
            area = np.broadcast_to(self.grid.relative_area(tile), strata.shape)
            place, codes = pd.factorize(strata.ravel())  # hashed: much quicker than sorted
            sums = np.bincount(place, weights=area.ravel())
            counts = np.bincount(place)
            for code, count, size in zip(codes.tolist(), counts, sums, strict=True):
                pixels[code] = pixels.get(code, 0) + int(count)
                relative[code] = relative.get(code, 0.0) + float(size)
        found = sorted(code for code in pixels if code != NOTHING)
        if not found:
            raise LayerError(EMPTY, where=self.path.name)
        self._check_change(found)
        hectares = self.grid.nominal_area * _HA_PER_M2
        return pd.DataFrame({
            "stratum": [_name(code) for code in found],
            "pixels": [pixels[code] for code in found],
            "area_ha": [relative[code] * hectares for code in found],
        })  # fmt: skip

    def strata(self) -> Strata:
        """Return the strata with their areas, ha."""
        return Strata(
            names=tuple(self.counted["stratum"]), area=self.counted["area_ha"].to_numpy(),
            where=self.path.name,
        )  # fmt: skip

    def draw(self, points: Mapping[str, int], seed: int) -> gpd.GeoDataFrame:
        """Return random points, a pixel's centre each.

        Parameters
        ----------
        points : mapping of stratum to number of points
        seed : int
            The same seed draws the same points.

        Returns
        -------
        GeoDataFrame with point_id, stratum, map_class, reference, geometry
            In reading order of the map; `reference` is empty, to be filled by an interpreter.

        Raises
        ------
        LayerError
            If the pixels differ in area, or are fewer than the points.
        """
        if self.grid.geographic or not self.grid.keeps_areas:
            raise LayerError(UNEQUAL, where=self.path.name, crs=self.grid.projection.name)
        there = dict(zip(self.counted["stratum"], self.counted["pixels"], strict=True))
        ranks = {s: self._ranks(s, n, int(there.get(s, 0)), seed) for s, n in points.items()}
        rows = [*self._pixels(ranks)]
        frame = pd.DataFrame(rows, columns=["row", "col", "stratum", "map_class"])
        a, b, c, d, e, f = self.grid.transform
        right, down = frame["col"] + 1 / 2, frame["row"] + 1 / 2
        return gpd.GeoDataFrame(
            {
                "point_id": [str(n) for n in range(1, len(frame) + 1)],
                "stratum": frame["stratum"], "map_class": frame["map_class"], "reference": "",
            },
            geometry=gpd.points_from_xy(a * right + b * down + c, d * right + e * down + f),
            crs=self.grid.crs,
        )  # fmt: skip

    def _ranks(self, stratum: str, wanted: int, there: int, seed: int) -> Codes:
        """Return which of a stratum's pixels are drawn, in reading order."""
        if wanted > there:
            raise LayerError(
                TOO_MANY, where=self.path.name, stratum=stratum, there=there, wanted=wanted
            )
        draw = np.random.default_rng([seed, *stratum.encode()])
        return np.sort(draw.choice(there, size=wanted, replace=False, shuffle=False))

    def _pixels(self, ranks: Mapping[str, Codes]) -> Iterator[tuple[int, int, str, str]]:
        seen = dict.fromkeys(ranks, 0)
        for tile, classes, strata in self._strips():
            found = []
            for name, wanted in ranks.items():
                of_stratum = np.flatnonzero(strata == _code(name))
                first, seen[name] = seen[name], seen[name] + len(of_stratum)
                inside = wanted[(wanted >= first) & (wanted < seen[name])] - first
                found += [(int(place), name) for place in of_stratum[inside]]
            for place, name in sorted(found):
                row, col = divmod(place, strata.shape[1])
                yield tile.row_from + row, col, name, _name(int(classes.flat[place]))

    def _strips(self) -> Iterator[tuple[Tile, Codes, Codes]]:
        """Yield windows with the class and the stratum of their cells."""
        halo = self.buffer.cells if self.buffer else 0
        height = max(self.strip // self.grid.cols, 1)
        with self._open() as file:
            for top in range(0, self.grid.rows, height):
                bottom = min(top + height, self.grid.rows)
                low, high = max(top - halo, 0), min(bottom + halo, self.grid.rows)
                wide = self._codes(file, low, high)
                keep = slice(top - low, bottom - low)
                yield (
                    Tile(top, bottom, 0, self.grid.cols),
                    wide[keep],
                    self._of_strata(wide)[keep],
                )

    def _of_strata(self, classes: Codes) -> Codes:
        if self.buffer is None:
            return classes
        change = np.isin(classes, sorted(self.buffer.change))
        side = 2 * self.buffer.cells + 1
        near = maximum_filter(change, size=side, mode="constant", cval=False)
        return np.where(near & ~change & (classes != NOTHING), IN_BUFFER, classes)

    def _codes(self, file: rasterio.DatasetReader, row_from: int, row_to: int) -> Codes:
        window = Window(0, row_from, self.grid.cols, row_to - row_from)
        try:
            stored = file.read(1, window=window, masked=True)
        except rasterio.RasterioIOError as error:
            raise unreadable(str(self.path), error) from error
        known = ~np.ma.getmaskarray(stored)
        values = stored.data
        if values.dtype.kind == "f":
            known &= ~np.isnan(values)
            broken = known & (values != np.round(values))
            if broken.any():
                raise LayerError(NOT_WHOLE, where=self.path.name, value=f"{values[broken][0]:g}")
            values = np.where(known, values, 0)
        return np.where(known, values.astype(np.int64), NOTHING)

    def _check_change(self, found: list[int]) -> None:
        if self.buffer is not None and not self.buffer.change <= set(found):
            absent = ", ".join(map(str, sorted(self.buffer.change - set(found))))
            known = ", ".join(_name(code) for code in found if code != IN_BUFFER)
            raise LayerError(NO_CODE, where=self.path.name, codes=absent, known=known)

    def _open(self) -> rasterio.DatasetReader:
        try:
            with warnings.catch_warnings():  # we say ourselves that a file has no CRS
                warnings.simplefilter("ignore", NotGeoreferencedWarning)
                return rasterio.open(self.path)
        except rasterio.RasterioIOError as error:
            raise unreadable(str(self.path), error) from error


def write_points(points: gpd.GeoDataFrame, path: Path, *, overwrite: bool = False) -> None:
    """Write drawn points as a GeoPackage.

    Raises
    ------
    OutputError
        If the file is there and not to be replaced, or cannot be written.
    """
    if path.exists() and not overwrite:
        raise OutputError(THERE, where=str(path))
    try:
        path.unlink(missing_ok=True)
        points.to_file(path, layer="points", driver="GPKG", engine="pyogrio")
    except (OSError, pyogrio.errors.DataSourceError) as error:
        raise OutputError(NOT_WRITTEN, where=str(path), why=str(error)) from error


def _name(code: int) -> str:
    return BUFFER if code == IN_BUFFER else str(code)


def _code(name: str) -> int:
    return IN_BUFFER if name == BUFFER else int(name)
