"""A run's work, fully resolved: what every tile reads, computes and adds up."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tiles.binding import Bound
from tiles.coverage import Rings, parcels_in
from tiles.grid import Grid, Tile
from tiles.rasters import Raster
from tiles.sums import scale_for

BATCH_CELLS = 1 << 20
"""Cells that one task computes at most: small tiles travel together."""
WIDEST_TILE = 1 << 17
"""Cells in a row of a tile at most: the sum of so many fixed-point amounts fits 63 bits."""
BATCH_SHARE = 64
"""A task never holds more than one in so many of the tiles, so that little is lost on a kill."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Everything a worker needs; picklable, and the same on every machine.

    `derived` are evaluated in order before `models` and their output takes the name of the
    variable they make. `group_by` are the class layers whose combinations the sums are kept
    apart by. `parcels` is how many parcels `rings_folder` holds. `maps` are ids of models whose
    values are also written.
    """

    grid: Grid
    rasters: tuple[Raster, ...]
    derived: tuple[Bound, ...]
    models: tuple[Bound, ...]
    group_by: tuple[str, ...]
    rings_folder: str
    parcels: int
    maps: tuple[str, ...]
    least_share: float
    content: str

    def __getstate__(self) -> dict[str, object]:
        """Pickle what was given, not what was worked out since: workers open their own rings."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @cached_property
    def rings(self) -> Rings:
        """Return the parcels' rings, memory-mapped."""
        return Rings.open(Path(self.rings_folder))

    @cached_property
    def scales(self) -> npt.NDArray[np.float64]:
        """Return fixed-point scales: amounts, area, missing areas."""
        widest = 2.0  # no cell of a grid is twice the nominal one
        amounts = [
            scale_for(widest * max(abs(m.model.output.low), abs(m.model.output.high)))
            for m in self.models
        ]
        area = scale_for(widest)
        return np.array([*amounts, area, *(area for _ in self.models)])

    def digest(self, tile: int) -> str:
        """Return a name for the checkpoints of this work with this tile size."""
        layout = [self.content, tile, BATCH_CELLS, BATCH_SHARE]
        return hashlib.sha256(json.dumps(layout).encode()).hexdigest()[:16]

    def batches(self, tile: int) -> list[list[Tile]]:
        """Return the tiles that hold a parcel (or a map's cells), in tasks of similar size."""
        tiles = list(self._needed(min(tile, WIDEST_TILE)))
        most = max(1, min(BATCH_CELLS // (tile * tile), len(tiles) // BATCH_SHARE))
        return [tiles[i : i + most] for i in range(0, len(tiles), most)]

    def _needed(self, size: int) -> Iterator[Tile]:
        # tiles that follow the files' own blocks decode each block once
        shifts = (r.shift for r in self.rasters if r.constant is None and r.lattice is None)
        for t in self.grid.tiles(size, next(shifts, (0, 0))):
            if len(parcels_in(self.rings, t.row_from, t.row_to, t.col_from, t.col_to)):
                yield t
