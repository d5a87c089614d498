"""`gep pledge check`: what speaks against the claims of a file."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.conflicts import Claim, Finding, Rules

__all__ = ["check"]

BLOCKED = 3
"""Exit code where a claim must not be registered."""
HEADER = (
    Text("等级", "level"), Text("检查", "check"), Text("权利主张", "claim"), Text("对方", "other"),
    Text("面积 m²", "area m2"), Text("面积 亩", "area mu"), Text("年份", "years"),
    Text("吨数 t_CO2e", "tonnes t_CO2e"), Text("在先", "first"), Text("发现", "finding"),
)  # fmt: skip
RIGHT_ALIGNED = (4, 5, 7)
RULES_HEADER = (Text("检查", "check"), Text("规则", "rule"), Text("来源", "source"))
LEVELS = {
    "BLOCK": Text("禁止登记", "BLOCK"),
    "FLAG": Text("须复核", "FLAG"),
    "INFO": Text("记录", "INFO"),
}
CHANGES = (Text("权利主张", "claim"), Text("对方", "other"), Text("原等级", "level before"),
           Text("新等级", "level after"), Text("规则", "rule"))  # fmt: skip
COMPARED = Text(
    "与登记的 {known} 项主张比较了 {new} 项；检查日 {day}。",
    "Claims: {new}, compared with {known} of the register; day of the check {day}.",
)
CHECKS = Text("未作的检查：{}。", "Checks not made: {}.")
NONE = Text("已作的检查全部通过。", "All checks that were made have passed.")
SUMMARY = Text("禁止登记 {BLOCK} 项，须复核 {FLAG} 项，记录 {INFO} 项。",
               "{BLOCK} BLOCK, {FLAG} FLAG, {INFO} INFO.")  # fmt: skip
WRITTEN = Text("中登网登记记录：{}。未知、须自行填写的字段：{}。字段凭记忆列出，须与登记系统核对。",
               "Records for the movable-property register: {}. Not known, to be filled in: {}. The "
               "fields are recalled: compare them with the register's own form.")  # fmt: skip
NO_CHANGE = Text("新矩阵没有改变任何等级。", "The matrix changes no level.")
OPEN_ENDED, UNTIL = Text("不限", "open"), Text("{} 至 {}（不含）", "{} to {} (not included)")


@click.command()
@click.argument("claims", type=options.PATH)
@click.option(
    "--register",
    "--db",
    "register",
    envvar="GEP_PLEDGE_DB",
    metavar="URL",
    help="The registry to compare with: a file of SQLite or an address (GEP_PLEDGE_DB).",
)
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
    *, claims: Path, register: str | None, known: Path | None, boundary: Path | None,
    excluded: Path | None, crs: str | None, checks: str | None,
    matrix: Path | None, rejudge: bool, day: datetime | None, export: Path | None,
    as_json: bool, lang: Language,
) -> int:  # fmt: skip
    """Say what speaks against the claims of CLAIMS, alone, together and beside a register."""
    from lending.conflicts import Land, bundled_rules, find_conflicts
    from lending.conflicts.claims_file import read_claims
    from lending.conflicts.land import read_layer

    if rejudge and not matrix:
        raise click.UsageError(NO_MATRIX[lang])
    bundled = bundled_rules()
    if checks:
        bundled = bundled.only([name for part in checks.split(",") if (name := part.strip())])
    rules = bundled.with_matrix(matrix) if matrix else bundled
    new = read_claims(claims, rules, crs)
    there = _registered(register) if register else []
    there += read_claims(known, rules, crs) if known else []
    if rejudge:
        return _rejudge([*new, *there], bundled, rules, as_json=as_json, lang=lang)
    today = day.date() if day else date.today()  # noqa: DTZ011  (the officer's own day)
    land = Land(
        boundary=read_layer(boundary) if boundary else None,
        excluded=read_layer(excluded) if excluded else None,
    )
    found = find_conflicts(new, there, rules, today, land)
    if export:
        _export(new, rules, export, lang)
    _show(found, new, there, rules, today, as_json=as_json, lang=lang)
    return BLOCKED if any(finding.level == "BLOCK" for finding in found) else 0


NO_MATRIX = Text("--rejudge 需要 --matrix。", "--rejudge needs --matrix.")


def _registered(url: str) -> "list[Claim]":
    """Return the active claims of a registry."""
    from lending import registry
    from lending.registry.claims import active_claims

    found = registry.open(url)
    try:
        with found.reading() as session:
            return list(active_claims(session))
    finally:
        found.close()


def _show(
    found: "Sequence[Finding]", new: "Sequence[Claim]", known: "Sequence[Claim]", rules: "Rules",
    today: date, *, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    from cli.terminal import show_json, show_table
    from lending.conflicts import bundled_rules

    left_out = sorted(bundled_rules().checks.keys() - rules.checks.keys())
    if as_json:
        record = {"day": today.isoformat(), "claims": len(new), "known": len(known)}
        findings = [_record(finding) for finding in found]
        show_json(record | {"checks_not_made": left_out, "findings": findings})
        return
    show_table([t[lang] for t in HEADER], [_line(f, lang) for f in found], right=RIGHT_ALIGNED)
    if found:
        cited = {(f.check, f.rule[lang], f.source) for f in found}
        click.echo()
        show_table([t[lang] for t in RULES_HEADER], sorted(cited))
    counts = {"BLOCK": 0, "FLAG": 0, "INFO": 0} | Counter(f.level for f in found)
    click.echo(
        COMPARED[lang].format(new=len(new), known=len(known), day=today.isoformat()), err=True
    )
    if left_out:
        click.echo(CHECKS[lang].format(", ".join(left_out)), err=True)
    click.echo(SUMMARY[lang].format(**counts) if found else NONE[lang], err=True)


def _line(finding: "Finding", lang: Language) -> tuple[str, ...]:
    from data_catalog.units import conversion

    area = finding.area_m2
    mu = None if area is None else area * conversion("m2", "mu_land")[0]
    return (
        LEVELS[finding.level][lang],
        finding.check,
        finding.claim.claim_id,
        finding.other.claim_id if finding.other else "",
        "" if area is None else f"{area:,.1f}",
        "" if mu is None else f"{mu:,.2f}",
        _years(finding, lang),
        "" if finding.tonnes is None else f"{finding.tonnes:,}",
        finding.first,
        finding.what[lang],
    )


def _years(finding: "Finding", lang: Language) -> str:
    if finding.vintage_from is None and finding.vintage_to is None:
        return ""
    ends = (finding.vintage_from, finding.vintage_to)
    return UNTIL[lang].format(*(OPEN_ENDED[lang] if end is None else end for end in ends))


def _record(finding: "Finding") -> dict[str, object]:
    """Return a finding as JSON takes it: dates and times as text, tonnes as a string of digits."""
    from cli.records import as_record

    record = as_record(finding)
    record["area_mu"] = finding.area_mu
    return {key: _plain(value) for key, value in record.items()}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if value is None or isinstance(value, bool | int | float | str | list):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _rejudge(
    claims: "Sequence[Claim]", before: "Rules", after: "Rules", *, as_json: bool, lang: Language
) -> int:
    from cli.terminal import show_json, show_table
    from lending.conflicts.rejudging import rejudge

    changes = rejudge(claims, before, after)
    if as_json:
        sides = [(change.before, change.after) for change in changes]
        show_json([
            {"before": _record(old) if old else None, "after": _record(new) if new else None}
            for old, new in sides
        ])  # fmt: skip
        return 0
    lines = []
    for change in changes:
        old, new = change.before, change.after
        one = new or old
        if one is not None and one.other is not None:
            levels = [LEVELS[f.level][lang] if f else "" for f in (old, new)]
            lines.append((one.claim.claim_id, one.other.claim_id, *levels, one.rule[lang]))
    show_table([t[lang] for t in CHANGES], lines)
    if not changes:
        click.echo(NO_CHANGE[lang], err=True)
    return 0


THERE = Text(
    "已经存在，不予覆盖；请换一个文件名。",
    "is there already and is not replaced; name another file.",
)


def _export(claims: "Sequence[Claim]", rules: "Rules", file: Path, lang: Language) -> None:
    """Write the records of all claims; say which fields nobody here knows."""
    from data_catalog.errors import OutputError
    from lending.conflicts.register_form import register_fields, write_records

    if file.exists():
        raise OutputError(where=file, problem=THERE)
    try:
        write_records(claims, rules, file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(where=file, problem=Text(
            f"无法写入：{reason}。", f"cannot be written: {reason}."
        )) from error  # fmt: skip
    unknown = [field.title[lang] for field in register_fields() if not field.filled_from]
    comma = "、" if lang == "zh" else ", "
    click.echo(WRITTEN[lang].format(file, comma.join(unknown)), err=True)
