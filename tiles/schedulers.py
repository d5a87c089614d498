"""Where tasks run: threads, processes, or the workers of a Dask scheduler given by its address."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING

from data_catalog.errors import RunError
from data_catalog.parameters import engine_number
from data_catalog.text import Text
from tiles.runfolder import software

if TYPE_CHECKING:
    from distributed import Client

THREADS, PROCESSES = "threads", "processes"
CONNECT_SECONDS = 10
DASK_LOGS = ("distributed.client", "tornado.application")
"""Where Dask writes of lost workers and cancelled tasks, with tracebacks."""
LOOK_SECONDS = 1
"""Between two looks whether a Dask scheduler still has a worker, while no task is done."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Where tasks are handed in, and how many workers a Dask scheduler has for them.

    Parameters
    ----------
    submit : callable
        As that of an executor of the standard library.
    workers : callable, optional
        Returns the number of workers; None where they are there as long as the executor is.
    """

    submit: Callable[..., Future[bool]]
    workers: Callable[[], int] | None = None
    address: str = ""

    def first_done(self, waiting: Iterable[Future[bool]]) -> set[Future[bool]]:
        """Wait until a task is done, and return those that are.

        Raises
        ------
        RunError
            If there has been no worker for `longest_wait_for_workers` of parameters/engine.csv.
        """
        if self.workers is None:
            return wait(waiting, return_when=FIRST_COMPLETED).done
        longest = engine_number("longest_wait_for_workers")
        last_seen = time.monotonic()
        while not (done := wait(waiting, LOOK_SECONDS, FIRST_COMPLETED).done):
            if self.workers():
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > longest:
                raise _no_workers(self.address, longest)
        return done


@contextmanager
def pool_of(scheduler: str, workers: int) -> Iterator[Pool]:
    """Give a pool of workers.

    Parameters
    ----------
    scheduler : str
        `threads`, `processes`, or the address of a Dask scheduler such as `tcp://host:8786`.
    workers : int
        Number of threads or processes; a Dask scheduler has its own workers.

    Raises
    ------
    RunError
        If no scheduler answers at the address.
    """
    if scheduler == THREADS:
        with ThreadPoolExecutor(workers) as executor:
            yield Pool(executor.submit)
    elif scheduler == PROCESSES:
        context = get_context("spawn")
        with ProcessPoolExecutor(workers, context, initializer=_end_with_parent) as executor:
            yield Pool(executor.submit)
    else:
        with _dask(scheduler) as pool:
            yield pool


@contextmanager
def _dask(address: str) -> Iterator[Pool]:
    from distributed import Client

    try:
        client = Client(address, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise RunError(
            where=f"--scheduler {address}",
            problem=Text(
                "无法连接 Dask 调度器。请检查地址，或改用 threads 或 processes。",
                "no Dask scheduler answers there. Check the address, or use threads or processes.",
            ),
        ) from error
    with _quiet(DASK_LOGS), client:
        _check_workers(client, address)
        executor = client.get_executor(pure=False)  # type: ignore[no-untyped-call]
        try:
            yield Pool(executor.submit, partial(_count_workers, client), address)
        finally:  # tasks under way are waited for, but not where nobody is left to do them
            executor.shutdown(wait=_count_workers(client) > 0)


@contextmanager
def _quiet(names: tuple[str, ...]) -> Iterator[None]:
    """Meanwhile keep these logs to themselves: what is lost is said in words by `lost`."""
    logs = [logging.getLogger(name) for name in names]
    levels = [log.level for log in logs]
    for log in logs:
        log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for log, level in zip(logs, levels, strict=True):
            log.setLevel(level)


def _count_workers(client: "Client") -> int:
    try:
        return len(client.nthreads())  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError):  # the scheduler itself is gone
        return 0


def _no_workers(address: str, seconds: float) -> RunError:
    return RunError(
        where=f"--scheduler {address}",
        problem=Text(
            f"{seconds:g} 秒内没有任何工作节点。已完成的分块都已保存：请重新启动工作节点"
            f"（dask worker {address}），再用 --resume 继续。",
            f"it has had no worker for {seconds:g} s. Finished tiles are kept: start workers again "
            f"(dask worker {address}), then go on with --resume.",
        ),
    )


def _check_workers(client: "Client", address: str) -> None:
    """Raise if a worker has other versions of what a result depends on."""
    ours = software()
    for worker, theirs in client.run(software).items():
        other = [f"{name} {theirs.get(name)}" for name in ours if theirs.get(name) != ours[name]]
        if other:
            listed = ", ".join(other)
            raise RunError(
                where=f"--scheduler {address}",
                problem=Text(
                    f"工作节点 {worker} 的软件版本与此处不同（{listed}）。请在各处安装相同版本。",
                    f"its worker {worker} has other versions than we have here ({listed}). "
                    "Install the same versions everywhere.",
                ),
            )


def lost(scheduler: str) -> tuple[type[BaseException], ...]:
    """Return the errors that mean that a worker, or the way to it, is gone."""
    if scheduler in {THREADS, PROCESSES}:
        return (BrokenExecutor,)
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    return BrokenExecutor, CancelledError, CommClosedError, KilledWorker


def _end_with_parent() -> None:
    """Let a worker process end when the process that started it is killed."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
