"""Every option that more than one command has, once, so that it means the same everywhere."""

import os
from pathlib import Path

import click

from cli.language import choose_language

PATH = click.Path(path_type=Path)

lang = click.option(
    "--lang", type=click.Choice(["zh", "en"]), callback=choose_language, expose_value=True,
    help="Language of what is printed; by default GEP_LANG, then the locale.",
)  # fmt: skip
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
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
