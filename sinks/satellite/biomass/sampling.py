"""The features under each plot.

A plot with an area has the means of the features under it, by exact overlap; one without has those
of the cell it lies in. Nothing here depends on the tiles that the features are read in.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sinks.satellite.biomass.features import Features, read_features
from sinks.satellite.biomass.plots import Plots
from tiles.coverage import UNIT, Rings, coverage, parcels_in
from tiles.grid import Grid, Tile

__all__ = ["Sampled", "sample", "under_areas"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Sampled:
    """Features at plots.

    Parameters
    ----------
    values : (plot, feature) array
        NaN where too little of a plot has all features.
    share : (plot,) array
        Share of each plot on cells with all features.
    plots, cells : (k,) arrays
        Which plot touches which cell of the grid, counted along the rows.
    """

    values: Floats
    share: Floats
    plots: Ints
    cells: Ints


def sample(plots: Plots, features: Features, tile: int) -> Sampled:
    """Return the features at the plots.

    Parameters
    ----------
    tile : int
        Cells along a tile's side; decides nothing in the values.
    """
    parts = [_touched(plots, features, t) for t in _tiles_with_plots(plots, features.grid, tile)]
    plot, cell, weight = (np.concatenate([p[i] for p in parts]) for i in range(3))
    values = np.concatenate([p[3] for p in parts], axis=1)
    order = np.lexsort((cell, plot))  # sums go cell by cell, whatever tile they came with
    plot, cell, weight, values = plot[order], cell[order], weight[order], values[:, order]
    known = ~np.isnan(values).any(axis=0)
    # what of a plot lies beyond the grid counts as missing, too
    full = np.maximum(np.bincount(plot, weight, len(plots)), _in_cells(plots, features.grid))
    valid = np.bincount(plot[known], weight[known], len(plots))
    share = np.divide(valid, full, out=np.zeros_like(full), where=full > 0)
    enough = (share >= features.least_share) & (valid > 0)
    sums = [np.bincount(plot[known], weight[known] * v[known], len(plots)) for v in values]
    means = np.divide(sums, valid, out=np.full((len(sums), len(plots)), np.nan), where=enough)
    return Sampled(values=means.T, share=share, plots=plot, cells=cell)


def _in_cells(plots: Plots, grid: Grid) -> Floats:
    """Return the area of each plot in cells, 0 for a point."""
    t = grid.affine
    return np.asarray(shapely.area(plots.shapes.to_numpy())) / abs(t.a * t.e - t.b * t.d)


def _tiles_with_plots(plots: Plots, grid: Grid, size: int) -> Iterator[Tile]:
    bounds = plots.shapes.bounds.to_numpy()
    corners = [~grid.affine @ (bounds[:, i], bounds[:, j]) for i in (0, 2) for j in (1, 3)]
    cols, rows = (np.stack([np.asarray(c[k]) for c in corners]) for k in range(2))
    for tile in grid.tiles(size):
        across = (cols.max(axis=0) >= tile.col_from) & (cols.min(axis=0) <= tile.col_to)
        if (across & (rows.max(axis=0) >= tile.row_from) & (rows.min(axis=0) <= tile.row_to)).any():
            yield tile


def _touched(plots: Plots, features: Features, tile: Tile) -> tuple[Ints, Ints, Floats, Floats]:
    """Return plot, cell and weight of each pair on a tile, and the features of the cell."""
    areas = plots.shapes.to_numpy().copy()
    areas[(plots.shapes.geom_type == "Point").to_numpy()] = None
    found = [_under_points(plots, features.grid, tile), under_areas(areas, features.grid, tile)]
    plot, row, col = (np.concatenate([f[i] for f in found]).astype(np.int64) for i in range(3))
    weight = np.concatenate([f[3] for f in found])
    values = read_features(features, tile)[:, row, col]
    cell = (row + tile.row_from) * features.grid.cols + col + tile.col_from
    return plot, cell, weight, values


def _under_points(plots: Plots, grid: Grid, tile: Tile) -> tuple[Ints, Ints, Ints, Floats]:
    number = np.flatnonzero((plots.shapes.geom_type == "Point").to_numpy())
    at = shapely.get_coordinates(plots.shapes.to_numpy()[number])
    x, y = ~grid.affine @ (at[:, 0], at[:, 1])
    col, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    here = (row >= tile.row_from) & (row < tile.row_to)
    here &= (col >= tile.col_from) & (col < tile.col_to)
    ones = np.ones(int(here.sum()))
    return number[here], row[here] - tile.row_from, col[here] - tile.col_from, ones


def under_areas(
    shapes: npt.NDArray[np.object_], grid: Grid, tile: Tile
) -> tuple[Ints, Ints, Ints, Floats]:
    """Return which cells of a tile lie under which polygons, and how much of each.

    Parameters
    ----------
    shapes : (n,) array of Polygon or MultiPolygon
        In the grid's CRS; None covers nothing.

    Returns
    -------
    (k,) arrays
        Polygon, row and column in the tile, and the area in units of the grid's nominal cell.
    """
    rings = Rings.from_polygons(shapes, ~grid.affine)
    window = (tile.row_from, tile.row_to, tile.col_from, tile.col_to)
    if not len(parcels_in(rings, *window)):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, np.zeros(0)
    cover = coverage(rings, *window)
    rows = [np.repeat(np.arange(tile.shape[0]), np.diff(o))
            for o in (cover.span_offsets, cover.fringe_offsets)]  # fmt: skip
    start, stop, parcel = cover.spans.T.astype(np.int64)
    length = stop - start
    along = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    plot = np.concatenate([np.repeat(parcel, length), cover.fringe[:, 1]])
    row = np.concatenate([np.repeat(rows[0], length), rows[1]])
    col = np.concatenate([np.repeat(start, length) + along, cover.fringe[:, 0]])
    weight = np.concatenate([np.full(length.sum(), UNIT), cover.fringe_weight]) / UNIT
    area = np.broadcast_to(grid.relative_area(tile), tile.shape)
    return cover.parcels.astype(np.int64)[plot], row, col, weight * area[row, col]
