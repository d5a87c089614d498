"""What the error of a map means for parcels, townships and totals.

A parcel's map error is its pixels' errors times their mean correlation over all pairs. Between
parcels the pairs are too many: 20 000 parcels have 2e8 pairs, each of as many pairs of pixels. So
the field of errors is cut into a lattice of cells, as wide as a fixed share of the range. What
parcels share is the mean error of the cells they lie in; what is left of the parcel's variance is a
source of its own, which only the parcel's rows (pools, years) share.

A parcel's variance is that of all pairs of its own cells, and so is, up to the left-overs, that of
any area many cells wide, whatever the width of the cells. Approximate is only the covariance of
parcels that are nearer to each other than a cell's width.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine

from data_catalog.errors import ParcelError
from data_catalog.parameters import engine_number
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.fields import Field, Numbers, Places, Spread
from tiles.coverage import UNIT, Rings, coverage

__all__ = [
    "WITHIN",
    "footprints_of_pixels",
    "footprints_of_polygons",
    "mean_correlation",
    "with_map_error",
]

WITHIN = " (within cells)"
"""Ends the name of the part of a map error that a parcel does not share with others."""
SMALL = 1 / 4
"""A parcel is small where this share of the parcels is smaller."""


def footprints_of_pixels(
    parcel: npt.ArrayLike,
    row: npt.ArrayLike,
    col: npt.ArrayLike,
    weight: npt.ArrayLike,
    pixel_m: float,
    parcels: int,
) -> Spread:
    """Return which share of each parcel's error comes from which pixel.

    Parameters
    ----------
    parcel, row, col : (m,) arrays
        Number of the parcel, 0 to `parcels` - 1; row and column of the pixel in the run's grid.
    weight : (m,) array
        Area of the pixel in the parcel, times the standard deviation of the pixel where pixels
        differ. The error is one of whole pixels.
    pixel_m : float, m
        Side of a pixel.

    Returns
    -------
    Spread of `parcels` rows
        Shares; those of a parcel sum to 1. A parcel without weight has none.
    """
    field = Field(None, pixel_m, 1)
    return _shares(Spread.gathered(field, parcels, parcel, col, row, weight))


def footprints_of_polygons(polygons: npt.ArrayLike, side_m: float | None = None) -> Spread:
    """Return which share of each parcel's area lies in which square; the error is one of points.

    Parameters
    ----------
    polygons : (parcels,) array of Polygon or MultiPolygon
        In an equal-area CRS in metres; at least one has an area.
    side_m : float, m, optional
        Side of the squares; by default a fixed part of a small parcel's side.
    """
    shapes = np.asarray(polygons, dtype=object)
    if side_m is None:
        across = engine_number("cells_across_parcel")
        areas = shapely.area(shapes)
        side_m = float(np.sqrt(np.quantile(areas[areas > 0], SMALL))) / across
    rings = Rings.from_polygons(shapes, Affine.scale(1 / side_m))
    low = np.floor([rings.top.min(), rings.left.min()]).astype(int)
    high = np.ceil([rings.bottom.max(), rings.right.max()]).astype(int) + 1
    found = coverage(rings, low[0], high[0], low[1], high[1])
    rows = np.arange(low[0], high[0])
    start, stop, inside = found.spans.T.astype(np.int64)
    long = stop - start
    first = np.repeat(start - np.cumsum(long) + long, long)
    col, whole = found.fringe.T.astype(np.int64)
    span_row = np.repeat(rows, np.diff(found.span_offsets))
    return _shares(
        Spread.gathered(
            Field(None, side_m, None),
            len(shapes),
            found.parcels[np.concatenate([np.repeat(inside, long), whole])],
            low[1] + np.concatenate([first + np.arange(long.sum()), col]),
            np.concatenate(
                [np.repeat(span_row, long), np.repeat(rows, np.diff(found.fringe_offsets))]
            ),
            np.concatenate([np.ones(long.sum()), found.fringe_weight / UNIT]),
        )
    )


def mean_correlation(footprints: Spread, correlation: Correlation) -> Numbers:
    """Return the mean correlation over all pairs of points of each parcel, (parcels,), 0 to 1."""
    most = int(engine_number("parcel_cells_most"))
    return _correlated(footprints, correlation).variance_in_cells(most)


def with_map_error(
    estimates: Estimates,
    source: str,
    footprints: Spread,
    correlation: Correlation,
    sd: npt.ArrayLike,
    parcel: npt.ArrayLike | None = None,
    side_m: float | None = None,
) -> Estimates:
    """Return the estimates with the error of a map as one more source.

    Parameters
    ----------
    estimates : Estimates of n rows
    source : str
        What the error is of, as people are told: `map model`. One of this name that the
        estimates already have grows by this error, which is then the same draw.
    footprints : Spread
        A parcel's shares of pixels or squares, as the functions above return them.
    correlation : Correlation
    sd : (n,) array, unit of the estimates
        Signed error of a row that plus one standard deviation all over the parcel makes: sum of
        pixels' areas times their standard deviations.
    parcel : (n,) array, optional
        Which footprint a row has; by default row i has footprint i.
    side_m : float, m, optional
        Side of the lattice's cells, about; by default a fixed share of the range, but no more
        cells along the county than can be drawn.

    Raises
    ------
    ParcelError
        If a parcel with an error has no place.
    """
    place = np.arange(len(estimates)) if parcel is None else np.asarray(parcel, dtype=np.int64)
    error = np.broadcast_to(np.asarray(sd, dtype=np.float64), len(estimates))
    _check(footprints, place[error != 0], source)
    factor = _factor(footprints, correlation, side_m)
    cells = _correlated(footprints, correlation).coarsened(factor)
    known, of_cells = mean_correlation(footprints, correlation), cells.variance()
    # a parcel in opposite corners of two cells has less in common than the cells have
    cells = cells.times(np.sqrt(np.divide(known, of_cells, out=np.ones_like(known),
                                          where=of_cells > known)))  # fmt: skip
    left = np.sqrt(np.maximum(known - of_cells, 0))
    new = {
        source: cells.taken(place).times(error),
        source + WITHIN: _apart(footprints, left).taken(place).times(error),
    }
    spatial = dict(estimates.spatial)
    for name, spread in new.items():
        spatial[name] = spatial[name].plus(spread) if name in spatial else spread
    return replace(estimates, spatial=spatial)


def _check(footprints: Spread, parcel: Places, source: str) -> None:
    lost = np.setdiff1d(parcel, footprints.row)
    if len(lost):
        raise ParcelError(
            where=source,
            problem=Text(
                f"{len(lost)} 个宗地没有面积，误差无处安放；第一个是第 {lost[0]} 号。"
                "请检查其几何。",
                f"{len(lost)} parcels have no area, so their error has no place; the first is "
                f"number {lost[0]}. Check their geometry.",
            ),
        )


def _factor(footprints: Spread, correlation: Correlation, side_m: float | None) -> int:
    """Return how many squares of the footprints go along a cell of the lattice."""
    x, y, side = footprints.x, footprints.y, footprints.field.side_m
    if side_m is not None:
        return max(1, round(side_m / side))
    extent = side * max(np.ptp(x), np.ptp(y)) if len(x) else 0
    wanted = max(
        correlation.range_m / engine_number("field_cells_in_range"),
        extent / engine_number("field_cells_across"),
    )
    return max(1, round(wanted / side))


def _correlated(footprints: Spread, correlation: Correlation) -> Spread:
    return replace(footprints, field=replace(footprints.field, correlation=correlation))


def _apart(footprints: Spread, left: Numbers) -> Spread:
    """Return an error for each parcel that it shares with none, named by its weightiest square."""
    order = np.lexsort((footprints.effect, footprints.row))
    last = np.flatnonzero(np.diff(footprints.row, append=-1))
    row: Places = footprints.row[last]
    at = order[last]
    field, size = Field(), footprints.size
    return Spread.gathered(field, size, row, footprints.x[at], footprints.y[at], left[row])


def _shares(weights: Spread) -> Spread:
    whole = np.bincount(weights.row, weights.effect, weights.size)
    return replace(weights, effect=weights.effect / whole[weights.row])
