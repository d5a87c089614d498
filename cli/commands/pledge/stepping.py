"""`gep pledge step`, `approve`, `register` and `release`: the life of a pledge."""

from datetime import datetime

import click

from cli import options
from cli.commands.pledge.opening import Desk, at_a_desk
from data_catalog.text import Language, Text

STEPS = ("screen", "investigate", "sign", "draw", "monitor", "repay", "withdraw", "default",
         "dispose", "close")  # fmt: skip
NOW = Text("{pledge}：{state}", "{pledge}: {state}")
REGISTERED = Text(
    "{pledge}：已登记，编号 {number}，时间 {time}（UTC）",
    "{pledge}: registered as {number} at {time} (UTC)",
)
HALF = Text(
    "--batch 需要 --tonnes 或 --serials（且只要其一）。",
    "--batch needs either --tonnes or --serials.",
)


remarked = click.option(
    "--remark", default="", metavar="TEXT",
    help="Why, or by which document; kept for good, so no personal fields.",
)  # fmt: skip


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@click.argument("action", type=click.Choice(STEPS), metavar="ACTION")
@remarked
@at_a_desk
@options.lang
def step(desk: Desk, pledge_id: str, action: str, remark: str, lang: Language) -> None:
    """Take PLEDGE one step further, by ACTION: screen, investigate, sign, draw, monitor, repay,
    withdraw; or, with a --remark, default, dispose or close.
    """  # noqa: D205
    from lending import registry

    found = getattr(registry, action)(desk.registry, desk.user, pledge_id, remark=remark)
    _tell(pledge_id, found.state, lang)


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@remarked
@at_a_desk
@options.lang
def approve(desk: Desk, pledge_id: str, remark: str, lang: Language) -> None:
    """Approve PLEDGE as another person than its maker."""
    from lending import registry

    found = registry.approve(desk.registry, desk.user, pledge_id, remark=remark)
    _tell(pledge_id, found.state, lang)


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@click.option("--number", required=True, help="Number of the statutory registration.")
@click.option(
    "--ends", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="When that registration ends."
)
@at_a_desk
@options.lang
def register(
    desk: Desk, pledge_id: str, number: str, ends: datetime | None, lang: Language
) -> None:
    """Register PLEDGE, unless the same forest or tonnes are pledged already."""
    from lending import registry

    day = ends.date() if ends else None
    found = registry.register(desk.registry, desk.user, pledge_id, number, ends=day)
    time = f"{found.registered_at:%Y-%m-%d %H:%M:%S}"
    click.echo(REGISTERED[lang].format(pledge=pledge_id, number=number, time=time))


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@click.option("--batch", help="Release tonnes of this batch only.")
@click.option("--tonnes", help="How many tonnes.")
@click.option("--serials", metavar="FIRST-LAST", help="Which, by serial number.")
@remarked
@at_a_desk
@options.lang
def release(
    desk: Desk, pledge_id: str, batch: str | None, tonnes: str | None, serials: str | None,
    remark: str, lang: Language,
) -> None:  # fmt: skip
    """Release PLEDGE, or with --batch some of its tonnes."""
    from lending import registry
    from lending.registry.forms import read_form

    if (batch is None) != (tonnes is None and serials is None) or (tonnes and serials):
        raise click.UsageError(HALF[lang])
    parts = None
    if batch is not None:
        first, _, last = (serials or "").partition("-")
        measure = {"serial_from": first, "serial_to": last} if serials else {"tonnes": tonnes}
        parts = [read_form(registry.Part, {"batch_id": batch, **measure}, pledge_id)]
    found = registry.release(desk.registry, desk.user, pledge_id, parts, remark=remark)
    _tell(pledge_id, found.state, lang)


def _tell(pledge_id: str, state: str, lang: Language) -> None:
    from lending import registry

    title = registry.states()[state].title[lang]
    click.echo(NOW[lang].format(pledge=pledge_id, state=title))
