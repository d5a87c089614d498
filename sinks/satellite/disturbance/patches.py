"""From disturbed cells to patches, and from patches to alerts: polygons with date and size."""

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio.features
import shapely
from shapely.geometry import shape

from data_catalog.spec import Pixels
from data_catalog.units import conversion
from sinks.satellite.disturbance.alerts import COLUMNS
from sinks.satellite.disturbance.found import Found
from sinks.satellite.scenes.composites import day_of
from tiles.grid import Grid, Tile

__all__ = ["alerts_of", "cell_areas", "patches"]

NEIGHBOURS = np.ones((3, 3), np.int8)
"""Cells that share a side or a corner belong together."""

ALIKE = 1e-9
"""Share of an area that is rounding: eleven cells of 0.09 ha are 0.99 ha."""

Labels = npt.NDArray[np.int32]


def cell_areas(grid: Grid) -> Pixels:
    """Return the area of each cell, (rows, cols), ha."""
    to_ha, _ = conversion("m2", "ha")
    relative = grid.relative_area(Tile(0, grid.rows, 0, grid.cols))
    return np.broadcast_to(relative * grid.nominal_area * to_ha, grid.shape)


def patches(event: npt.NDArray[np.int32], areas: Pixels, least_ha: float) -> Labels:
    """Return patches of cells that were disturbed at once, numbered from 1; 0 elsewhere.

    Parameters
    ----------
    event : (rows, cols) array
        Which event a cell belongs to; 0 for none. Cells of different events never join.
    areas : (rows, cols) array, ha
    least_ha : float, ha
        The minimum mapping unit: smaller patches are left out.
    """
    from scipy import ndimage

    labels = np.zeros(event.shape, np.int32)
    for number in np.unique(event[event > 0]):
        found, _ = ndimage.label(event == number, structure=NEIGHBOURS)
        size = np.bincount(found.ravel(), weights=areas.ravel())
        size[0] = 0
        large = size >= least_ha * (1 - ALIKE)
        large[0] = False
        renumbered = np.where(large, np.cumsum(large) + labels.max(initial=0), 0)
        labels = np.where(found > 0, renumbered[found], labels).astype(np.int32)
    return labels


def alerts_of(
    found: Found, labels: Labels, areas: Pixels, grid: Grid, source: str
) -> gpd.GeoDataFrame:
    """Return a polygon per patch, with the columns of the alert table.

    The disturbance came within `date` plus or minus `date_error_days`: between the earliest look
    before it and the latest after it, of all cells. Magnitude and confidence are means by area.
    """
    count = int(labels.max(initial=0))
    if count == 0:
        return gpd.GeoDataFrame({c: [] for c in COLUMNS}, geometry=[], crs=grid.crs)
    here = labels > 0
    which, size = labels[here] - 1, areas[here]

    def mean(values: Pixels) -> npt.NDArray[np.float64]:
        total = np.bincount(which, weights=size, minlength=count)
        return np.bincount(which, weights=size * values[here], minlength=count) / total

    first, last = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(first, which, found.day_from[here])
    np.maximum.at(last, which, found.day_to[here])
    return gpd.GeoDataFrame(
        {
            "alert_id": [f"{source}-{number + 1}" for number in range(count)],
            "date": [day_of(day) for day in (first + last) / 2],
            "date_error_days": (last - first) / 2,
            "magnitude": mean(found.magnitude),
            "confidence": mean(found.confidence),
            "source": source,
            "area_ha": np.bincount(which, weights=size, minlength=count),
        },
        geometry=_outlines(labels, grid, count),
        crs=grid.crs,
    )


def _outlines(labels: Labels, grid: Grid, count: int) -> list[shapely.MultiPolygon]:
    parts: list[list[Any]] = [[] for _ in range(count)]
    for outline, label in rasterio.features.shapes(
        labels, mask=labels > 0, connectivity=4, transform=grid.affine
    ):
        parts[int(label) - 1].append(shape(outline))
    return [shapely.MultiPolygon(one) for one in parts]
