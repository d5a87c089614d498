"""Where the corners of the grid's cells lie in a source raster, whatever tile asks for them.

GDAL's warper approximates PROJ along each tile's own rows, so a cell's value depends on the tile
it was computed in. Here PROJ is asked, exactly, at points counted from the *grid's* origin, and
between them the coordinates are bilinear: a function of grid, source and cell, of nothing else.
"""

import threading
import warnings
from dataclasses import dataclass, replace
from fractions import Fraction
from math import isfinite, pi

import numba as nb
import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.network import set_network_enabled  # type: ignore[attr-defined]  # no __all__
from pyproj.transformer import TransformerGroup

from data_catalog.errors import LayerError
from data_catalog.text import Text
from tiles.georeference import WORLD, between

__all__ = ["Lattice"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

STEPS = (64, 32, 16, 8, 4, 2, 1)  # cells; at 1 every corner is a point of the lattice, and exact
SAMPLE_BLOCKS = 17  # blocks tested along each side of the grid, the first and the last among them

_NOWHERE = Text(
    "{where}：网格与该坐标系之间没有可用的坐标转换。请检查图层的坐标系。",
    "{where}: the grid cannot be transformed to this CRS. Check the layer's CRS.",
)
_of_this_thread = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """Exactly transformed points every `step` cells of the grid, bilinear in between.

    Made once for a grid and a source by `Lattice.between`, then sent to the workers: it pickles
    to a few hundred bytes and gives the same bytes in each of them.

    Parameters
    ----------
    grid_transform, source_transform : Affine
        From column and row to the CRS.
    operation : str
        The PROJ pipeline from the grid's CRS to the source's. Empty where there is nothing to
        transform: the corners are affine then, and exact.
    meridian : float or None, in the source CRS's unit of angle
        Longitudes are kept within half a turn of this one, the grid's middle, so the grid is
        whole even across 180 degrees. None where the source is projected.
    turn : float, in the source CRS's unit of angle
        A full turn: 360 degrees.
    step : int, cells
        Distance between points of the lattice.
    error : float, source pixels
        Largest distance found between the lattice and the exact transformation.
    """

    grid_transform: Affine
    source_transform: Affine
    operation: str = ""
    meridian: float | None = None
    turn: float = 0.0
    step: int = STEPS[0]
    error: float = 0.0

    @classmethod
    def between(
        cls,
        grid_transform: Affine,
        grid_shape: tuple[int, int],
        grid_crs: str,
        source_transform: Affine,
        source_crs: str,
        tolerance: float,
    ) -> "Lattice":
        """Return the widest lattice that is exact enough for this grid and this source.

        Parameters
        ----------
        grid_transform, source_transform : Affine
            From column and row to the CRS.
        grid_shape : (rows, cols)
            Of the whole grid: the lattice must not depend on the tile.
        grid_crs, source_crs : str
            Anything pyproj reads.
        tolerance : float
            Largest error allowed, as a share of a source pixel or of a grid cell, whichever is
            the smaller.

        Returns
        -------
        Lattice

        Raises
        ------
        LayerError
            If no point of the grid has coordinates in the source's CRS.
        """
        grid, source = CRS.from_user_input(grid_crs), CRS.from_user_input(source_crs)
        lattice = cls(grid_transform=grid_transform, source_transform=source_transform)
        if grid.equals(source, ignore_axis_order=True):
            return lattice
        operation = _operation(grid, source, _region(grid, grid_transform, grid_shape))
        if operation.startswith("proj=noop"):
            return lattice
        lattice = replace(lattice, operation=operation)
        if source.is_geographic:
            turn = 2 * pi / source.axis_info[0].unit_conversion_factor
            middle = np.array(grid_shape) // 2
            meridian, _ = _transformer(operation).transform(*_at(grid_transform, *middle[::-1]))
            if isfinite(meridian):
                lattice = replace(lattice, meridian=float(meridian), turn=float(turn))
        return _widest(lattice, grid_shape, tolerance, source.name)

    def corners(
        self, row_from: int, row_to: int, col_from: int, col_to: int
    ) -> tuple[Floats, Floats]:
        """Return where the corners of a block of cells lie in the source raster.

        Parameters
        ----------
        row_from, row_to, col_from, col_to : int
            Rows and columns of the grid, `to` excluded. They may reach beyond the grid.

        Returns
        -------
        x, y : (rows + 1, cols + 1) arrays, source pixels
            x to the right and y down from the source raster's origin. Not finite where PROJ has
            no coordinates: a cell with such a corner is missing.
        """
        rows, cols = np.arange(row_from, row_to + 1), np.arange(col_from, col_to + 1)
        if not self.operation or self.step == 1:
            return self.exactly(rows, cols)
        x, y = self.exactly(_points(rows, self.step), _points(cols, self.step))
        return _bilinear(x, self.step, rows, cols), _bilinear(y, self.step, rows, cols)

    def exactly(self, rows: Counts, cols: Counts) -> tuple[Floats, Floats]:
        """Return where corners lie in the source raster, by PROJ at every one of them.

        Parameters
        ----------
        rows, cols : (r,) and (c,) arrays
            Rows and columns of the grid.

        Returns
        -------
        x, y : (r, c) arrays, source pixels
            Of the corners in which these rows and columns cross.
        """
        row, col = rows[:, None].astype(np.float64), cols[None, :].astype(np.float64)
        grid, source = self.grid_transform, self.source_transform
        if not self.operation:
            return _at(_composed(grid, source), col, row)
        x, y = _transformer(self.operation).transform(*_at(grid, col, row))
        inverse = ~source
        with np.errstate(invalid="ignore"):  # PROJ's word for "no such point" is infinity
            if self.meridian is not None:
                x = x - self.turn * np.floor((x - self.meridian) / self.turn + 1 / 2)
            right, down = x - source.c, y - source.f
            return inverse.a * right + inverse.b * down, inverse.d * right + inverse.e * down


def _region(crs: CRS, transform: Affine, shape: tuple[int, int]) -> AreaOfInterest | None:
    """Return the region of the grid in degrees, None if it has none."""
    x, y = _at(transform, np.array([0, 1, 0, 1]) * shape[1], np.array([0, 0, 1, 1]) * shape[0])
    set_network_enabled(active=False)
    bounds = between(crs, WORLD).transform_bounds(x.min(), y.min(), x.max(), y.max())
    return AreaOfInterest(*bounds) if all(map(isfinite, bounds)) else None


def _operation(grid: CRS, source: CRS, region: AreaOfInterest | None) -> str:
    """Return PROJ's best pipeline for the region: one for the whole grid.

    Left to itself PROJ chooses for each point, and fields jump where its choice changes.
    """
    set_network_enabled(active=False)
    with warnings.catch_warnings():  # of better operations, for which no shift grid is installed
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(
            grid,
            source,
            always_xy=True,
            area_of_interest=region,  # type: ignore[arg-type]  # its stub names another class
        )
    if not group.transformers:
        raise LayerError(_NOWHERE, where=source.name)
    return str(group.transformers[0].definition)


def _transformer(operation: str) -> Transformer:
    """Return this thread's own transformer: PROJ's objects must not be shared by threads."""
    known: dict[str, Transformer] = vars(_of_this_thread)
    if operation not in known:
        set_network_enabled(active=False)  # PROJ keeps this setting per thread, too
        known[operation] = Transformer.from_pipeline(operation)
    return known[operation]


def _composed(grid: Affine, source: Affine) -> Affine:
    """Return the affine from the grid's to the source's columns and rows, rounded only once.

    In exact fractions: rasters that share their lines share them to the last bit.
    """
    a, b, c, d, e, f = (Fraction(v) for v in source[:6])
    ga, gb, gc, gd, ge, gf = (Fraction(v) for v in grid[:6])
    area = a * e - b * d
    x = ((e * ga - b * gd), (e * gb - b * ge), (e * (gc - c) - b * (gf - f)))
    y = ((a * gd - d * ga), (a * ge - d * gb), (a * (gf - f) - d * (gc - c)))
    return Affine(*(float(v / area) for v in x + y))


def _at(affine: Affine, col: Floats | Counts, row: Floats | Counts) -> tuple[Floats, Floats]:
    """Return x and y of columns and rows."""
    return affine.a * col + affine.b * row + affine.c, affine.d * col + affine.e * row + affine.f


def _points(corners: Counts, step: int) -> Counts:
    """Return the rows (or columns) of the lattice around a run of corners."""
    return np.arange(corners[0] // step, -(-corners[-1] // step) + 1) * step


@nb.njit(cache=True, nogil=True)
def _bilinear(points: Floats, step: int, rows: Counts, cols: Counts) -> Floats:
    """Return a coordinate at every corner; `points` begin at the block of the first corner.

    A corner on a line of the lattice asks nothing of the points beyond it: they may be infinite.
    """
    out, line = np.empty((rows.size, cols.size)), np.empty(points.shape[1])
    for i in range(rows.size):
        block = rows[i] // step
        down = (rows[i] - block * step) / step
        block -= rows[0] // step
        for k in range(line.size):
            line[k] = points[block, k]
            if down > 0:
                line[k] = points[block, k] * (1 - down) + points[block + 1, k] * down
        for j in range(cols.size):
            block = cols[j] // step
            along = (cols[j] - block * step) / step
            block -= cols[0] // step
            out[i, j] = line[block]
            if along > 0:
                out[i, j] = line[block] * (1 - along) + line[block + 1] * along
    return out


def _widest(lattice: Lattice, grid_shape: tuple[int, int], tolerance: float, crs: str) -> Lattice:
    """Return the lattice with the widest step whose error is within the tolerance."""
    for step in STEPS[:-1]:
        wide = replace(lattice, step=step)
        in_pixels, of_the_smaller = _errors(wide, grid_shape)
        if np.isnan(in_pixels):
            raise LayerError(_NOWHERE, where=crs)
        if of_the_smaller <= tolerance:
            return replace(wide, error=in_pixels)
    return replace(lattice, step=STEPS[-1])


def _errors(lattice: Lattice, grid_shape: tuple[int, int]) -> tuple[float, float]:
    """Return the largest error, in source pixels and as a share of the smaller pixel or cell.

    NaN where the grid has no coordinates at all; infinite where the lattice would lose some.
    """
    step = lattice.step
    rows, cols = (_sample(cells, step) for cells in grid_shape)
    above, left = rows // step * step, cols // step * step
    exact = np.stack(lattice.exactly(rows, cols))
    nw, ne, sw, se = (
        np.stack(lattice.exactly(r, c)) for r in (above, above + step) for c in (left, left + step)
    )
    known = np.isfinite(exact).all(axis=0)
    if not known.any():
        return float("nan"), float("nan")
    down, along = ((rows - above) / step)[:, None], ((cols - left) / step)[None, :]
    with np.errstate(invalid="ignore", divide="ignore"):
        upper, lower = nw * (1 - along) + ne * along, sw * (1 - along) + se * along
        error = np.hypot(*(upper * (1 - down) + lower * down - exact))
        cell = np.minimum(np.hypot(*(ne - nw)), np.hypot(*(sw - nw))) / step
        share = error / np.minimum(cell, 1)
    if not np.isfinite(share[known]).all():
        return float("inf"), float("inf")
    return float(error[known].max()), float(share[known].max())


def _sample(cells: int, step: int) -> Counts:
    """Return the sides and middles of a fixed choice of blocks along one side of the grid."""
    sides = np.linspace(0, (cells - 1) // step, SAMPLE_BLOCKS).astype(np.int64) * step
    return np.unique(np.minimum(np.concatenate((sides, sides + step // 2)), cells))
