"""Draws of a portfolio: 20,000 parcels x 10,000 draws on one core, in time and memory.

Run as `OMP_NUM_THREADS=1 python -m tests.benchmarks.portfolio [parcels] [draws]`.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from sinks.estimates import Estimates
from sinks.uncertainty.correlation import Correlation
from sinks.uncertainty.map_error import footprints_of_polygons, with_map_error
from sinks.uncertainty.portfolio import simulate

COUNTY_M = 40_000
RANGES_M = (300.0, 2_000.0, 4_000.0, 14_500.0)
TOWNSHIPS, SHARED = 4, 10
SECONDS, MIB = 15, 1024


def county(parcels: int) -> tuple[Estimates, np.ndarray]:
    """Return estimates of made-up parcels that fill a county, and their polygons."""
    random = np.random.default_rng(1)
    at = shapely.MultiPoint(random.uniform(0, COUNTY_M, (parcels, 2)))
    cells = np.array(shapely.get_parts(shapely.voronoi_polygons(at)))
    polygons = shapely.intersection(cells, shapely.box(0, 0, COUNTY_M, COUNTY_M))
    ha = shapely.area(polygons) / 1e4
    where = shapely.get_coordinates(shapely.centroid(polygons)) // (COUNTY_M / TOWNSHIPS)
    keys = pd.DataFrame({"parcel_id": np.arange(parcels), "township": where @ [TOWNSHIPS, 1]})
    shared = {f"factor {i}": random.uniform(0, 1, parcels) * ha for i in range(SHARED)}
    return Estimates(keys=keys, value=30 * ha, shared=shared, own=2 * ha), polygons


def peak_mib() -> float:
    """Return the most memory that this process had; `getrusage` would count its parent's in."""
    said = Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1]
    return int(said.split()[0]) / 1024


def main(parcels: int, draws: int) -> int:
    """Measure; 1 where it took too long or too much."""
    bare, polygons = county(parcels)
    start = time.perf_counter()
    prints = footprints_of_polygons(polygons)
    print(f"footprints of {parcels} polygons: {time.perf_counter() - start:.1f} s")
    failed = False
    for range_m in RANGES_M:
        start = time.perf_counter()
        whole = with_map_error(
            bare, "map model", prints, Correlation("exponential", range_m), 0.3 * bare.value
        )
        total = whole.summed(())
        se, analytic = total.se[0], time.perf_counter() - start
        simulate(whole, draws=1, seed=0, by=["township"], quantiles=(0.5,))  # compiled before
        start, used = time.perf_counter(), time.process_time()
        drawn = simulate(
            whole, draws=draws, seed=1, by=["township"], quantiles=(0.05, 0.5, 0.95), at_least=0
        )
        wall, cpu = time.perf_counter() - start, time.process_time() - used
        mib = peak_mib()
        spread = drawn.totals.sum(axis=1).std() / se
        print(
            f"range {range_m / 1000:4.1f} km: map error {analytic:4.1f} s; {draws} draws "
            f"{wall:5.1f} s ({cpu:.1f} s of the processor), {mib:.0f} MiB at most; "
            f"total's spread {spread:.3f} of the analytic standard error"
        )
        failed |= cpu > SECONDS or mib > MIB
    return int(failed)


if __name__ == "__main__":
    if os.environ.get("OMP_NUM_THREADS") != "1":
        sys.exit("set OMP_NUM_THREADS=1: one core is what is measured")
    sys.exit(main(*(int(a) for a in sys.argv[1:3] or ("20000", "10000"))))
