"""`gep pledge audit`, `checkpoint`, `seal`, `backup` and `restore`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.pledge.opening import Desk, at_a_desk, database
from data_catalog.disk_words import unreadable, unwritable
from data_catalog.errors import OutputError
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.registry import AuditReport

SOUND = Text(
    "审计通过：{events} 个事件首尾相接，各表与事件一致。链首 {head}",
    "sound: {events} events follow each other, and the tables say what they say. Head {head}",
)
CHECKPOINTS = Text("检查点：{count} 个相符（{how}）", "checkpoints: {count} hold ({how})")
SIGNED = Text("签名已验证", "signatures verified")
UNSIGNED = Text("签名未验证：没有给出 --public-key", "signatures not verified: no --public-key")
REACH = Text(
    "签署至事件 {to}；此后的 {later} 个事件若被截去或重写，检查点不能发现",
    "they sign up to event {to}; events after it: {later}. No checkpoint would tell if those were "
    "cut off or written anew",
)
NONE_OUTSIDE = Text(
    "没有给出库外的检查点（--checkpoints）：能改写数据库的人也能改写库内的检查点",
    "no checkpoint kept outside was given (--checkpoints): who can write to the database can "
    "write those inside anew",
)
NO_CHECKPOINT = Text(
    "没有检查点：整条链若被重写，审计不能发现。用 gep pledge checkpoint 签署，并存放在库外",
    "no checkpoint: a chain written anew as a whole would not be found. Sign one with "
    "gep pledge checkpoint and keep it outside",
)
SEALED = Text("{subject}：个人信息已永久封存", "{subject}: personal fields are sealed for good")
WRITTEN = Text("{file}：{rows} 行，{events} 个事件", "{file}: {rows} rows, {events} events")
RESTORED = Text("{place}：已恢复并通过审计", "{place}: restored, and the audit holds")


@click.command()
@click.option("--public-key", type=options.PATH, help="Verify the checkpoints' signatures with it.")
@click.option(
    "--checkpoints", type=options.PATH, help="Checkpoints kept outside the registry, a line each."
)
@at_a_desk
@options.as_json
@options.lang
def audit(
    desk: Desk, public_key: Path | None, checkpoints: Path | None, as_json: bool, lang: Language
) -> None:
    """Verify the chain of events, the checkpoints and the tables; name the first altered record."""
    from cli.terminal import show_json
    from lending import registry

    desk.permit("audit")
    outside = registry.read_checkpoints(_lines(checkpoints)) if checkpoints else []
    found = registry.audit(desk.registry, public_key=public_key, checkpoints=outside)
    if as_json:
        show_json(found)
    if found.fault:
        raise registry.ChainBroken(where=desk.registry.name, problem=found.fault.text)
    if not as_json:
        click.echo(SOUND[lang].format(events=found.events, head=found.head))
        _tell_reach(found, lang)


def _tell_reach(found: "AuditReport", lang: Language) -> None:
    """Say what the checkpoints can speak for, and what not."""
    if not found.checkpoints:
        click.echo(NO_CHECKPOINT[lang], err=True)
        return
    how = SIGNED if found.signatures else UNSIGNED
    click.echo(CHECKPOINTS[lang].format(count=found.checkpoints, how=how[lang]))
    later = found.events - found.signed_to
    click.echo(REACH[lang].format(to=found.signed_to, later=later))
    if not found.outside:
        click.echo(NONE_OUTSIDE[lang], err=True)


@click.command()
@click.option(
    "--key", type=options.PATH, required=True, help="The private key, checkpoint.key of init."
)
@click.option("--out", type=options.PATH, help="Also add the line to this file, kept elsewhere.")
@at_a_desk
@options.lang
def checkpoint(desk: Desk, key: Path, out: Path | None, lang: Language) -> None:  # noqa: ARG001
    """Sign the newest event and print the line to be kept outside the registry."""
    from lending import registry

    line = registry.checkpoint(desk.registry, desk.user, key).line()
    click.echo(line)
    if out:
        try:
            with out.open("a", encoding="ascii") as file:
                file.write(f"{line}\n")
        except OSError as error:
            raise OutputError(where=str(out), problem=unwritable(error)) from error


@click.command()
@click.argument("subject")
@at_a_desk
@options.lang
def seal(desk: Desk, subject: str, lang: Language) -> None:
    """Destroy the key of a SUBJECT's personal fields; the chain still holds."""
    from lending import registry

    registry.seal(desk.registry, desk.user, subject)
    click.echo(SEALED[lang].format(subject=subject))


@click.command()
@click.argument("file", type=options.PATH)
@at_a_desk
@options.lang
def backup(desk: Desk, file: Path, lang: Language) -> None:
    """Write the whole registry, audited, into a new FILE."""
    from lending import registry

    desk.permit("backup")
    found = registry.backup(desk.registry, file)
    rows = sum(found.rows.values())
    click.echo(WRITTEN[lang].format(file=file, rows=rows, events=found.events))


@click.command()
@click.argument("file", type=options.PATH)
@database
@options.lang
def restore(file: Path, place: str, lang: Language) -> None:
    """Make an empty database into the registry in FILE, verified."""
    from lending import registry

    registry.restore(place, file).close()
    click.echo(RESTORED[lang].format(place=place.rsplit("@", maxsplit=1)[-1]))


def _lines(file: Path) -> list[str]:
    from lending import registry

    try:
        return file.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = unreadable(error, Text("检查点文件", "a file of checkpoints"))
        raise registry.RegistryError(where=str(file), problem=problem) from error
