"""The job against reading its inputs once, in one run: ratios, peak memory, time per pixel.

    python tests/benchmarks/bench.py                        8000 x 8000 and, given time, 20000
    python tests/benchmarks/bench.py --sizes 8000 --runs 3

Reading and job alternate within one process, so that a busy machine slows both, and memory and
compiled code are as warm for one as for the other; the first job of the process, which still has
to load them, is told apart. Peak memory is that of a process that runs one job.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
WORKERS = 2
TILE = 1024
PARCELS = {8000: 20_000, 20_000: 125_000}
"""Parcels of a county by its side: as many to an area, so that times per cell compare."""


def decode(project: Path, *, ours: bool = False) -> dict[str, float]:
    """Read every input of a project once: the parcels, and each layer tile by tile.

    With as many threads as the job has; into numpy arrays, as the job reads them. By rasterio, or
    by the engine's own reader.
    """
    import threading

    import geopandas
    import rasterio
    from rasterio.windows import Window

    from tiles.inputs import resolve
    from tiles.project import read_project
    from tiles.run import GDAL_CACHE_MB

    wanted = read_project(project)
    paths = [wanted.path(e.path) for e in wanted.layers.values() if e.path]
    rasters = resolve(wanted).rasters.values() if ours else ()
    local = threading.local()

    def read(corner: tuple[int, int]) -> None:
        if not hasattr(local, "files"):
            local.files = [rasterio.open(p, sharing=False) for p in paths]
            local.ours = [r.open() for r in rasters]
        row, col = corner
        with rasterio.Env(GDAL_CACHEMAX=GDAL_CACHE_MB):
            for file in local.ours:
                rows, cols = file.raster.shape
                file.read(row, min(row + TILE, rows), col, min(col + TILE, cols))
            for file in local.files if not ours else ():
                window = Window(col, row, min(TILE, file.width - col), min(TILE, file.height - row))
                file.read(1, window=window)

    with rasterio.open(paths[0]) as file:
        size = file.shape
    corners = [(r, c) for r in range(0, size[0], TILE) for c in range(0, size[1], TILE)]
    started, cpu = time.perf_counter(), time.process_time()
    if wanted.parcels:
        geopandas.read_parquet(wanted.path(wanted.parcels.path))
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(read, corners))
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def job(project: Path, out: Path) -> dict[str, float]:
    """Run the whole job into a run folder."""
    from cli.accounts import accounts_of
    from tiles.compute import compute
    from tiles.project import read_project
    from tiles.run import How
    from tiles.runfolder import _sha256

    _sha256.cache_clear()  # every job of a user's digests its inputs
    wanted = read_project(project)
    started, cpu = time.perf_counter(), time.process_time()
    compute(wanted, accounts_of(wanted), out, How(tile=TILE, workers=WORKERS), overwrite=True)
    return {"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu}


def one_process(project: Path, out: Path, runs: int) -> dict[str, Any]:
    """Measure a first job, whose peak is the process's, and then reading and job in turn."""
    first = job(project, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    turns = [(decode(project), job(project, out)) for _ in range(runs)]
    ours = [decode(project, ours=True) for _ in range(runs)]
    return {"first": first, "peak": peak, "turns": turns, "ours": ours}


def in_a_process(project: Path, out: Path, runs: int) -> dict[str, Any]:
    """Run all measurements of a project in a process of their own."""
    given = [sys.executable, __file__, "--one", str(project), str(out), "--runs", str(runs)]
    done = subprocess.run(given, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(done.stdout.splitlines()[-1])


def generated(folder: Path, size: int, runs: int) -> None:
    """Print the ratios of one size of the generated county."""
    from tests.benchmarks import county

    where = folder / str(size)
    parcels = PARCELS.get(size, 20_000)
    county.write(where, size, parcels)
    report(where, f"{size} x {size} generated, {parcels} parcels", size * size, runs)


def every_service(folder: Path, runs: int) -> None:
    """Print the ratios of the full set of pixel-local services, and what each kernel costs."""
    from tests.benchmarks import every_service as full

    size, parcels = 6000, 11_000
    where = folder / "every_service"
    full.write(where, size, parcels)
    count, read = len(full.chosen()), len(full.layers()) + 1
    label = f"{size} x {size}, {count} pixel-local services, {read} layers, {parcels} parcels"
    report(where, label, size * size, runs)
    for service, nanoseconds in full.kernel_times().items():
        print(f"  {service:24}{nanoseconds:10.2f} ns per pixel, its kernel alone")


def world_cover(folder: Path, runs: int) -> None:
    """Print the ratios of a real tile of two dates, 36000 x 36000, geographic, mostly sea."""
    from tests.benchmarks import county

    real = ROOT.parent / "shared" / "data" / "sao_tome"
    if not real.is_dir():
        print(f"WorldCover tile: skipped, {real.name} is not beside the checkout")
        return
    where = folder / "sao_tome"
    county.write_world_cover(where, real)
    report(where, "36000 x 36000 WorldCover, two dates, 2500 parcels", 36000 * 36000, runs)


def report(where: Path, label: str, cells: int, runs: int) -> None:
    """Measure a project, and print the figures."""
    project, out = where / "project.toml", where / "run"
    in_a_process(project, out, 0)  # compiles, and fills the page cache
    found = in_a_process(project, out, runs)
    rows = found["turns"]
    ratios = [j["wall"] / d["wall"] for d, j in rows]
    cpu = [j["cpu"] / d["cpu"] for d, j in rows]
    print(f"{label}, {WORKERS} threads, {runs} runs (min / median / max)")
    for what, values in (
        ("decode wall s", [d["wall"] for d, _ in rows]),
        ("job wall s", [j["wall"] for _, j in rows]),
        ("decode CPU s", [d["cpu"] for d, _ in rows]),
        ("our own decode, wall s", [d["wall"] for d in found["ours"]]),
        ("job CPU s", [j["cpu"] for _, j in rows]),
        ("job / decode, wall", ratios),
        ("job / decode, CPU", cpu),
        ("job wall ns per cell", [j["wall"] * 1e9 / cells for _, j in rows]),
        ("first job, wall s", [found["first"]["wall"]]),
        ("job peak MiB", [found["peak"]]),
    ):
        print(f"  {what:24}{min(values):10.2f}{statistics.median(values):10.2f}{max(values):10.2f}")


def main() -> None:
    """Measure, or be one measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--one", nargs=2, type=Path, metavar=("PROJECT", "OUT"))
    parser.add_argument("--sizes", type=int, nargs="*", default=[8000, 20000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--every-service", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--world-cover", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--folder", type=Path, default=ROOT / "bench-data")
    given = parser.parse_args()
    if given.one:
        print(json.dumps(one_process(*given.one, given.runs)))
        return
    for size in given.sizes:
        generated(given.folder, size, given.runs)
    if given.every_service:
        every_service(given.folder, given.runs)
    if given.world_cover:
        world_cover(given.folder, given.runs)


if __name__ == "__main__":
    main()
