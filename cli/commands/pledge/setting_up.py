"""`gep pledge init`, `user` and `token`: what the operator of a registry does."""

import os
from datetime import UTC, datetime
from pathlib import Path

import click

from cli import options
from cli.commands.pledge.opening import database
from data_catalog.disk_words import unwritable
from data_catalog.errors import OutputError
from data_catalog.text import Language, Text

ROLES = ("bank_maker", "bank_checker", "forestry", "auditor")
KEY_FILES = ("sealing.key", "checkpoint.key", "checkpoint.pub")
MADE = Text("登记库：{place}", "registry: {place}")
KEYS = Text(
    "密钥文件（勿与登记库放在一起）：{files}", "keys, to be kept apart from the registry: {files}"
)
THERE = Text("文件已存在，密钥不覆盖。", "exists; a key is never replaced.")
RECORDED = Text("已登记用户 {user}（{role}）", "recorded user {user} ({role})")


@click.command()
@database
@click.option(
    "--keys",
    type=options.PATH,
    required=True,
    help="New folder for sealing.key, checkpoint.key and checkpoint.pub.",
)
@options.lang
def init(place: str, keys: Path, lang: Language) -> None:
    """Make an empty registry and its keys, or bring an older registry up to date."""
    from lending import registry

    for name in KEY_FILES:
        if (keys / name).exists():
            raise OutputError(where=str(keys / name), problem=THERE)
    registry.open(place, create=True).close()
    private, public = registry.new_signing_key()
    secrets = (registry.new_sealing_key().hex().encode(), private, public)
    keys.mkdir(parents=True, exist_ok=True)
    for name, words in zip(KEY_FILES, secrets, strict=True):
        _write_secret(keys / name, words)
    click.echo(MADE[lang].format(place=place.rsplit("@", maxsplit=1)[-1]))
    comma = "、" if lang == "zh" else ", "
    click.echo(KEYS[lang].format(files=comma.join(str(keys / name) for name in KEY_FILES)))


@click.command()
@click.argument("user_id", metavar="USER")
@database
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the user may do.")
@click.option("--organisation", required=True, help="The user's bank or office.")
@click.option("--stop", is_flag=True, help="The user may do nothing any more.")
@options.lang
def user(
    user_id: str, place: str, role: str, organisation: str, stop: bool, lang: Language
) -> None:
    """Record USER, or a user's new role or end, as the operator of the registry."""
    from lending import registry

    found = registry.open(place)
    registry.record_user(found, user_id, role, organisation, active=not stop)
    found.close()
    click.echo(RECORDED[lang].format(user=user_id, role=registry.roles()[role][lang]))


@click.command()
@click.argument("user_id", metavar="USER")
@database
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="DATE",
    help="The token's last day is the one before.",
)
@options.lang
def token(user_id: str, place: str, until: datetime, lang: Language) -> None:  # noqa: ARG001
    """Print a new token of USER for the web service; it is shown this once."""
    from lending import registry

    found = registry.open(place)
    words = registry.issue_token(found, user_id, expires_at=until.replace(tzinfo=UTC))
    found.close()
    click.echo(words)


def _write_secret(file: Path, words: bytes) -> None:
    """Write a new file that only its owner can read."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as opened:
            opened.write(words)
    except OSError as error:
        raise OutputError(where=str(file), problem=unwritable(error)) from error
