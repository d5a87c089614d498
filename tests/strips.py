"""Land in strips, one a parcel: areas that a paper prints, held exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from affine import Affine

from tests.county import write

CRS = "+proj=laea +lat_0=30 +lon_0=100 +datum=WGS84"
"""Areas are kept, and near its middle lines are straight on the ellipsoid too."""


@dataclass(frozen=True)
class Strips:
    """Strips of land below one another, each of one class and cut off where its area is reached.

    Parameters
    ----------
    classes : dict
        The HJ 1166 class of each strip, by its parcel's id.
    areas : dict, m2
    side, cell : float, m
    """

    classes: Mapping[str, int]
    areas: Mapping[str, float]
    side: float
    cell: float

    def rows(self, parcel: str) -> int:
        """Return the rows of cells that hold a strip."""
        return int(np.ceil(self.areas[parcel] / self.side / self.cell))

    def layer(self, numbers: Mapping[str, float]) -> npt.NDArray[np.float64]:
        """Return a layer that is constant on each strip."""
        columns = int(self.side / self.cell)
        return np.concatenate(
            [np.full((self.rows(p), columns), numbers[p], np.float64) for p in self.classes]
        )

    @cached_property
    def outlines(self) -> dict[str, Any]:
        """Return the outline of each parcel."""
        found, top = {}, 0.0
        for parcel in self.classes:
            height = self.areas[parcel] / self.side
            found[parcel] = shapely.box(0, top - height, self.side, top)
            top -= self.rows(parcel) * self.cell
        return found

    def write(self, folder: Path, layers: Mapping[str, Mapping[str, float]]) -> None:
        """Write the land cover, the parcels and each layer."""
        grid = Affine(self.cell, 0, 0, 0, -self.cell, 0)
        cover = self.layer({p: float(c) for p, c in self.classes.items()}).astype(np.uint8)
        write(folder / "land_cover.tif", cover, grid, CRS)
        for name, numbers in layers.items():
            write(folder / f"{name}.tif", self.layer(numbers), grid, CRS)
        parcels = gpd.GeoDataFrame(
            {"parcel_id": list(self.outlines)}, geometry=list(self.outlines.values()), crs=CRS
        )
        parcels.to_file(folder / "parcels.gpkg")
