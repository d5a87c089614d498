"""The same tables, byte for byte, for any tile size, number of workers and kind of scheduler."""

import random
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import rasterio

from data_catalog.errors import RunError
from tests.county import make_county, write

Computed = Callable[..., dict[str, Any]]
Digests = Callable[..., dict[str, str]]

WHOLE = 512  # cells; larger than either grid
SEED = 20190618
MAPS = tuple(
    f"maps/{name}.tif" for name in ("water_conservation", "climate_regulation_transpiration")
)


def _combinations(count: int, kinds: tuple[str, ...], seed: int) -> list[tuple[int, int, str]]:
    """Draw tile sizes from 64 cells to the whole, numbers of workers and kinds of scheduler."""
    draw = random.Random(seed)  # noqa: S311  (a fixed choice of cases)
    tiles = [64, WHOLE, *(draw.randint(65, 300) for _ in range(count - 2))]
    return [(tile, draw.choice((1, 2, 4)), draw.choice(kinds)) for tile in tiles]


ON_THREADS = _combinations(12, ("threads",), SEED)
ON_PROCESSES = _combinations(2, ("processes",), SEED + 1)
ON_DASK = _combinations(4, ("dask",), SEED + 2)


@contextmanager
def dask_scheduler(folder: Path, workers: int = 2) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a scheduler and workers as real processes on loopback; give address, last worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    host, port = address.split(":")
    local = ("--host", host, "--no-dashboard")
    commands = [("scheduler", *local, "--port", port)] + [
        ("worker", f"tcp://{address}", *local, "--nthreads", "2", "--no-nanny",
         "--local-directory", str(folder))
        for _ in range(workers)
    ]  # fmt: skip
    with ExitStack() as stack:
        for command in commands:
            started = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "dask", *command],
                    cwd=folder,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            stack.callback(started.kill)
        yield f"tcp://{address}", started


@pytest.fixture(scope="module")
def of_county(
    county: Path,
    computed: Computed,
    digests: Digests,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    out = tmp_path_factory.mktemp("reference") / "run"
    computed(county, out, tile=WHOLE)
    return digests(out)


@pytest.fixture(scope="module")
def of_madagascar(
    madagascar: Path,
    computed: Computed,
    digests: Digests,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    out = tmp_path_factory.mktemp("reference") / "run"
    computed(madagascar, out, tile=WHOLE)
    return digests(out) | digests(out, MAPS)


@pytest.mark.parametrize(("tile", "workers", "scheduler"), ON_THREADS + ON_PROCESSES)
def test_a_county_has_the_same_tables_however_it_is_computed(
    county, computed, digests, of_county, out, tile, workers, scheduler
):
    computed(county, out, tile=tile, workers=workers, scheduler=scheduler)
    assert digests(out) == of_county


def test_a_county_has_the_same_tables_from_a_dask_scheduler_with_two_workers(
    county, computed, digests, of_county, tmp_path
):
    with dask_scheduler(tmp_path) as (address, _):
        for number, (tile, workers, _) in enumerate(ON_DASK):
            out = tmp_path / f"run{number}"
            computed(county, out, tile=tile, workers=workers, scheduler=address)
            assert digests(out) == of_county, tile


@pytest.mark.shared
@pytest.mark.parametrize(
    ("tile", "workers", "scheduler"),
    [*_combinations(3, ("threads",), SEED + 3), *_combinations(2, ("processes",), SEED + 4)[:1]],
)
def test_madagascar_has_the_same_tables_and_maps_however_it_is_computed(
    madagascar, computed, digests, of_madagascar, out, tile, workers, scheduler
):
    computed(madagascar, out, tile=tile, workers=workers, scheduler=scheduler)
    assert digests(out) | digests(out, MAPS) == of_madagascar


@pytest.mark.shared
def test_madagascar_has_the_same_tables_and_maps_from_a_dask_scheduler(
    madagascar, computed, digests, of_madagascar, tmp_path
):
    out = tmp_path / "run"
    with dask_scheduler(tmp_path) as (address, _):
        computed(madagascar, out, tile=77, workers=2, scheduler=address)
    assert digests(out) | digests(out, MAPS) == of_madagascar


def test_workers_that_stay_see_that_an_input_has_changed_under_the_same_name(
    computed, digests, tmp_path
):
    project = make_county(tmp_path / "county", (96, 112), 8)
    out = tmp_path / "run"
    with dask_scheduler(tmp_path, 1) as (address, _):
        computed(project, out, tile=64, scheduler=address)
        before = digests(out)
        _double(project.with_name("cover_factor.tif"))
        computed(project, out, tile=64, scheduler=address, overwrite=True)
    after = digests(out)
    computed(project, out, tile=64, overwrite=True)
    assert after == digests(out)
    assert after["account.parquet"] != before["account.parquet"]


def _double(path: Path) -> None:
    with rasterio.open(path) as file:
        values, transform, crs = file.read(), file.transform, file.crs
    write(path, values * 2, transform, crs)


def test_a_run_survives_the_death_of_a_dask_worker(county, computed, digests, of_county, tmp_path):
    out = tmp_path / "run"
    log = tmp_path / "run.unfinished" / "log.jsonl"

    def kill_when_under_way(worker: subprocess.Popen[bytes]) -> None:
        while not (log.exists() and log.read_text("utf-8").count('"progress"') > 8):
            time.sleep(0.005)
        worker.kill()

    with dask_scheduler(tmp_path) as (address, worker), ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_when_under_way, worker)
        computed(county, out, tile=20, workers=2, scheduler=address)
        killed.result(timeout=30)
    assert digests(out) == of_county


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Return for how many seconds a run waits for workers, to be changed."""
    seconds = {"longest_wait_for_workers": 40.0}
    monkeypatch.setattr("tiles.schedulers.LOOK_SECONDS", 0.1)
    monkeypatch.setattr("tiles.schedulers.engine_number", seconds.get)
    return seconds


NOBODY = r"no worker for 0\.5 s\. Finished tiles are kept: start workers again \(dask worker tcp://"


@pytest.mark.timeout(120)
def test_a_run_whose_dask_workers_are_all_dead_stops_and_can_go_on(
    county, computed, digests, of_county, tmp_path, patience, caplog
):
    out = tmp_path / "run"
    log = tmp_path / "run.unfinished" / "log.jsonl"

    def wait_for_tasks(count: int) -> None:
        until = time.monotonic() + 60
        while not (log.exists() and log.read_text("utf-8").count('"progress"') > count):
            assert time.monotonic() < until
            time.sleep(0.005)

    def kill_when_under_way(worker: subprocess.Popen[bytes]) -> None:
        wait_for_tasks(5)
        patience["longest_wait_for_workers"] = 0.5
        wait_for_tasks(10)
        worker.kill()

    with dask_scheduler(tmp_path, 1) as (address, worker), ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_when_under_way, worker)
        with pytest.raises(RunError, match=NOBODY) as stopped:
            computed(county, out, tile=20, scheduler=address)
        killed.result(timeout=60)
    assert "再用 --resume 继续" in stopped.value.say("zh")
    assert not [r for r in caplog.records if r.exc_info], "Dask's own traceback is shown"
    assert not out.exists()
    assert computed(county, out, tile=20, resume=True)["tiles_resumed"] > 0
    assert digests(out) == of_county


@pytest.mark.timeout(60)
def test_a_run_whose_dask_scheduler_never_has_a_worker_stops(county, computed, tmp_path, patience):
    patience["longest_wait_for_workers"] = 0.5
    with dask_scheduler(tmp_path, 0) as (address, _), pytest.raises(RunError, match=NOBODY):
        computed(county, tmp_path / "run", scheduler=address)
    assert not (tmp_path / "run").exists()


@pytest.mark.timeout(120)
@pytest.mark.usefixtures("patience")
def test_a_run_waits_for_workers_that_come_back(county, computed, digests, of_county, tmp_path):
    out = tmp_path / "run"
    with dask_scheduler(tmp_path, 0) as (address, _), ThreadPoolExecutor(1) as pool:
        run = pool.submit(computed, county, out, scheduler=address)
        time.sleep(1)
        with subprocess.Popen(
            [sys.executable, "-m", "dask", "worker", address, "--host", "127.0.0.1",
             "--no-dashboard", "--no-nanny", "--local-directory", str(tmp_path)],
            cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as worker:  # fmt: skip
            try:
                run.result(timeout=100)
            finally:
                worker.kill()
    assert digests(out) == of_county


def test_no_scheduler_at_an_address_is_said_in_words(county, computed, out, monkeypatch):
    monkeypatch.setattr("tiles.schedulers.CONNECT_SECONDS", 1)
    with pytest.raises(RunError, match="no Dask scheduler answers there"):
        computed(county, out, scheduler="tcp://127.0.0.1:9")
