"""`gep book`: the book of all services and standards, written from their declarations."""

from pathlib import Path

import click

from cli import options
from data_catalog.text import Language, Text

WRITTEN = Text("{changed} 页有变化，共 {all} 页，写入 {folder}。",
               "{changed} of {all} pages changed, written to {folder}.")  # fmt: skip


@click.command()
@click.argument("folder", metavar="DIR", type=options.PATH)
@options.lang
def book(folder: Path, lang: Language) -> int:
    """Write the book into DIR: a page per service and per standard, from the declarations."""
    from cli.book import pages, write_book

    changed = write_book(folder)
    said = WRITTEN[lang].format(changed=len(changed), all=len(pages()), folder=folder)
    click.echo(said, err=True)
    return 0
