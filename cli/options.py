"""Every option that more than one command has, once, so that it means the same everywhere."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import click

from cli.language import choose_language

F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)
STANDARD = "cn-open"
"""What a project file that names no standard is accounted under, too."""

lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), callback=choose_language, expose_value=True,
    help="Language of what is printed; by default GEP_LANG, then the locale.",
)  # fmt: skip
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
standard = click.option(
    "--standard", metavar="ID", default=STANDARD, show_default=True,
    help="A standard of `gep standards`, or a TOML file of your own.",
)  # fmt: skip
standards = click.option(
    "--standard", "standards", metavar="ID", multiple=True,
    help="Instead of the project's standard; give several to have them side by side in one run.",
)  # fmt: skip
project = click.argument("project", type=PATH)
out = click.option("--out", type=PATH, required=True, help="The run folder to write.")
workers = click.option(
    "--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, show_default=True,
    help="Threads or processes.",
)  # fmt: skip
scheduler = click.option(
    "--scheduler", default="threads", show_default=True,
    help="threads, processes, or the address of a Dask scheduler (tcp://host:8786).",
)  # fmt: skip
tile = click.option(
    "--tile", type=click.IntRange(min=16), help="Tile size in cells; never changes a result."
)
resume = click.option("--resume", is_flag=True, help="Go on with an unfinished run.")
overwrite = click.option("--overwrite", is_flag=True, help="Replace a finished run.")
quiet = click.option("-q", "--quiet", is_flag=True, help="No progress bar.")


class Running(TypedDict):
    """What `running` hands to a command."""

    out: Path
    workers: int
    scheduler: str
    tile: int | None
    resume: bool
    overwrite: bool
    quiet: bool


def running(command: F) -> F:
    """Give a command all options of a run into a run folder."""
    for option in (quiet, overwrite, resume, tile, scheduler, workers, out):
        command = option(command)
    return command
