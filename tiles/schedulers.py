"""Where tasks run: threads, processes, or the workers of a Dask scheduler given by its address."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import TYPE_CHECKING

from data_catalog.errors import RunError
from data_catalog.text import Text
from tiles.runfolder import software

if TYPE_CHECKING:
    from distributed import Client

THREADS, PROCESSES = "threads", "processes"
CONNECT_SECONDS = 10


@contextmanager
def executor(scheduler: str, workers: int) -> Iterator[Executor]:
    """Give an executor with the interface of the standard library.

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
        with ThreadPoolExecutor(workers) as pool:
            yield pool
    elif scheduler == PROCESSES:
        context = get_context("spawn")
        with ProcessPoolExecutor(workers, context, initializer=_end_with_parent) as pool:
            yield pool
    else:
        with _dask(scheduler) as pool:
            yield pool


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
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
    with client:
        _check_workers(client, address)
        with client.get_executor(pure=False) as pool:  # type: ignore[no-untyped-call]
            yield pool


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
