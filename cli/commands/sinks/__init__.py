"""`gep sinks`: forest carbon. A file per command, or per pair of commands that print alike."""

import click

from cli.commands.sinks.account import change, stock
from cli.commands.sinks.accuracy import accuracy

__all__ = ["sinks"]


@click.group()
def sinks() -> None:
    """Compute the forest carbon of a project, without the services."""


for _command in (stock, change, accuracy):
    sinks.add_command(_command)
