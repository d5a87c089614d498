"""`gep pledge check`: what speaks against the claims of a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.pledge.findings import show_changes, show_findings
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.conflicts import Claim, Rules
    from lending.registry import Registry

__all__ = ["check"]

BLOCKED = 3
"""Exit code where a claim must not be registered."""
WRITTEN = Text("中登网登记记录：{}。未知、须自行填写的字段：{}。字段凭记忆列出，须与登记系统核对。",
               "Records for the movable-property register: {}. Not known, to be filled in: {}. The "
               "fields are recalled: compare them with the register's own form.")  # fmt: skip


@click.command()
@click.argument("claims")
@click.option(
    "--register",
    "--db",
    "register",
    envvar="GEP_PLEDGE_DB",
    metavar="URL",
    help="The registry to compare with: a file of SQLite or an address (GEP_PLEDGE_DB).",
)
@click.option(
    "--user", "user_id", envvar="GEP_PLEDGE_USER", metavar="ID",
    help="Who asks the registry (GEP_PLEDGE_USER).",
)  # fmt: skip
@click.option("--known", type=options.PATH, help="A file of claims to compare with, too.")
@click.option("--boundary", type=options.PATH, help="Polygons in which parcels must lie.")
@click.option(
    "--excluded", type=options.PATH, help="Polygons of water, roads and protected farmland."
)
@click.option("--crs", metavar="CRS", help="CRS of shapes in a file that has none.")
@click.option(
    "--checks", metavar="IDS", help="Only these checks or families, such as G,V,S; by default all."
)
@click.option(
    "--matrix", type=options.PATH, help="CSV of pairs of rights that replace those of the matrix."
)
@click.option(
    "--rejudge", is_flag=True,
    help="List instead the pairs of claims whose level --matrix changes.",
)  # fmt: skip
@click.option(
    "--day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day of the check; by default today.",
)
@click.option(
    "--export", type=options.PATH, help="Write the records for the movable-property register (CSV)."
)
@options.as_json
@options.lang
def check(
    *, claims: str, register: str | None, user_id: str | None, known: Path | None,
    boundary: Path | None, excluded: Path | None, crs: str | None, checks: str | None,
    matrix: Path | None, rejudge: bool, day: datetime | None, export: Path | None,
    as_json: bool, lang: Language,
) -> int:  # fmt: skip
    """Say what speaks against the claims of CLAIMS, alone, together and beside a register.

    CLAIMS is a file, or a pledge of the registry: then what registering it would find.
    """
    from lending.conflicts import Land, bundled_rules, find_conflicts
    from lending.conflicts.claims_file import read_claims
    from lending.conflicts.land import read_layer

    if rejudge and not matrix:
        raise click.UsageError(NO_MATRIX[lang])
    bundled = bundled_rules()
    if checks:
        bundled = bundled.only([name for part in checks.split(",") if (name := part.strip())])
    rules = bundled.with_matrix(matrix) if matrix else bundled
    if register and not Path(claims).exists():
        with _asked(register, user_id, lang) as asked:
            _refuse_unseen(asked, user_id or "", claims)
            return _of_pledge(asked, claims, as_json=as_json, lang=lang)
    new = read_claims(Path(claims), rules, crs)
    there = read_claims(known, rules, crs) if known else []
    count = len(there)
    if register:
        from lending.registry.claims import count_active
        from lending.registry.declaring import compared

        with _asked(register, user_id, lang) as asked, asked.reading() as session:
            new, others = compared(session, new)
            count += count_active(session)
        there += others
    if rejudge:
        from lending.conflicts.rejudging import rejudge as judged

        changes = judged([*new, *there], bundled, rules)
        show_changes(changes, as_json=as_json, lang=lang)
        return 0
    today = day.date() if day else date.today()  # noqa: DTZ011  (the officer's own day)
    land = Land(
        boundary=read_layer(boundary) if boundary else None,
        excluded=read_layer(excluded) if excluded else None,
    )
    found = find_conflicts(new, there, rules, today, land)
    if export:
        _export(new, rules, export, lang)
    show_findings(found, new, count, rules, today, as_json=as_json, lang=lang)
    return BLOCKED if any(finding.level == "BLOCK" for finding in found) else 0


NO_MATRIX = Text("--rejudge 需要 --matrix。", "--rejudge needs --matrix.")


NO_USER = Text("对照登记库需要 --user。", "the registry is asked by somebody: --user is needed.")


@contextmanager
def _asked(place: str, user_id: str | None, lang: Language) -> "Iterator[Registry]":
    """Open a registry for a user who may search it."""
    from lending import registry
    from lending.registry.roles import permit

    if not user_id:
        raise click.UsageError(NO_USER[lang])
    found = registry.open(place)
    try:
        permit(found.user(user_id), "check")
        yield found
    finally:
        found.close()


def _refuse_unseen(asked: "Registry", user_id: str, pledge_id: str) -> None:
    """Refuse a pledge of another bank, as one that is not there."""
    from lending.registry import Pledge
    from lending.registry.own import seen

    with asked.reading() as session:
        seen(session, asked.user(user_id), Pledge, pledge_id)


def _of_pledge(asked: "Registry", pledge_id: str, *, as_json: bool, lang: Language) -> int:
    """Show what registering a pledge would find."""
    from lending import registry
    from lending.conflicts import bundled_rules
    from lending.registry.claims import HELD_BY_LOTS, count_active
    from lending.registry.declaring import claims_with_facts
    from lending.registry.free_tonnes import tonnes_now

    found = registry.check(asked, pledge_id)
    with asked.reading() as session:
        mine = claims_with_facts(session, pledge_id)
        known = count_active(session)
        tonnes = tonnes_now(session, pledge_id)
    today = asked.clock().date()
    rules = bundled_rules()
    if not tonnes:  # sums are those of batches; a pledge of all tonnes has none to compare
        rules = rules.only(rules.checks.keys() - set(HELD_BY_LOTS))
    show_findings(found, mine, known, rules, today, tonnes=tonnes, as_json=as_json, lang=lang)
    return BLOCKED if any(finding.level == "BLOCK" for finding in found) else 0


def _export(claims: "Sequence[Claim]", rules: "Rules", file: Path, lang: Language) -> None:
    """Write the records of all claims; say which fields nobody here knows."""
    from lending.conflicts.register_form import register_fields, write_records

    write_records(claims, rules, file)
    unknown = [field.title[lang] for field in register_fields() if not field.filled_from]
    comma = "、" if lang == "zh" else ", "
    click.echo(WRITTEN[lang].format(file, comma.join(unknown)), err=True)
