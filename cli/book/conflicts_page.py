"""The page of the checks that a pledge passes: rights, their matrix, checks, facts, thresholds."""

from cli.book.markdown import items, page, section, sources, table
from cli.labels import GRADES, number
from data_catalog.text import Language, Text
from lending.conflicts import Rules, bundled_rules
from lending.conflicts.register_form import register_fields
from lending.conflicts.rules import PairRule
from review.figures import unit

__all__ = ["conflicts_page"]

TITLE = Text("质押冲突的检查", "Checks for conflicts of pledges")
INTRO = Text(
    "`gep pledge check` 所用的全部表格；如何比较图形见 docs/conflicts.zh.md。",
    "All tables that `gep pledge check` uses; how shapes are compared is in docs/conflicts.md.",
)
HEADINGS = {
    "rights": Text("权利", "Rights"),
    "matrix": Text("权利矩阵", "The matrix of rights"),
    "pairs": Text("逐对规则", "The rules pair by pair"),
    "states": Text("状态", "States"),
    "checks": Text("检查", "Checks"),
    "facts": Text("须声明的事实", "Facts to declare"),
    "thresholds": Text("阈值", "Thresholds"),
    "register": Text("中登网登记记录的字段", "Fields of the movable-property register"),
    "sources": Text("来源", "Sources"),
}
MATRIX_NOTE = Text(
    "禁止、须经同意：不得登记；须复核：由人判断；—：可以并存。",
    "Forbidden and needs consent bar a registration; review asks a person; — may stand together.",
)
REGISTER_NOTE = Text(
    "凭记忆列出，须与登记系统核对；没有“←”的字段，本系统不知道。",
    "Recalled: compare with the register's own form. Nobody here knows those without an arrow.",
)
STAND = "—"
COLUMNS = {
    "code": Text("代码", "code"), "years": Text("年份", "years"), "right": Text("权利", "right"),
    "other": Text("另一权利", "other"),
    "registered": Text("登记处", "registered"), "basis": Text("担保依据", "basis as security"),
    "verdict": Text("结论", "verdict"), "rule": Text("规则", "rule"),
    "source": Text("来源", "source"), "grade": Text("级别", "grade"),
    "meets": Text("以何相遇", "met by"), "lifted": Text("因何解除", "lifted by"),
    "state": Text("状态", "state"), "bars": Text("是否阻止", "bars"),
    "check": Text("检查", "check"),
    "level": Text("等级", "level"), "title": Text("名称", "title"), "fact": Text("事实", "fact"),
    "relation": Text("关系", "relation"), "against": Text("对照", "against"),
    "rights": Text("适用权利", "for rights"), "value": Text("值", "value"),
}  # fmt: skip
MEETS = {
    "ground": Text("图形与年份", "ground and years"),
    "tonnes": Text("同一项目看序列号，否则看图形与年份", "serials within a project, else ground"),
    "serial": Text("序列号", "serials"),
    "instrument": Text("许可证、保单编号", "number of the permit or policy"),
}
BARS = {
    "yes": Text("阻止", "bars"), "told": Text("提示", "is told"), "no": Text("不阻止", "does not"),
}  # fmt: skip
RELATIONS = {
    "yes": Text("为是", "is yes"), "no": Text("为否", "is no"), "given": Text("已写明", "is given"),
    "not_before": Text("不早于", "not before"), "at_least": Text("不低于", "at least"),
    "at_most": Text("不高于", "at most"), "near": Text("相差在容差内", "within the tolerance of"),
    "differs": Text("不同于", "differs from"),
}  # fmt: skip
YEARS = {
    True: Text("覆盖整个贷款期限", "the whole term of the loan"), False: Text("可分", "divisible"),
}  # fmt: skip
ALL = Text("全部", "all")


def conflicts_page(lang: Language) -> str:
    """Return the page in one language."""
    rules = bundled_rules()
    cited = [
        *(r.source for r in rules.rights.values()), *(r.source for r in rules.matrix.values()),
        *(s.rule.source for s in rules.states.values() if s.rule),
        *(c.source for c in rules.checks.values()), *(t.source for t in rules.thresholds.values()),
        *(f.source for f in register_fields()),
    ]  # fmt: skip
    parts = [INTRO[lang]]
    for name, body in (
        ("rights", _rights(rules, lang)),
        ("matrix", f"{MATRIX_NOTE[lang]}\n\n{_matrix(rules, lang)}"),
        ("pairs", _pairs(rules, lang)),
        ("checks", _checks(rules, lang)),
        ("facts", _facts(rules, lang)),
        ("states", _states(rules, lang)),
        ("thresholds", _thresholds(rules, lang)),
        ("register", f"{REGISTER_NOTE[lang]}\n\n{_register(lang)}"),
    ):
        parts += [section(2, HEADINGS[name][lang], name), body]
    parts.append(sources(HEADINGS["sources"][lang], [_key(text) for text in cited]))
    return page("conflict-rules", TITLE[lang], lang, "", parts)


def _head(lang: Language, *names: str) -> list[str]:
    return [COLUMNS[name][lang] for name in names]


def _key(source: str) -> str:
    """Return the key of a source such as `[civil_code_2020] 414`."""
    return source.partition("]")[0].removeprefix("[")


def _cited(source: str) -> str:
    """Return a source with a link to where the page lists it."""
    key, _, place = source.removeprefix("[").partition("] ")
    return f"[{key}](#{key}) {place}"


def _rights(rules: Rules, lang: Language) -> str:
    return table(_head(lang, "code", "right", "years", "registered", "basis", "source"), [
        (f"`{r.code}`", r.title[lang], YEARS[r.standing][lang], r.registered[lang], r.basis[lang],
         _cited(r.source))
        for r in rules.rights.values()
    ])  # fmt: skip


def _matrix(rules: Rules, lang: Language) -> str:
    codes = list(rules.rights)
    lines = []
    for right in codes:
        cells = [rules.verdicts[rules.pair(right, other).verdict] for other in codes]
        words = [v.title[lang] if v.level else STAND for v in cells]
        lines.append([f"`{right}`", *words])
    return table([COLUMNS["right"][lang], *(f"`{code}`" for code in codes)], lines)


def _pairs(rules: Rules, lang: Language) -> str:
    return table(
        _head(lang, "right", "other", "verdict", "check", "meets", "lifted", "rule", "source",
              "grade"),
        [(f"`{a}`", f"`{b}`", *_rule(rule, rules, lang)) for (a, b), rule in rules.matrix.items()],
    )  # fmt: skip


def _rule(rule: PairRule, rules: Rules, lang: Language) -> tuple[str, ...]:
    verdict = rules.verdicts[rule.verdict]
    found = rule.check if verdict.level else ""
    lifted = rules.facts[rule.lifted_by].title[lang] if rule.lifted_by else ""
    return (verdict.title[lang], found, MEETS[rule.meets][lang] if found else "", lifted,
            rule.rule[lang], _cited(rule.source), GRADES[rule.grade][lang])  # fmt: skip


def _checks(rules: Rules, lang: Language) -> str:
    return table(_head(lang, "check", "level", "title", "rule", "source", "grade"), [
        (c.id, c.level, c.title[lang], c.rule[lang], _cited(c.source), GRADES[c.grade][lang])
        for c in rules.checks.values()
    ])  # fmt: skip


def _facts(rules: Rules, lang: Language) -> str:
    lines = []
    for row in rules.declared:
        fact = rules.facts[row.fact]
        against = [rules.facts[name].title[lang] for name in (row.against, row.margin) if name]
        rights = ", ".join(code for code in rules.rights if code in row.rights) or ALL[lang]
        lines.append((row.check, fact.title[lang], f"`{row.fact}`", RELATIONS[row.relation][lang],
                      " + ".join(against), rights))  # fmt: skip
    return table(_head(lang, "check", "fact", "code", "relation", "against", "rights"), lines)


def _states(rules: Rules, lang: Language) -> str:
    return table(_head(lang, "code", "state", "bars", "check", "rights", "rule"), [
        (f"`{s.name}`", s.title[lang], BARS[s.bars][lang], s.rule.check if s.rule else "",
         ", ".join(code for code in rules.rights if code in s.rights),
         s.rule.rule[lang] if s.rule else "")
        for s in rules.states.values()
    ])  # fmt: skip


def _thresholds(rules: Rules, lang: Language) -> str:
    return table(_head(lang, "title", "code", "value", "source", "grade"), [
        (t.title[lang], f"`{t.name}`", f"{number(t.value)} {unit(t.units)[lang]}".rstrip(),
         _cited(t.source), GRADES[t.grade][lang])
        for t in rules.thresholds.values()
    ])  # fmt: skip


def _register(lang: Language) -> str:
    return items(
        f"`{f.name}` {f.title[lang]}" + (f" ← `{f.filled_from}`" if f.filled_from else "")
        for f in register_fields()
    )
