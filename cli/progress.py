"""The only progress bar: cells done, and how long the rest will take at the speed so far."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from tiles.run import Progress as Done


@contextmanager
def progress_bar(label: str, *, shown: bool) -> Iterator[Callable[[Done], None]]:
    """Give a function that moves the bar; it writes to standard error."""
    if not shown:
        yield lambda _: None
        return
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
               TextColumn("{task.fields[tiles]}"), TextColumn("{task.fields[left]}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None, tiles="", left="")
        started = time.monotonic()

        def move(done: Done) -> None:
            left = remaining(done, time.monotonic() - started)
            bar.update(
                task, total=done.cells, completed=done.cells_done,
                tiles=f"{done.tiles_done}/{done.tiles}",
                left="" if left is None else f"{left:.0f} s left",
            )  # fmt: skip

        yield move


def remaining(done: Done, seconds: float) -> float | None:
    """Return the seconds that the rest takes at the speed of this run; None before any tile.

    Tiles that an earlier run finished cost nothing now and say nothing about the speed.
    """
    fresh = done.cells_done - done.cells_resumed
    return None if fresh <= 0 else seconds * (done.cells - done.cells_done) / fresh
