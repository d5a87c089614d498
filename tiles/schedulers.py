"""Where tasks run: threads, processes, or the workers of a Dask scheduler given by its address."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process

from data_catalog.errors import RunError
from data_catalog.text import Text

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
        client = Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, TimeoutError) as error:
        raise RunError(
            where=f"--scheduler {address}",
            problem=Text(
                "无法连接 Dask 调度器。请检查地址，或改用 threads 或 processes。",
                "no Dask scheduler answers there. Check the address, or use threads or processes.",
            ),
        ) from error
    with client, client.get_executor(pure=False) as pool:
        yield pool


def _end_with_parent() -> None:
    """Let a worker process end when the process that started it is killed."""
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
