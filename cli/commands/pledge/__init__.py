"""`gep pledge`: the registry of pledges. A file per few commands that belong together."""

import click

from cli.commands.pledge.check import check
from cli.commands.pledge.declaring import consent, declare
from cli.commands.pledge.keeping import audit, backup, checkpoint, restore, seal
from cli.commands.pledge.recording import apply, record
from cli.commands.pledge.rejudging import export, rejudge
from cli.commands.pledge.setting_up import init, token, user
from cli.commands.pledge.showing import list_pledges, show
from cli.commands.pledge.stepping import approve, register, release, step

__all__ = ["pledge"]


@click.group()
def pledge() -> None:
    """Keep the registry of pledges: register, release, list, audit."""


for _command in (
    init, user, token, record, check, apply, declare, consent, step, approve, register, release,
    list_pledges, show, rejudge, export, audit, checkpoint, seal, backup, restore,
):  # fmt: skip
    pledge.add_command(_command)
