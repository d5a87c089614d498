"""Text and tables on standard output, in columns that Chinese characters do not push apart.

On a terminal long text is wrapped to its width. In a pipe or a file nothing is wrapped, cut short
or coloured: what a program or an editor gets does not depend on a window's size.
"""

import json
import sys
from collections.abc import Collection, Iterable, Sequence

import click
from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Styled

from cli.records import as_record

__all__ = ["show", "show_heading", "show_json", "show_table", "show_title"]

UNLIMITED = 1 << 20
"""Columns of an output that has no width."""


def show(text: str = "", indent: int = 0) -> None:
    """Print a paragraph."""
    _print(Padding(Styled(text, overflow="fold"), (0, 0, 0, indent), expand=False))


def show_title(text: str) -> None:
    """Print the heading of a page."""
    _print(Styled(text, style="bold", overflow="fold"))


def show_heading(text: str) -> None:
    """Print a heading after an empty line."""
    show_title(f"\n{text}")


def show_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], *, right: Collection[int] = ()
) -> None:
    """Print a table.

    Parameters
    ----------
    right : collection of int
        Places of the columns that hold numbers.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for place, title in enumerate(header):
        table.add_column(
            Styled(title), justify="right" if place in right else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Styled(cell) for cell in row))
    _print(table)


def show_json(thing: object) -> None:
    """Print a declaration or a list of them as JSON, labels in both languages."""
    click.echo(json.dumps(as_record(thing), ensure_ascii=False, allow_nan=False))


def _print(what: RenderableType) -> None:
    console = _console()
    with console.capture() as written:
        console.print(what)
    click.echo("\n".join(line.rstrip() for line in written.get().splitlines()))


def _console() -> Console:
    if sys.stdout.isatty():
        return Console(highlight=False)
    return Console(
        file=sys.stdout, width=UNLIMITED, color_system=None, force_terminal=False, highlight=False
    )
