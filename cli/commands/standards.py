"""`gep standards`: the accounting standards as data; `show` one in full."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from cli.explanation import ServiceExplained
    from data_catalog.standards import Standard

HEADER = (Text("标准", "standard"), Text("名称", "title"), Text("出处", "reference"),
          Text("服务", "services"), Text("参数行", "parameter rows"))  # fmt: skip
SERVICES = (
    Text("服务", "service"), Text("功能量方法", "amount"), Text("生态系统", "ecosystems"),
    Text("价值量方法", "value"), Text("计入总值", "counted"), Text("掌握程度", "known"),
    Text("参数行", "parameter rows"),
)  # fmt: skip
SETS = (Text("用于", "for"), Text("参数", "parameter"), Text("参数集", "set"))
COUNTED = {True: Text("是", "yes"), False: Text("否", "no")}
WHAT = Text("内容", "what differs")
ALIKE = Text("两个标准在声明上没有差别。", "The two standards declare the same.")
LINES = {
    "known": Text("掌握程度：{}", "Known: {}"),
    "left_out": Text("不计的服务：{}", "Left out: {}"),
    "not_known": Text("是否计入不明：{}", "Not known whether counted: {}"),
    "reference": Text("出处：{}", "Reference: {}"),
    "default": Text("默认参数集：{}", "Default set: {}"),
    "note": Text("说明：{}", "Note: {}"),
    "total": Text("计入总值：{}", "Counted in the total: {}"),
    "grades": Text("参数行按级别：{}", "Parameter rows by grade: {}"),
    "services": Text("各项服务", "Services"),
    "sets": Text("参数集", "Sets of parameters"),
    "disputed": Text("来源分歧的价格", "Prices for which sources disagree"),
    "notes": Text("各项服务的说明", "Notes on the services"),
    "derived": Text("推算图层", "derived layers"),
    "all": Text("全部", "all"),
    "unshared": Text("不分摊", "not shared out"),
    "more": Text("逐行参数：gep explain <服务> --standard {}",
                 "row by row: gep explain SERVICE --standard {}"),
}  # fmt: skip


@click.group(invoke_without_command=True)
@options.as_json
@options.lang
@click.pass_context
def standards(ctx: click.Context, *, as_json: bool, lang: Language) -> int:
    """List the accounting standards, or show one of them."""
    from cli.terminal import show_json, show_table
    from data_catalog.standards import bundled

    if ctx.invoked_subcommand is not None:
        return 0
    if as_json:
        show_json([_record(standard) for standard in bundled().values()])
        return 0
    show_table([title[lang] for title in HEADER], [_line(s, lang) for s in bundled().values()])
    return 0


@standards.command()
@click.argument("name", metavar="ID")
@options.as_json
@options.lang
@click.pass_context
def show(ctx: click.Context, name: str, *, as_json: bool, lang: Language) -> int:
    """Show the standard ID: a name of the list, or a TOML file of your own."""
    from cli.terminal import show_json
    from data_catalog.standards import standard

    found = standard(name, Path())
    if as_json or _asked_of_group(ctx):
        show_json(_record(found) | {"services": _explained(found)})
    else:
        _show(found, lang)
        click.echo(LINES["more"][lang].format(name), err=True)
    return 0


@standards.command("list")
@options.as_json
@options.lang
@click.pass_context
def list_norms(ctx: click.Context, *, as_json: bool, lang: Language) -> int:
    """List all norms that are known of: level, state, how much was read, which has a profile."""
    from cli.matrix import HEADER as NORM
    from cli.matrix import norm_lines
    from cli.terminal import show_json, show_table
    from data_catalog.standards.registry import norms

    if as_json or _asked_of_group(ctx):
        show_json(norms())
    else:
        show_table([title[lang] for title in NORM], norm_lines(norms(), lang))
    return 0


@standards.command()
@options.as_json
@options.lang
@click.pass_context
def matrix(ctx: click.Context, *, as_json: bool, lang: Language) -> int:
    """Say which service is counted, only measured, left out or not known under each standard."""
    from cli.matrix import matrix as table
    from cli.terminal import show_json, show_table
    from data_catalog.standards import bundled
    from gep.services import services

    chosen = list(bundled().values())
    if as_json or _asked_of_group(ctx):
        show_json({s.id: {one.id: s.place_of(one.id) for one in services()} for s in chosen})
    else:
        show_table(*table(chosen, lang))
    return 0


@standards.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@options.as_json
@options.lang
@click.pass_context
def diff(ctx: click.Context, first: str, second: str, *, as_json: bool, lang: Language) -> int:
    """Say what differs between the standards A and B, service by service."""
    from cli.differences import differences
    from cli.terminal import show_json, show_table
    from data_catalog.standards import standard

    one, other = standard(first, Path()), standard(second, Path())
    found = differences(one, other)
    if as_json or _asked_of_group(ctx):
        show_json(found)
    elif found:
        words = {"yes": COUNTED[True][lang], "no": COUNTED[False][lang]}
        lines = [
            (d.title[lang], d.what(lang), *(words.get(x, x) for x in (d.first, d.second)))
            for d in found
        ]
        show_table([SERVICES[0][lang], WHAT[lang], one.id, other.id], lines)
    else:
        click.echo(ALIKE[lang], err=True)
    return 0


def _asked_of_group(ctx: click.Context) -> bool:
    """Return whether JSON was asked for before the command's name."""
    return ctx.parent is not None and bool(ctx.parent.params["as_json"])


def _explained(standard: "Standard") -> "list[ServiceExplained]":
    """Return the services of a standard in the order of the account."""
    from cli.explanation import explain_service
    from gep.services import services

    chosen = [s for s in services() if s.id in standard.services]
    return [explain_service(s, standard, every=False) for s in chosen]


def _line(standard: "Standard", lang: Language) -> tuple[str, ...]:
    from cli.explanation import rows_of
    from cli.labels import listed
    from cli.parameter_rows import grade_counts

    explained = _explained(standard)
    rows = [row for one in explained for row in rows_of(one)]
    names = listed([one.title[lang] for one in explained], lang)
    return standard.id, standard.title[lang], standard.source, names, grade_counts(rows, lang)


def _record(standard: "Standard") -> dict[str, object]:
    from cli.explanation import rows_of

    content = standard.model_dump(mode="json", exclude={"services"})
    rows = {one.id: rows_of(one) for one in _explained(standard)}
    grades = [row.grade for found in rows.values() for row in found]
    return content | {
        "services": list(rows),
        "counted": [name for name, choice in standard.services.items() if choice.counted],
        "rows_by_grade": {grade: grades.count(grade) for grade in dict.fromkeys(grades)},
    }


def _show(standard: "Standard", lang: Language) -> None:
    from cli.explanation import rows_of
    from cli.labels import listed, reference, titled
    from cli.parameter_rows import grade_counts
    from cli.terminal import show, show_heading, show_table, show_title
    from data_catalog.parameters import bundled as bundled_rows
    from data_catalog.standards.registry import KNOWN
    from gep.remarks import in_dispute
    from gep.services import services

    explained = _explained(standard)
    show_title(titled(standard.title, standard.id, lang))
    show(LINES["reference"][lang].format(reference(standard.source)))
    show(LINES["known"][lang].format(KNOWN[standard.status][lang]))
    if standard.default_set:
        show(LINES["default"][lang].format(standard.default_set))
    counted = [one.title[lang] for one in explained if one.counted]
    show(LINES["total"][lang].format(listed(counted, lang)))
    for place, key in (("left out", "left_out"), ("not known", "not_known")):
        names = [s.title[lang] for s in services() if standard.place_of(s.id) == place]
        if names:
            show(LINES[key][lang].format(listed(names, lang)))
    rows = [row for one in explained for row in rows_of(one)]
    show(LINES["grades"][lang].format(grade_counts(rows, lang)))
    if note := {"zh": standard.note_zh, "en": standard.note_en}[lang]:
        show(LINES["note"][lang].format(note))
    show_heading(LINES["services"][lang])
    lines = [
        line
        for one in explained
        for line in _service_lines(one, KNOWN[standard.services[one.id].status][lang], lang)
    ]
    show_table([title[lang] for title in SERVICES], lines)
    show_heading(LINES["sets"][lang])
    show_table([title[lang] for title in SETS], _set_lines(standard, explained, lang))
    disputed = list(in_dispute(standard, bundled_rows(), standard.services))
    if disputed:
        show_heading(LINES["disputed"][lang])
        for remark in disputed:
            show(remark.text[lang])
    show_heading(LINES["notes"][lang])
    for one in explained:
        if one.note[lang]:
            show(f"{one.title[lang]}{'：' if lang == 'zh' else ': '}{one.note[lang]}")


def _service_lines(
    explained: "ServiceExplained", known: str, lang: Language
) -> list[tuple[str, ...]]:
    """Return a line per variant; what holds for the service stands in the first."""
    from cli.explanation import rows_of
    from cli.explanation_text import class_names
    from cli.parameter_rows import grade_counts

    lines: list[tuple[str, ...]] = []
    for place, variant in enumerate(explained.variants):
        scope = class_names(variant.classes, lang) if variant.left_out else LINES["all"][lang]
        if variant.spread == "none":
            scope = LINES["unshared"][lang]
        first = (explained.title[lang], variant.id, scope)
        rest = (
            "\n".join(valuation.id for valuation in explained.valuations),
            COUNTED[explained.counted][lang],
            known,
            grade_counts(rows_of(explained), lang),
        )
        lines.append((*first, *rest) if place == 0 else ("", *first[1:], "", "", "", ""))
    return lines


def _set_lines(
    standard: "Standard", explained: "list[ServiceExplained]", lang: Language
) -> list[tuple[str, ...]]:
    """Return which set each parameter is read from, those of derived layers at the end."""
    from cli.labels import parameter_title, titled

    lines = [
        (one.title[lang], titled(number.title, number.parameter, lang), number.set)
        for one in explained
        for model in (*one.variants, *one.valuations)
        for number in model.numbers
    ]
    derived = LINES["derived"][lang]
    lines += [
        (derived, titled(parameter_title(name), name, lang), chosen)
        for name, chosen in standard.derived_sets.items()
    ]
    return list(dict.fromkeys(lines))
