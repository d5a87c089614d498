"""What a run would do, before anything runs: grid, tiles, bytes, memory, disk, time."""

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from data_catalog.errors import GepError, raise_all
from data_catalog.parameters import engine_number
from tiles.compute import (
    Account,
    job_of,
    known_parameters,
    prepare,
    problems,
    project_parameters,
    rings_of,
)
from tiles.derive import with_patterns
from tiles.inputs import Inputs, resolve, with_figures
from tiles.job import Job
from tiles.project import Project
from tiles.run import GDAL_CACHE_MB, How, run
from tiles.runfolder import free_bytes
from tiles.seen import problems_of_all
from tiles.tile import compute_tile

SAMPLE_TILES = 4
"""Tiles computed to measure the speed, spread over the grid."""
MAP_BYTES = 4
PARCEL_ROW_BYTES = 100
"""About what one row of the account takes."""


@dataclass(frozen=True)
class Plan:
    """A project's work, measured on a few of its tiles.

    `seconds` is the time of the tiles alone with the given workers, from the sampled speed.
    """

    inputs: Inputs
    job: Job
    tiles: int
    read_bytes: int
    memory_bytes: int
    disk_bytes: int
    free_bytes: int
    seconds: float
    not_computed: tuple[dict[str, Any], ...]

    def record(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        grid = self.job.grid
        return {
            "crs": grid.projection.name,
            "rows": grid.rows,
            "cols": grid.cols,
            "cell_m": grid.cell_size,
            "parcels": self.job.parcels,
            "layers": [r.name for r in self.job.rasters],
            "models": [m.id for m in self.job.models],
            "tiles": self.tiles,
            "read_bytes": self.read_bytes,
            "memory_bytes": self.memory_bytes,
            "disk_bytes": self.disk_bytes,
            "free_bytes": self.free_bytes,
            "seconds": self.seconds,
            "not_computed": list(self.not_computed),
        }


def plan(project: Project, accounts: tuple[Account, ...], how: How) -> Plan:
    """Return what computing a project would take.

    Raises
    ------
    GepError
        As `compute` would, for all that does not need every pixel.
    """
    inputs = resolve(project, known_parameters(accounts))
    raise_all(problems(inputs, accounts))
    with tempfile.TemporaryDirectory() as aside:
        inputs = with_figures(inputs, Path(aside))
        job, refused = _job(inputs, accounts, Path(aside), how)
        batches = job.batches(how.tile)
        tiles = [t for batch in batches for t in batch]
        seconds = _sampled(job, tiles, how)
        files = {r.path for r in job.rasters if r.constant is None}
        read = sum(os.path.getsize(path) for path in files)  # noqa: PTH202  (paths are text here)
    return Plan(
        inputs=inputs, job=job, tiles=len(tiles), read_bytes=read,
        memory_bytes=_memory(job, how), disk_bytes=_disk(job),
        free_bytes=free_bytes(project.folder), seconds=seconds, not_computed=refused,
    )  # fmt: skip


def check(project: Project, accounts: tuple[Account, ...], how: How) -> list[GepError]:
    """Return everything wrong with a project's inputs, every pixel in the parcels looked at."""
    try:
        inputs = resolve(project, known_parameters(accounts))
    except GepError as error:
        return _single(error)
    with tempfile.TemporaryDirectory() as aside:
        inputs = with_figures(inputs, Path(aside))
        in_tables = problems(inputs, accounts)
        found = [*in_tables, *_wrong_values(inputs, Path(aside), how)]
        try:
            if not in_tables:
                _job(inputs, accounts, Path(aside), how)
        except GepError as error:
            # one that comes of a layer's values is told already
            told = {e.facts.get("where") for e in found}
            found += [e for e in _single(error) if e.facts.get("where") not in told]
    return found


def _single(error: GepError) -> list[GepError]:
    return list(getattr(error, "errors", (error,)))


def _wrong_values(inputs: Inputs, aside: Path, how: How) -> list[GepError]:
    """Return what is wrong with the values of all layers, whether or not anything needs them."""
    bare = Job(
        grid=inputs.grid, rasters=tuple(inputs.rasters.values()), derived=(), models=(),
        group_by=(), rings_folder=str(rings_of(inputs, aside)), parcels=len(inputs.parcels),
        maps=(), least_share=engine_number("least_valid_share"), content="check",
    )  # fmt: skip
    try:
        totals = run(bare, aside, how, check=False)
    except GepError as error:
        return _single(error)
    return list(problems_of_all(bare.rasters, totals.seen))


def _job(
    inputs: Inputs, accounts: tuple[Account, ...], aside: Path, how: How
) -> tuple[Job, tuple[dict[str, Any], ...]]:
    rings = rings_of(inputs, aside)
    parameters = project_parameters(inputs.project, accounts)
    at_hand, prepared, patterns = prepare(inputs, parameters, accounts, aside, rings, how)
    rasters = with_patterns(inputs.rasters, patterns) | at_hand.store(aside)
    job = job_of(inputs, at_hand, prepared, rasters, rings)
    return job, tuple(n.record() for p in prepared for n in p.not_computed)


def _sampled(job: Job, tiles: list[Any], how: How) -> float:
    """Return the seconds that all tiles would take, from a few of them."""
    if not tiles:
        return 0.0
    picked = [tiles[i] for i in np.linspace(0, len(tiles) - 1, SAMPLE_TILES).astype(int)]
    files = {r.name: r.open() for r in job.rasters if r.constant is None}
    with rasterio.Env(GDAL_CACHEMAX=GDAL_CACHE_MB):
        compute_tile(job, picked[0], files)  # the first one also compiles
        started = time.perf_counter()
        cells = 0
        for tile in picked:
            compute_tile(job, tile, files)
            cells += tile.shape[0] * tile.shape[1]
        seconds = time.perf_counter() - started
    for file in files.values():
        file.close()
    whole = sum(t.shape[0] * t.shape[1] for t in tiles)
    return float(seconds * whole / cells / min(how.workers, os.cpu_count() or 1))


def _memory(job: Job, how: How) -> int:
    """Return about how much the workers hold at a time: each layer of a tile, twice."""
    rows, cols = (min(how.tile, n) for n in job.grid.shape)
    per_cell = sum(2 * np.dtype(r.dtype).itemsize for r in job.rasters) + MAP_BYTES * len(job.maps)
    rings = int(job.rings.x.nbytes + job.rings.y.nbytes)
    return int(how.workers * (rows * cols * per_cell + GDAL_CACHE_MB * (1 << 20)) + rings)


def _disk(job: Job) -> int:
    """Return about how much the run folder takes while it is written, checkpoints included."""
    maps = 2 * job.grid.rows * job.grid.cols * MAP_BYTES * len(job.maps)
    rows = job.parcels * (len(job.models) + 1) * PARCEL_ROW_BYTES
    return maps + rows
