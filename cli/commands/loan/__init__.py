"""`gep loan`: schedules, stress and the small loan. A file per command."""

import click

from cli.commands.loan.portfolio import portfolio
from cli.commands.loan.schedule import schedule
from cli.commands.loan.stress import stress

__all__ = ["loan"]


@click.group()
def loan() -> None:
    """Work out loans secured on forest carbon: schedule, income cover, stress."""


for _command in (schedule, stress, portfolio):
    loan.add_command(_command)
