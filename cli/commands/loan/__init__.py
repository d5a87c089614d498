"""`gep loan`: the small loan, the loan file, schedules and stress. A file per command."""

import click

from cli.commands.loan.bundle import bundle
from cli.commands.loan.file import check, example, file
from cli.commands.loan.green import green
from cli.commands.loan.insurance import insurance
from cli.commands.loan.portfolio import portfolio
from cli.commands.loan.quick import quick
from cli.commands.loan.repaying import early, late
from cli.commands.loan.schedule import schedule
from cli.commands.loan.standing import standing
from cli.commands.loan.stress import stress

__all__ = ["loan"]


@click.group()
def loan() -> None:
    """Work out loans secured on forest carbon: own valuation, credit file, schedule, stress."""


for _command in (
    quick, file, check, example, schedule, standing, early, late, green, stress, insurance,
    bundle, portfolio,
):  # fmt: skip
    loan.add_command(_command)
