"""Methodologies as people read them: what each asks, deducts and sets aside, and what we know."""

from collections.abc import Iterable
from typing import Any

from cli.formula import plain
from cli.labels import GRADES, listed, parameter_title, reference
from cli.terminal import show, show_heading, show_table, show_title
from data_catalog.methodologies import FORMS, Methodology, unknown_titles
from data_catalog.parameters import Row, bundled
from data_catalog.standards.registry import KNOWN, Known
from data_catalog.text import Language, Text
from sinks.credits.deductions import DEDUCTIONS
from sinks.credits.eligibility import requirement
from sinks.credits.project_facts import read_facts
from sinks.pools import POOLS

__all__ = ["NONE", "UNCERTAINTY", "deduction_title", "methodology_record", "rows_of",
           "show_methodologies", "show_methodology", "terms"]  # fmt: skip

LISTED = (Text("方法学", "methodology"), Text("名称", "title"), Text("状态", "known"),
          Text("缓冲", "buffer"))  # fmt: skip
NONE = Text("无", "none")
UNKNOWN_RULE = Text("未知，须给出参数", "not known: the parameter has to be given")
POOLS_ASKED = Text("必须计入", "required"), Text("可选", "optional"), Text("不计入", "excluded")
TERM, WHAT, HOW = Text("项", "term"), Text("规定", "rule"), Text("状态", "known")
BASELINE, LEAKAGE = Text("基线", "baseline"), Text("泄漏", "leakage")
UNCERTAINTY, BUFFER = Text("不确定性扣减", "uncertainty deduction"), Text("非持久性", "permanence")
RULES = Text("合格条件", "Rules of eligibility")
NUMBERS = Text("参数", "Numbers")
NUMBER = (Text("参数", "parameter"), Text("值", "value"), Text("单位", "units"),
          Text("等级", "grade"), Text("来源", "source"))  # fmt: skip
MISSING = Text("我们不知道的", "What is not known")
EXEMPT = Text("（事前估计除外）", " (not ex ante)")


def show_methodologies(all_of_them: Iterable[Methodology], lang: Language) -> None:
    """Print a line per methodology."""
    rows = [
        [m.id, m.title[lang], KNOWN[m.status][lang], FORMS[m.non_permanence.form][lang]]
        for m in all_of_them
    ]
    show_table([title[lang] for title in LISTED], rows)


def show_methodology(one: Methodology, lang: Language) -> None:
    """Print a methodology: its terms, rules, numbers and gaps."""
    show_title(f"{one.id}  {one.title[lang]}")
    show(reference(one.source))
    show(one.note[lang])
    show()
    show_table([text[lang] for text in (TERM, WHAT, HOW)],
               [[a[lang], b[lang], KNOWN[known][lang]] for a, b, known in terms(one)])  # fmt: skip
    if one.eligibility:
        show_heading(RULES[lang])
        nobody = read_facts(None)
        show_table([WHAT[lang], HOW[lang]], [
            [requirement(rule, one, nobody)[lang], KNOWN[rule.status][lang]]
            for rule in one.eligibility
        ])  # fmt: skip
    rows = rows_of(one)
    if rows:
        show_heading(NUMBERS[lang])
        show_table([text[lang] for text in NUMBER], [
            [_named(r, lang), f"{r.value:g}", r.units, GRADES[r.grade][lang], r.source]
            for r in rows
        ], right=(1,))  # fmt: skip
    if one.unknown:
        show_heading(MISSING[lang])
        for name in one.unknown:
            show(f"{name}: {unknown_titles()[name][lang]}", indent=2)


def terms(one: Methodology) -> list[tuple[Text, Text, Known]]:
    """Return the pools and terms of a claim: title, what is asked, how we know."""
    pools = one.pools
    asked = zip(POOLS_ASKED, (pools.required, pools.optional, pools.excluded), strict=True)
    found = [(title, _pools(names), pools.status) for title, names in asked if names]
    for title, part in ((BASELINE, one.baseline), (LEAKAGE, one.leakage)):
        found.append((title, _noted(FORMS[part.form], Text(part.note_zh, part.note_en)),
                      part.status))  # fmt: skip
    found.append((UNCERTAINTY, deduction_title(one), one.uncertainty.status))
    last = one.non_permanence
    found.append((BUFFER, _noted(FORMS[last.form], Text(last.note_zh, last.note_en)), last.status))
    return found


def deduction_title(one: Methodology) -> Text:
    """Return what is deducted for uncertainty, with its formula."""
    rule = one.uncertainty.rule
    exempt = EXEMPT if one.uncertainty.exempt_ex_ante else Text("", "")
    if rule in DEDUCTIONS:
        model = DEDUCTIONS[rule]
        text = plain(model.formula)
        return Text(f"{model.title.zh}：{text}{exempt.zh}", f"{model.title.en}: {text}{exempt.en}")
    known = NONE if rule == "none" else UNKNOWN_RULE
    return Text(known.zh + exempt.zh, known.en + exempt.en)


def rows_of(one: Methodology) -> list[Row]:
    """Return the rows that a claim under a methodology reads, those that there are."""
    wanted = [(rule.parameter, one.set, rule.key) for rule in one.eligibility if rule.parameter]
    if one.uncertainty.rule in DEDUCTIONS:
        tables = DEDUCTIONS[one.uncertainty.rule].parameters().values()
        wanted += [("confidence_level", one.uncertainty.confidence, "")]
        wanted += [(name, one.set, "") for name in tables]
    names = ("non_permanence_share", "baseline_removal", "leakage_rate", "product_share")
    wanted += [(name, one.set, "") for name in names]
    if one.leakage.form == "displaced":
        wanted += [(name, one.set, "") for name in ("displaced_biomass_factor", "carbon_fraction")]
        wanted += [("root_shoot_ratio", one.set, plant) for plant in ("tree", "shrub")]
    found = (bundled().find(*key) for key in wanted)
    return [row for row in found if row is not None]


def methodology_record(one: Methodology) -> dict[str, Any]:
    """Return a methodology for a program."""
    return one.model_dump(mode="json") | {"parameters": [row.record() for row in rows_of(one)]}


def _pools(names: Iterable[str]) -> Text:
    zh, en = ([POOLS[name][lang] for name in names] for lang in ("zh", "en"))
    return Text(listed(zh, "zh"), listed(en, "en"))


def _noted(what: Text, note: Text) -> Text:
    if not note.en:
        return what
    return Text(f"{what.zh}。{note.zh}", f"{what.en}. {note.en}")


def _named(row: Row, lang: Language) -> str:
    title = parameter_title(row.parameter)[lang]
    if not row.key:
        return title
    return f"{title}（{row.key}）" if lang == "zh" else f"{title} ({row.key})"
