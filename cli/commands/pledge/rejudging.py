"""`gep pledge rejudge`, `export`: a changed matrix; records for the movable-property register."""

from pathlib import Path

import click

from cli import options
from cli.commands.pledge.findings import show_changes
from cli.commands.pledge.opening import Desk, at_a_desk
from data_catalog.text import Language, Text

WRITTEN = Text("中登网登记记录 {count} 条：{file}。空白、须自行填写的字段：{unknown}。字段"
               "凭记忆列出，须与登记系统核对。",
               "Records for the movable-property register: {count} in {file}. Empty, to be filled "
               "in: {unknown}. The fields are recalled: compare them with the register's own "
               "form.")  # fmt: skip
JUDGED = Text("已重新判定 {claims} 项有效主张。", "Active claims judged anew: {claims}.")


@click.command()
@click.option(
    "--matrix", type=options.PATH, required=True,
    help="CSV of pairs of rights that replace those of the matrix.",
)  # fmt: skip
@click.option("--before", type=options.PATH, help="What is replaced; by default the toolkit's own.")
@at_a_desk
@options.as_json
@options.lang
def rejudge(desk: Desk, matrix: Path, before: Path | None, as_json: bool, lang: Language) -> None:
    """List the pairs of active pledges that a changed matrix of rights judges differently."""
    from lending.conflicts import bundled_rules
    from lending.conflicts.rejudging import rejudge as judged
    from lending.registry.declaring import active_with_facts

    desk.permit("check")
    bundled = bundled_rules()
    old = bundled.with_matrix(before) if before else bundled
    with desk.registry.reading() as session:
        claims = active_with_facts(session)
    changes = judged(claims, old, bundled.with_matrix(matrix))
    show_changes(changes, as_json=as_json, lang=lang)
    click.echo(JUDGED[lang].format(claims=len(claims)), err=True)


@click.command()
@click.argument("pledges", nargs=-1, required=True, metavar="PLEDGE...")
@click.option("--out", type=options.PATH, required=True, help="The new file of records (CSV).")
@click.option(
    "--personal", is_flag=True,
    help="Unseal the grantor's name and number and the account; that they were read is recorded.",
)  # fmt: skip
@at_a_desk
@options.lang
def export(desk: Desk, pledges: tuple[str, ...], out: Path, personal: bool, lang: Language) -> None:
    """Write the records of PLEDGE that the movable-property register asks for."""
    from lending.conflicts.register_form import register_fields, write_rows
    from lending.registry.register_record import register_records

    desk.permit("read")
    records = register_records(desk.registry, desk.user, pledges, personal=personal)
    write_rows(records, out)
    empty = [
        field.title[lang] for field in register_fields()
        if not all(record[field.name] for record in records)
    ]  # fmt: skip
    unknown = ("、" if lang == "zh" else ", ").join(empty) or "-"
    click.echo(WRITTEN[lang].format(count=len(records), file=out, unknown=unknown), err=True)
