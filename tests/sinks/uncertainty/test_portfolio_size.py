"""A county's portfolio in seconds: the benchmark, in full on `make torture`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def bench(parcels: int, draws: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.portfolio", str(parcels), str(draws)],
        cwd=ROOT, env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parcels", "draws"),
    [(2000, 1000), pytest.param(20_000, 10_000, marks=pytest.mark.torture)],
)
def test_a_portfolio_is_drawn_in_fifteen_seconds_and_a_gibibyte(parcels: int, draws: int) -> None:
    # the benchmark itself says no where it took longer, or more
    found = bench(parcels, draws)
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.count("of the analytic standard error") == 4
