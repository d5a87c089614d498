"""Run a job: hand out its tiles, keep what is finished, add up the rest exactly."""

import hashlib
import pickle
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import rasterio

from data_catalog.errors import RunError, raise_all
from data_catalog.text import Text
from tiles.checkpoints import Checkpoints, unwritable, whole_or_not_at_all
from tiles.grid import Tile
from tiles.job import Job
from tiles.rasters import OpenRaster
from tiles.schedulers import THREADS, lost, pool_of
from tiles.seen import LayerSeen, problems_of_all, problems_seen
from tiles.sums import Sums
from tiles.tile import TileSums, compute_tile

GDAL_CACHE_MB = 64
"""Enough where windows follow the files' blocks; GDAL's own default only inflates memory."""
WAITING_TASKS = 4
"""Tasks per worker handed out ahead: few, so that memory stays flat on a large grid."""

_of_this_thread = threading.local()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is, in cells."""

    cells_done: int
    cells_resumed: int
    cells: int
    tiles_done: int
    tiles: int


@dataclass(slots=True)
class Totals:
    """The run's sums: one row per (parcel, combination of classes), sorted."""

    parcels: np.ndarray[tuple[int], np.dtype[np.int64]]
    keys: np.ndarray[tuple[int], np.dtype[np.int64]]
    sums: Sums
    seen: dict[str, LayerSeen] = field(default_factory=dict)
    tiles: int = 0
    cells: int = 0
    tiles_resumed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How to run; none of it can change a result."""

    tile: int
    workers: int
    scheduler: str = THREADS


def run(
    job: Job,
    folder: Path,
    how: How,
    report: Callable[[Progress], None] = lambda _: None,
    *,
    check: bool = True,
) -> Totals:
    """Compute all tiles of a job that are not yet done, and add them up.

    Parameters
    ----------
    folder : Path
        Of the unfinished run; its checkpoints are used and kept.
    report : callable
        Told of every finished task.
    check : bool
        Raise if the layers hold values that they must not; otherwise the caller looks.

    Raises
    ------
    GepError
        If an input cannot be used or the disk is full. Checkpoints stay.
    """
    checkpoints = Checkpoints(folder, job.digest(how.tile))
    checkpoints.drop_damaged()
    batches = job.batches(how.tile)
    done = checkpoints.done()
    sizes = [sum(t.shape[0] * t.shape[1] for t in tiles) for tiles in batches]
    resumed = sum(sizes[i] for i in done)
    job_file = _written(job, checkpoints.folder)

    def tell(finished: set[int]) -> None:
        report(
            Progress(
                cells_done=sum(sizes[i] for i in finished),
                cells_resumed=resumed,
                cells=sum(sizes),
                tiles_done=sum(len(batches[i]) for i in finished),
                tiles=sum(len(tiles) for tiles in batches),
            )
        )

    tell(done)
    todo = [i for i in range(len(batches)) if i not in done]
    good = _compute(job_file, todo, how, done, tell, stop=check)
    if not good:  # no need to go on: read on only to tell the whole of what is wrong
        bare = replace(job, models=(), derived=(), maps=(), content=f"{job.content} values")
        raise_all(problems_of_all(bare.rasters, run(bare, folder, how, check=False).seen))
    _job.cache_clear()  # of threads: the parcels' rings need not stay in memory
    totals = _merged(job, checkpoints, range(len(batches)))
    if check:
        raise_all(problems_of_all(job.rasters, totals.seen))
    totals.tiles_resumed = sum(len(batches[i]) for i in checkpoints.done() & done)
    return totals


def _written(job: Job, folder: Path) -> Path:
    """Write a job down for the workers, named after what it holds: they keep the ones they read."""
    content = pickle.dumps(job)
    job_file = folder / f"{hashlib.sha256(content).hexdigest()[:16]}.job"
    try:
        with whole_or_not_at_all(job_file) as aside:
            aside.write_bytes(content)
    except OSError as error:
        raise unwritable(folder, error) from error
    return job_file


def _compute(
    job_file: Path,
    todo: list[int],
    how: How,
    done: set[int],
    tell: Callable[[set[int]], None],
    *,
    stop: bool,
) -> bool:
    """Compute tasks; return False as soon as one met a value that must not be, if asked to stop."""
    if not todo:
        return True
    finished = set(done)
    with pool_of(how.scheduler, how.workers) as pool:
        waiting: dict[Future[bool], int] = {}
        rest = iter(todo)
        try:
            while True:
                for batch in rest:
                    waiting[pool.submit(compute_batch, str(job_file), how.tile, batch)] = batch
                    if len(waiting) >= WAITING_TASKS * how.workers:
                        break
                if not waiting:
                    return True
                for future in pool.first_done(waiting):
                    batch = waiting.pop(future)
                    good = future.result()
                    finished.add(batch)
                    tell(finished)
                    if stop and not good:
                        _cancel(waiting)
                        return False
        except lost(how.scheduler) as error:
            raise RunError(
                where=str(job_file.parent.parent.parent),
                problem=Text(
                    "一个工作进程被终止（可能内存不足）。已完成的分块都已保存："
                    "减少 --workers 或 --tile 后用 --resume 继续。",
                    "a worker process was ended (perhaps it ran out of memory). Finished tiles are "
                    "kept: go on with --resume, with fewer --workers or a smaller --tile.",
                ),
            ) from error
        except BaseException:
            _cancel(waiting)
            raise


def _cancel(waiting: Iterable[Future[bool]]) -> None:
    for future in waiting:
        future.cancel()


def compute_batch(job_file: str, tile: int, batch: int) -> bool:
    """Compute one task's tiles and write them down: what a worker is asked to do.

    Returns
    -------
    bool
        Whether all layers' values were ones that they may have.
    """
    job, batches, checkpoints = _job(job_file, tile)
    with rasterio.Env(GDAL_CACHEMAX=GDAL_CACHE_MB, GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"):
        files = _files(job_file, job)
        tiles = [compute_tile(job, t, files) for t in batches[batch]]
    checkpoints.save(batch, tiles)
    return not any(True for one in tiles for _ in problems_seen(job.rasters, one.seen))


@lru_cache(maxsize=2)
def _job(job_file: str, tile: int) -> tuple[Job, list[list[Tile]], Checkpoints]:
    path = Path(job_file)
    job = pickle.loads(path.read_bytes())  # noqa: S301  (our own file, written by `run`)
    return job, job.batches(tile), Checkpoints(path.parent.parent.parent, path.parent.name)


def _files(job_file: str, job: Job) -> dict[str, OpenRaster]:
    """Return this thread's open files; those of an earlier job are closed."""
    if getattr(_of_this_thread, "job_file", None) != job_file:
        for file in getattr(_of_this_thread, "files", {}).values():
            file.close()
        _of_this_thread.files = {r.name: r.open() for r in job.rasters if r.constant is None}
        _of_this_thread.job_file = job_file
    files: dict[str, OpenRaster] = _of_this_thread.files
    return files


def _merged(job: Job, checkpoints: Checkpoints, batches: range) -> Totals:
    """Add all tiles' whole numbers: the order cannot matter."""
    seen = {raster.name: LayerSeen() for raster in job.rasters}
    tiles = cells = 0
    met = [np.empty(0, np.int64)]
    for part in (p for batch in batches for p in checkpoints.load(batch)):
        tiles += 1
        cells += part.cells
        for name, record in part.seen.items():
            seen[name].add(record)
        met.append(_zone(job, part))
    zones = np.unique(np.concatenate(met))
    sums = Sums.zeros(len(zones), len(job.scales))
    for part in (p for batch in batches for p in checkpoints.load(batch)):
        sums.add(np.searchsorted(zones, _zone(job, part)), part.sums)
    sums.carry()
    limit = _key_limit(job)
    return Totals(zones // limit, zones % limit, sums, seen, tiles, cells)


def _key_limit(job: Job) -> int:
    return int(100 ** len(job.group_by))


def _zone(job: Job, part: TileSums) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return part.parcels.astype(np.int64) * _key_limit(job) + part.keys
