"""`gep sinks`: forest carbon. A file per command, or per pair of commands that print alike."""

import click

from cli.commands.sinks.account import change, stock
from cli.commands.sinks.accuracy import accuracy
from cli.commands.sinks.biomass import biomass
from cli.commands.sinks.credits import credits as credits_
from cli.commands.sinks.disturbance import disturbance
from cli.commands.sinks.grow import grow

__all__ = ["sinks"]


@click.group()
def sinks() -> None:
    """Compute the forest carbon of a project, without the services."""


for _command in (stock, change, accuracy, grow, credits_, disturbance, biomass):
    sinks.add_command(_command)
