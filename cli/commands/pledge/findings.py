"""Findings and changes of level, as the commands of `gep pledge` show them."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.conflicts import Claim, Finding, Rules
    from lending.conflicts.rejudging import Change
    from lending.registry.free_tonnes import TonnesNow

__all__ = ["show_changes", "show_findings"]

HEADER = (
    Text("等级", "level"), Text("检查", "check"), Text("权利主张", "claim"), Text("对方", "other"),
    Text("面积 m²", "area m2"), Text("面积 亩", "area mu"), Text("年份", "years"),
    Text("吨数 t_CO2e", "tonnes t_CO2e"), Text("在先", "first"), Text("发现", "finding"),
)  # fmt: skip
RIGHT_ALIGNED = (4, 5, 7)
RULES_HEADER = (Text("检查", "check"), Text("规则", "rule"), Text("来源", "source"))
CHANGES = (Text("权利主张", "claim"), Text("对方", "other"), Text("原等级", "level before"),
           Text("新等级", "level after"), Text("规则", "rule"))  # fmt: skip
COMPARED = Text(
    "与登记的 {known} 项主张比较了 {new} 项；检查日 {day}。",
    "Claims: {new}, compared with {known} of the register; day of the check {day}.",
)
COMMA = Text("、", ", ")
CHECKS = Text("未作的检查：{}。", "Checks not made: {}.")
UNDECLARED = Text(
    "缺少声明而未能作的检查：{}。", "Checks that could not be made for want of declarations: {}."
)
ASKED_OUTSIDE = ("P1", "P4", "S2")
"""Checks of what other registers say; this one asks none of them."""
OUTSIDE = Text(
    "没有查询本登记库以外的登记系统：{} 只依据声明，序列号只在本登记库内比对。",
    "No register outside this one was asked: {} rest on declarations alone, and serials are "
    "compared within this registry.",
)
NO_TONNES = Text(
    "质押没有写明批次和吨数，吨数总量未作比对。",
    "The pledge names no tonnes of a batch, so no sums of tonnes were compared.",
)
TONNES = Text(
    "批次 {batch}：{tonnes} t_CO2e{serials}，{said}；该批次可用余量 {free} t_CO2e。",
    "Batch {batch}: {tonnes} t_CO2e{serials}, {said}; free in the batch: {free} t_CO2e.",
)
SERIALS = Text("（序列号 {}）", " (serials {})")
HELD = Text("已由本质押占用", "held by this pledge")
ENOUGH = Text("目前可用", "free now")
NOT_ENOUGH = Text("目前不可用", "not free now")
NONE = Text("已作的检查全部通过。", "All checks that were made have passed.")
SUMMARY = Text("禁止登记 {BLOCK} 项，须复核 {FLAG} 项，记录 {INFO} 项。",
               "{BLOCK} BLOCK, {FLAG} FLAG, {INFO} INFO.")  # fmt: skip
NO_CHANGE = Text("新矩阵没有改变任何等级。", "The matrix changes no level.")
OPEN_ENDED, UNTIL = Text("不限", "open"), Text("{} 至 {}（不含）", "{} to {} (not included)")


def show_findings(
    found: "Sequence[Finding]", new: "Sequence[Claim]", known: int, rules: "Rules",
    today: date, *, tonnes: "Sequence[TonnesNow] | None" = None, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Show findings as a table with their rules, or as JSON.

    Parameters
    ----------
    known : int
        How many claims the register has.
    tonnes : sequence of TonnesNow, optional
        Of the one pledge of a registry that was asked about.
    """
    from cli.terminal import show_json, show_table
    from lending.conflicts import bundled_rules

    left_out = sorted(bundled_rules().checks.keys() - rules.checks.keys())
    if as_json:
        record = {"day": today.isoformat(), "claims": len(new), "known": known}
        findings = [_record(finding) for finding in found]
        of_pledge = {} if tonnes is None else _pledge_record(found, tonnes)
        show_json(record | {"checks_not_made": left_out, **of_pledge, "findings": findings})
        return
    show_table([t[lang] for t in HEADER], [_line(f, lang) for f in found], right=RIGHT_ALIGNED)
    if found:
        cited = {(f.check, f.rule[lang], f.source) for f in found}
        click.echo()
        show_table([t[lang] for t in RULES_HEADER], sorted(cited))
    counts = {"BLOCK": 0, "FLAG": 0, "INFO": 0} | Counter(f.level for f in found)
    click.echo(COMPARED[lang].format(new=len(new), known=known, day=today.isoformat()), err=True)
    if left_out:
        click.echo(CHECKS[lang].format(COMMA[lang].join(left_out)), err=True)
    if tonnes is not None:
        _tell_pledge(found, tonnes, lang)
    click.echo(SUMMARY[lang].format(**counts) if found else NONE[lang], err=True)


def _tell_pledge(found: "Sequence[Finding]", tonnes: "Sequence[TonnesNow]", lang: Language) -> None:
    """Say what of a pledge was not looked at, and whether its tonnes are free now."""
    undeclared = sorted({finding.check for finding in found if finding.missing})
    if undeclared:
        click.echo(UNDECLARED[lang].format(COMMA[lang].join(undeclared)), err=True)
    click.echo(OUTSIDE[lang].format(COMMA[lang].join(ASKED_OUTSIDE)), err=True)
    if not tonnes:
        click.echo(NO_TONNES[lang], err=True)
    for one in tonnes:
        said = HELD if one.held else ENOUGH if one.enough else NOT_ENOUGH
        serials = COMMA[lang].join(f"{first}-{last}" for first, last in one.serials)
        words = TONNES[lang].format(
            batch=one.batch_id, tonnes=f"{one.tonnes:,}", free=f"{one.free:,}", said=said[lang],
            serials=SERIALS[lang].format(serials) if serials else "",
        )  # fmt: skip
        click.echo(words, err=True)


def _pledge_record(found: "Sequence[Finding]", tonnes: "Sequence[TonnesNow]") -> dict[str, object]:
    return {
        "checks_undeclared": sorted({finding.check for finding in found if finding.missing}),
        "checks_by_declaration_alone": list(ASKED_OUTSIDE),
        "tonnes": [
            {
                "batch_id": one.batch_id, "tonnes": str(one.tonnes), "free": str(one.free),
                "serials": [list(some) for some in one.serials], "held": one.held,
                "enough": one.enough,
            }
            for one in tonnes
        ],
    }  # fmt: skip


def _line(finding: "Finding", lang: Language) -> tuple[str, ...]:
    from data_catalog.units import conversion
    from lending.conflicts.telling import LEVEL_TITLES

    area = finding.area_m2
    mu = None if area is None else area * conversion("m2", "mu_land")[0]
    return (
        LEVEL_TITLES[finding.level][lang],
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


def show_changes(changes: "Sequence[Change]", *, as_json: bool, lang: Language) -> None:
    """Show the pairs whose level changes, or as JSON."""
    from cli.terminal import show_json, show_table
    from lending.conflicts.telling import LEVEL_TITLES

    if as_json:
        sides = [(change.before, change.after) for change in changes]
        show_json([
            {"before": _record(old) if old else None, "after": _record(new) if new else None}
            for old, new in sides
        ])  # fmt: skip
        return
    lines = []
    for change in changes:
        old, new = change.before, change.after
        one = new or old
        if one is not None and one.other is not None:
            levels = [LEVEL_TITLES[f.level][lang] if f else "" for f in (old, new)]
            lines.append((one.claim.claim_id, one.other.claim_id, *levels, one.rule[lang]))
    show_table([t[lang] for t in CHANGES], lines)
    if not changes:
        click.echo(NO_CHANGE[lang], err=True)
