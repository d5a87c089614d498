"""`gep validate`: every input against every chosen service, all problems at once."""

import os
from pathlib import Path

import click

from cli import options
from cli.commands.compute import REMARK
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
    from data_catalog.standards import standard
    from gep.remarks import in_dispute
    from tiles.compute import project_parameters
    from tiles.plan import check
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    how = How(tile=wanted.project.tile, workers=min(workers, os.cpu_count() or 1))
    accounts = accounts_of(wanted)
    raise_all(check(wanted, accounts, how))
    chosen = standard(wanted.project.standard, wanted.folder)
    numbers = project_parameters(wanted, accounts)
    for remark in in_dispute(chosen, numbers, chosen.services):
        click.echo(f"{REMARK[lang]}: {remark.text[lang]}", err=True)
    click.echo(FINE[lang])
    return 0
