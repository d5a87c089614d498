"""`gep pledge declare`: what a bank has seen in its documents about a pledge."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from cli import options
from cli.commands.pledge.opening import Desk, at_a_desk
from data_catalog.errors import TableError
from data_catalog.text import Language, Text

DECLARED = Text(
    "{pledge}：已声明 {count} 项，事件 {seq}", "{pledge}: {count} declared, event {seq}"
)
NOT_A_PAIR = Text("“{word}”不是 名称=值。", "{word!r} is not NAME=VALUE.")
UNREADABLE = Text("不是 JSON 对象：名称与值。", "is no JSON object of names and values.")


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@click.argument("facts", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--file", type=options.PATH, help="More of them: a JSON object of names and values.")
@at_a_desk
@options.lang
def declare(
    desk: Desk, pledge_id: str, facts: tuple[str, ...], file: Path | None, lang: Language
) -> None:
    """Declare what was seen in documents about PLEDGE: coowners_agree=yes tenure_end=2050-01-01.

    Registering judges it; of each fact the newest counts. `gep pledge check PLEDGE` names what is
    missing.
    """
    from lending import registry
    from lending.conflicts import bundled_rules
    from lending.conflicts.claims_file import facts_of_text
    from lending.registry.declaring import refuse_unknown_names

    given = dict(_read(file)) if file else {}
    for word in facts:
        name, equals, value = word.partition("=")
        if not equals:
            raise click.UsageError(NOT_A_PAIR[lang].format(word=word))
        given[name.strip()] = value.strip()
    refuse_unknown_names(pledge_id, given)
    read = facts_of_text(pledge_id, given, bundled_rules())
    entry = registry.declare(desk.registry, desk.user, pledge_id, read)
    click.echo(DECLARED[lang].format(pledge=pledge_id, count=len(read), seq=entry.seq))


def _read(file: Path) -> Mapping[str, str]:
    """Return a JSON object with its values as text."""
    try:
        given = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise TableError(where=str(file), problem=UNREADABLE) from error
    if not isinstance(given, dict):
        raise TableError(where=str(file), problem=UNREADABLE)
    return {str(name): _text(value) for name, value in given.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)
