"""`gep validate`: every input against every chosen service, all problems at once."""

import os
from pathlib import Path

import click

from cli import options
from data_catalog.text import Language, Text

FINE = Text("没有发现问题。", "no problem found.")


@click.command()
@options.project
@options.workers
@options.lang
def validate(project: Path, workers: int, lang: Language) -> int:
    """Check PROJECT: the file, the layers, their pixels, the parcels, the parameters."""
    from cli.accounts import accounts_of
    from data_catalog.errors import raise_all
    from tiles.plan import check
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    how = How(tile=wanted.project.tile, workers=min(workers, os.cpu_count() or 1))
    raise_all(check(wanted, accounts_of(wanted), how))
    click.echo(FINE[lang])
    return 0
