"""Scenes on the one grid of a set: reflectance tile by tile, NaN where the ground is not seen.

Bands and quality bands come onto the grid as all layers do (tiles/reading.py): cell by cell where
the grids are one, otherwise reflectance as the area-weighted mean and quality as the majority.
"""

import math
import warnings
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning

from data_catalog.errors import LayerError, ProjectError
from data_catalog.parameters import engine_number
from data_catalog.quality_masks import quality_mask
from data_catalog.spec import Pixels
from data_catalog.text import Text
from data_catalog.variables import Variable
from sinks.satellite.scenes.declared import Scene, SceneSet
from sinks.satellite.scenes.masks import clear_pixels
from tiles.georeference import Place, check_overlap, is_map, known_crs
from tiles.grid import Grid, Tile
from tiles.onto_grid import on_grid
from tiles.rasters import OpenRaster, Raster, Raw, to_float, unreadable
from tiles.reading import read_aligned

__all__ = [
    "Files",
    "Footage",
    "codes_on_tile",
    "grid_of",
    "layer_on_tile",
    "raster_of",
    "scenes_on_grid",
]

REFLECTANCE = Variable(
    name="surface_reflectance", title=Text("地表反射率", "surface reflectance"), units="1",
    kind="continuous", bands="one", epoch="account", low=0, high=1, note="",
)  # fmt: skip
CODES = Variable(
    name="codes", title=Text("类别代码", "codes"), units="1", kind="class", bands="one",
    epoch="account", low=0, high=math.inf, note="",
)  # fmt: skip
LAYER = Variable(
    name="layer", title=Text("图层", "layer"), units="1", kind="continuous", bands="one",
    epoch="account", low=-math.inf, high=math.inf, note="",
)  # fmt: skip
KINDS = {"reflectance": REFLECTANCE, "codes": CODES, "layer": LAYER}


@dataclass(frozen=True)
class Footage:
    """A scene on the grid: the raster of each band, and that of the quality band."""

    scene: Scene
    bands: Mapping[str, Raster]
    quality: Raster | None

    def reflectance(self, names: Iterable[str], tile: Tile, files: "Files") -> Pixels:
        """Return the reflectance of bands on a tile, (band, rows, cols).

        NaN in all of them where one has no value, lies outside 0..1, or the ground is not seen.
        """
        bands = np.stack([self.band(name, tile, files) for name in names])
        seen = ((bands >= REFLECTANCE.low) & (bands <= REFLECTANCE.high)).all(axis=0)
        return np.where(seen & self.clear(tile, files), bands, np.nan)

    def band(self, name: str, tile: Tile, files: "Files") -> Pixels:
        """Return a band on a tile, (rows, cols), scaled; NaN for missing, clouds and all."""
        raster = self.bands[name]
        return layer_on_tile(raster, tile, files) * raster.scale + raster.offset

    def clear(self, tile: Tile, files: "Files") -> npt.NDArray[np.bool_]:
        """Return where the quality band says that the ground is seen; all where there is none."""
        if self.quality is None or self.scene.mask is None:
            return np.ones(tile.shape, np.bool_)
        codes = codes_on_tile(self.quality, tile, files)
        kind = quality_mask(self.scene.mask.kind, self.scene.id)
        return clear_pixels(codes, kind, self.scene.mask.clear)


class Files:
    """Raster files held open for a run over tiles, in one thread."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int | None], OpenRaster] = {}
        self._stack = ExitStack()

    def __enter__(self) -> "Files":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def of(self, raster: Raster) -> OpenRaster:
        """Return the open file of a raster."""
        key = (raster.path, raster.band)
        if key not in self._open:
            self._open[key] = raster.open()
            self._stack.callback(self._open[key].close)
        return self._open[key]


def layer_on_tile(raster: Raster, tile: Tile, files: Files) -> Pixels:
    """Return a layer's stored values on a tile, (rows, cols) float64, NaN for missing."""
    stored = read_aligned(raster, files.of(raster), tile, engine_number("least_valid_share"))
    return to_float(stored, raster.nodata if raster.lattice is None else None)


def codes_on_tile(raster: Raster, tile: Tile, files: Files) -> npt.NDArray[np.int64]:
    """Return codes on a tile, (rows, cols); -1 for missing."""
    stored: Raw = read_aligned(raster, files.of(raster), tile, engine_number("least_valid_share"))
    codes = stored.astype(np.int64)
    codes[codes < 0] = -1
    return codes


def grid_of(scenes: SceneSet) -> Grid:
    """Return the grid of a set: that of the first scene's first band, or the CRS and cell given.

    Raises
    ------
    ProjectError
        If there is no scene, or a CRS without a cell size.
    """
    if not scenes.scenes:
        raise ProjectError(
            where=scenes.name,
            problem=Text("没有任何景，无从确定网格。", "there is no scene to take a grid from."),
        )
    first = scenes.scenes[0]
    band = next(iter(first.bands.values()))
    place, wanted = _header(band.path, band.number)[0], scenes.entries.set
    limit = engine_number("areal_distortion_limit")
    if wanted.crs is None and wanted.resolution is None:
        t, (rows, cols) = place.transform, place.shape
        return Grid(place.crs, (t.a, t.b, t.c, t.d, t.e, t.f), rows, cols, limit)
    if wanted.resolution is None:
        raise ProjectError(
            where="[set]",
            problem=Text(
                "写了 crs，还要写 resolution（像元边长）。",
                "has a crs and no resolution: write the side of a cell too.",
            ),
        )
    crs = place.crs if wanted.crs is None else known_crs(wanted.crs, "[set] crs")
    outline = place.outline(crs).bounds
    x, y = (place.transform.c, place.transform.f) if wanted.crs is None else (0, 0)
    anchor = Affine(wanted.resolution, 0, x, 0, -wanted.resolution, y)
    return Grid.over(outline, crs, anchor, limit)


def scenes_on_grid(scenes: SceneSet, grid: Grid, names: Iterable[str]) -> list[Footage]:
    """Return the scenes that have these bands, each with its way onto the grid."""
    wanted = list(names)
    return [
        Footage(
            scene=scene,
            bands={
                name: raster_of(
                    band.path, grid, "reflectance", band=band.number, scale=band.scale,
                    offset=band.offset, nodata=band.nodata,
                )
                for name, band in scene.bands.items()
                if name in wanted
            },
            quality=None if scene.mask is None else raster_of(scene.mask.path, grid, "codes"),
        )
        for scene in scenes.scenes
    ]  # fmt: skip


def raster_of(
    path: str,
    grid: Grid,
    kind: str,
    *,
    band: int = 1,
    scale: float = 1.0,
    offset: float = 0.0,
    nodata: float | None = None,
) -> Raster:
    """Return one band of a file with its way onto the grid.

    Parameters
    ----------
    kind : "reflectance", "layer" (aligned by mean) or "codes" (aligned by majority)

    Raises
    ------
    LayerError
        If there is no such file or band, or it lies elsewhere.
    """
    place, dtype, tagged = _header(path, band)
    if kind == "codes" and np.dtype(dtype).kind == "f":
        raise LayerError(
            where=place.name,
            problem=Text(
                f"存的是小数（{dtype}），而类别与质量代码是整数。请转换为整数类型（如 UInt16）。",
                f"holds {dtype}, but classes and quality codes are whole numbers. Convert it to an "
                "integer type such as UInt16.",
            ),
        )
    check_overlap(place, Place("grid", grid.crs, grid.affine, grid.shape).outline(), GRID)
    raster = Raster(
        variable=KINDS[kind], path=path, bands=1, dtype=dtype, shape=place.shape, scale=scale,
        offset=offset, nodata=tagged if nodata is None else nodata, band=band,
    )  # fmt: skip
    return on_grid(raster, place, grid)


GRID = Text("其他各景", "the other scenes")


def _header(path: str, band: int) -> tuple[Place, str, float | None]:
    """Return where a raster lies, its type and its nodata."""
    name = Path(path).name
    if "://" not in path and not Path(path).is_file():
        raise LayerError(
            where=path,
            problem=Text("没有这个文件。请检查路径。", "there is no such file. Check the path."),
        )
    try:
        with warnings.catch_warnings():  # we say ourselves that a file has no georeference
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            file = rasterio.open(path)
        with file:
            if not 1 <= band <= file.count:
                raise LayerError(
                    where=name,
                    problem=Text(
                        f"没有第 {band} 波段，共 {file.count} 个。请更正 bands。",
                        f"has no band {band}, only {file.count}. Correct `bands`.",
                    ),
                )
            if file.crs is None or not is_map(file.crs.to_wkt()):
                raise LayerError(
                    where=name,
                    problem=Text(
                        "没有可用的坐标系。请用 GIS 软件写入坐标系后再用。",
                        "has no usable CRS. Write it into the file with a GIS.",
                    ),
                )
            place = Place(name, file.crs.to_wkt(), file.transform, (file.height, file.width))
            return place, str(file.dtypes[band - 1]), file.nodata
    except rasterio.RasterioIOError as error:
        raise unreadable(path, error) from error
