"""The one grid of a run: its cells, their areas and its tiles."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from affine import Affine
from odc.geo.geobox import GeoBox
from pyproj import CRS, Transformer

from data_catalog.errors import ProjectError
from data_catalog.text import Text

SNAP = 1e-6
"""Cells: an extent nearer than this to a cell's edge is taken to lie on it."""
NODE_STEP = 64
"""Cells between the points where a projection's areal scale is computed; linear in between."""

EQUAL_AREA = "EPSG:6933"
"""Cylindrical equal-area on WGS 84: areas in its plane are true areas."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Tile:
    """A window of the grid; rows and columns from the upper left, the end not included."""

    row_from: int
    row_to: int
    col_from: int
    col_to: int

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self.row_to - self.row_from, self.col_to - self.col_from

    def part(self, row_from: int, row_to: int, col_from: int, col_to: int) -> "Tile":
        """Return a window of the tile, told in its own rows and columns."""
        row, col = self.row_from, self.col_from
        return Tile(row + row_from, row + row_to, col + col_from, col + col_to)


@dataclass(frozen=True)
class Grid:
    """A raster grid in any CRS.

    Parameters
    ----------
    crs : str
        Authority code or WKT.
    transform : tuple of 6 float
        Affine coefficients a to f: column, row to CRS coordinates.
    rows, cols : int
    areal_limit : float
        Largest relative areal distortion for which a projected cell counts with its planar area.
    """

    crs: str
    transform: tuple[float, float, float, float, float, float]
    rows: int
    cols: int
    areal_limit: float

    @classmethod
    def over(cls, bounds: Bounds, crs: str, anchor: Affine, areal_limit: float) -> "Grid":
        """Return the smallest grid of cells of `anchor` that holds the bounds."""
        left, bottom, right, top = bounds
        corners = [~anchor @ point for point in ((left, top), (right, bottom))]
        col_from, row_from = (math.floor(min(c) + SNAP) for c in zip(*corners, strict=True))
        col_to, row_to = (math.ceil(max(c) - SNAP) for c in zip(*corners, strict=True))
        t = anchor @ Affine.translation(col_from, row_from)
        return cls(crs, (t.a, t.b, t.c, t.d, t.e, t.f), row_to - row_from, col_to - col_from,
                   areal_limit)  # fmt: skip

    def __getstate__(self) -> dict[str, object]:
        """Pickle what was given, not what was worked out since."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def affine(self) -> Affine:
        """Return column, row to CRS coordinates."""
        return Affine(*self.transform)

    @property
    def shape(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self.rows, self.cols

    @cached_property
    def geobox(self) -> GeoBox:
        """Return the grid as a GeoBox."""
        return GeoBox(self.shape, self.affine, self.crs)

    @cached_property
    def projection(self) -> CRS:
        """Return the parsed CRS."""
        return CRS.from_user_input(self.crs)

    @property
    def geographic(self) -> bool:
        """Return whether cells are measured in degrees."""
        return bool(self.projection.is_geographic)

    @property
    def bounds(self) -> Bounds:
        """Return left, bottom, right, top in CRS coordinates."""
        box = self.geobox.boundingbox
        return box.left, box.bottom, box.right, box.top

    @cached_property
    def cell_size(self) -> float:
        """Return the side of a cell in metres, at the grid's middle."""
        return math.sqrt(self.nominal_area * float(np.median(self._areal())))

    @cached_property
    def nominal_area(self) -> float:
        """Return the area in m2 that `relative_area` is relative to.

        That of a projected cell in its plane; of a geographic cell, the one in the middle row.
        """
        t = self.affine
        planar = abs(t.a * t.e - t.b * t.d)
        if not self.geographic:
            unit = self.projection.axis_info[0].unit_conversion_factor
            return planar * unit * unit
        middle = self.rows // 2
        return float(self._zone_areas(middle, middle + 1)[0])

    def relative_area(self, tile: Tile) -> npt.NDArray[np.float64]:
        """Return the cells' areas over `nominal_area`, (rows, cols) broadcastable.

        Geographic cells have the area of their ellipsoidal zone. Projected cells have their
        planar area where the projection keeps areas within `areal_limit` over the whole grid,
        otherwise the planar area divided by the areal scale.
        """
        if self.geographic:
            zones = self._zone_areas(tile.row_from, tile.row_to) / self.nominal_area
            return zones[:, np.newaxis]
        if self.keeps_areas:
            return np.ones((1, 1))
        return self._between_nodes(tile)

    @cached_property
    def areal_range(self) -> tuple[float, float]:
        """Return the smallest and largest true area of a cell over its nominal area."""
        areal = self._areal()
        return float(areal.min()), float(areal.max())

    @cached_property
    def keeps_areas(self) -> bool:
        """Return whether planar areas may stand for true ones."""
        return max(abs(x - 1) for x in self.areal_range) <= self.areal_limit

    def tiles(self, size: int, offset: tuple[int, int] = (0, 0)) -> Iterator[Tile]:
        """Yield the tiles in reading order.

        Parameters
        ----------
        size : int
            Rows and columns of a tile; those at the edges are smaller.
        offset : (rows, cols)
            Where the grid begins in a file whose blocks the tiles are to follow.
        """
        rows, cols = (_edges(n, size, o) for n, o in zip(self.shape, offset, strict=True))
        for row_from, row_to in pairwise(rows):
            for col_from, col_to in pairwise(cols):
                yield Tile(row_from, row_to, col_from, col_to)

    def latitudes(self, tile: Tile) -> npt.NDArray[np.float64]:
        """Return the latitude of each cell's centre, (rows, cols), degrees."""
        t = self.affine
        rows = np.arange(tile.row_from, tile.row_to)[:, np.newaxis] + 1 / 2
        cols = np.arange(tile.col_from, tile.col_to)[np.newaxis] + 1 / 2
        x, y = np.broadcast_arrays(t.a * cols + t.b * rows + t.c, t.d * cols + t.e * rows + t.f)
        return np.asarray(self._to_degrees.transform(x, y)[1])

    @cached_property
    def _to_degrees(self) -> Transformer:
        return Transformer.from_crs(self.projection, "EPSG:4326", always_xy=True)

    def _zone_areas(self, row_from: int, row_to: int) -> npt.NDArray[np.float64]:
        """Return the areas of cells between two parallels on the ellipsoid, m2."""
        ellipsoid = self.projection.ellipsoid
        if ellipsoid is None or self.affine.b or self.affine.d:
            raise ProjectError(
                where="crs",
                problem=Text(
                    "网格的坐标系没有椭球体或被旋转。", "the grid is rotated or on no ellipsoid."
                ),
            )
        b, a = ellipsoid.semi_minor_metre, ellipsoid.semi_major_metre
        e = math.sqrt(1 - (b / a) ** 2)
        latitude = np.radians(self.affine.f + self.affine.e * np.arange(row_from, row_to + 1))
        s = np.sin(latitude)
        authalic = b * b / 2 * (s / (1 - (e * s) ** 2) + np.arctanh(e * s) / e)
        return np.asarray(np.abs(np.diff(authalic) * math.radians(self.affine.a)))

    def _areal(self) -> npt.NDArray[np.float64]:
        rows = np.linspace(0, self.rows, NODE_STEP)
        cols = np.linspace(0, self.cols, NODE_STEP)
        if self.geographic:
            return self._zone_areas(0, self.rows) / self.nominal_area
        return self._true_over_planar(rows[:, np.newaxis], cols[np.newaxis])

    def _true_over_planar(
        self, rows: npt.NDArray[np.float64], cols: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Compare squares of `NODE_STEP` cells with their area in an equal-area projection."""
        half, t = NODE_STEP / 2, self.affine
        equal_area = Transformer.from_crs(self.projection, EQUAL_AREA, always_xy=True)
        area: npt.NDArray[np.float64] = np.zeros(np.broadcast_shapes(rows.shape, cols.shape))
        around = [(-half, -half), (-half, half), (half, half), (half, -half), (-half, -half)]
        corners = []
        for down, right in around:
            r, c = np.broadcast_arrays(rows + down, cols + right)
            corners.append(equal_area.transform(t.a * c + t.b * r + t.c, t.d * c + t.e * r + t.f))
        x0, y0 = corners[0]  # counted from a corner: far from the origin little would be left
        for (x1, y1), (x2, y2) in pairwise(corners):
            area += ((x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)) / 2
        return np.asarray(np.abs(area) / (NODE_STEP * NODE_STEP * self.nominal_area))

    def _between_nodes(self, tile: Tile) -> npt.NDArray[np.float64]:
        """Interpolate the areal factor from nodes anchored to the grid, never to the tile."""
        near = [start // NODE_STEP for start in (tile.row_from, tile.col_from)]
        far = [-(-end // NODE_STEP) + 1 for end in (tile.row_to, tile.col_to)]
        nodes = [
            np.arange(a, b, dtype=np.float64) * NODE_STEP for a, b in zip(near, far, strict=True)
        ]
        at_nodes = self._true_over_planar(nodes[0][:, np.newaxis], nodes[1][np.newaxis])
        rows = (np.arange(tile.row_from, tile.row_to) + 1 / 2) / NODE_STEP - near[0]
        cols = (np.arange(tile.col_from, tile.col_to) + 1 / 2) / NODE_STEP - near[1]
        i, j = rows.astype(int), cols.astype(int)
        v, u = (rows - i)[:, np.newaxis], (cols - j)[np.newaxis]
        upper = at_nodes[np.ix_(i, j)] * (1 - u) + at_nodes[np.ix_(i, j + 1)] * u
        lower = at_nodes[np.ix_(i + 1, j)] * (1 - u) + at_nodes[np.ix_(i + 1, j + 1)] * u
        return np.asarray(upper * (1 - v) + lower * v)


def _edges(cells: int, size: int, offset: int) -> list[int]:
    return [0, *range(size - offset % size, cells, size), cells]
