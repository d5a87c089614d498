"""`gep pledge declare` and `consent`: what a bank says of its own pledge, and of a later one."""

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
CONSENTED = Text(
    "{pledge} 同意 {to}（{bank}，{right}，宗地 {parcels}，{years}），事件 {seq}",
    "{pledge} consents to {to} ({bank}, {right}, parcels {parcels}, {years}), event {seq}",
)
NOT_A_PAIR = Text("“{word}”不是 名称=值。", "{word!r} is not NAME=VALUE.")
UNREADABLE = Text("不是 JSON 对象：名称与值。", "is no JSON object of names and values.")


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@click.argument("facts", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--file", type=options.PATH, help="More of them: a JSON object of names and values.")
@click.option(
    "--document", default="", metavar="TEXT",
    help="Which documents say so; needed where co-owners, the collective or the grantor agreed.",
)  # fmt: skip
@at_a_desk
@options.lang
def declare(
    desk: Desk, pledge_id: str, facts: tuple[str, ...], file: Path | None, document: str,
    lang: Language,
) -> None:  # fmt: skip
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
    entry = registry.declare(desk.registry, desk.user, pledge_id, read, document=document)
    click.echo(DECLARED[lang].format(pledge=pledge_id, count=len(read), seq=entry.seq))


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@click.option("--to", metavar="PLEDGE", required=True, help="The later pledge, of any bank.")
@at_a_desk
@options.lang
def consent(desk: Desk, pledge_id: str, to: str, lang: Language) -> None:
    """Consent, for the bank that has PLEDGE, to a later pledge that must not stand without it."""
    from lending import registry
    from lending.conflicts import bundled_rules

    entry = registry.consent(desk.registry, desk.user, pledge_id, to)
    with desk.registry.reading() as session:
        asked = registry.pledge(session, to)
        parcels = [claim.parcel_id for claim in registry.claims_of(session, to)]
    said = CONSENTED[lang].format(
        pledge=pledge_id, to=to, bank=asked.organisation, seq=entry.seq,
        right=bundled_rules().rights[asked.right_code].title[lang],
        parcels=("、" if lang == "zh" else ", ").join(parcels),
        years=f"[{asked.vintage_from}, {asked.vintage_to})",
    )  # fmt: skip
    click.echo(said)


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
