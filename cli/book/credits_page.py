"""The page of credits: how a claim is made, the methodologies, deductions, risk tool, facts."""

from cli.book.credits_words import CREDITS, PROJECT
from cli.book.markdown import items, page, section, sources, table
from cli.book.models import equation
from cli.book.words import WORDS
from cli.labels import GRADES, titled
from cli.methodology_tables import rows_of, terms
from data_catalog.methodologies import FORMS, Methodology, bundled, unknown_titles
from data_catalog.methodologies.facts import facts
from data_catalog.parameter_titles import parameter_title
from data_catalog.standards.registry import KNOWN
from data_catalog.text import Language
from review.figures import unit
from sinks.credits.deductions import DEDUCTIONS
from sinks.credits.eligibility import requirement
from sinks.credits.formulas import BUFFER_PRODUCT, MODELS
from sinks.credits.nprt import items as risk_items
from sinks.credits.project_facts import read_facts
from sinks.credits.vintages import COLUMNS
from sinks.credits.waterfall import STEPS

__all__ = ["credits_page"]

METHODOLOGY = "methodology-"
"""In front of a methodology's id where one links to it: a source may be called alike."""


def credits_page(lang: Language) -> str:
    """Return the page in one language."""
    every = list(bundled().values())
    cited = [m.source.key for m in (*DEDUCTIONS.values(), *MODELS)]
    cited += [key for one in every for key in _cited(one)]
    parts = [
        CREDITS["intro"][lang],
        section(2, CREDITS["project"][lang]), CREDITS["project_intro"][lang],
        f"```toml\n{PROJECT[lang]}```",
        section(2, CREDITS["waterfall"][lang]), CREDITS["waterfall_intro"][lang],
        items(f"`{name}`: {title[lang]}" for name, title in STEPS.items()),
        CREDITS["vintages"][lang],
        table([CREDITS["column"][lang], CREDITS["meaning"][lang]],
              [(f"`{name}`", title[lang]) for name, title in COLUMNS.items()]),
        section(2, CREDITS["methodologies"][lang]),
        table([CREDITS[h][lang] for h in ("id", "title", "known", "permanence")], [
            (f"[`{m.id}`](#{METHODOLOGY}{m.id})", m.title[lang], KNOWN[m.status][lang],
             FORMS[m.non_permanence.form][lang]) for m in every
        ]),
    ]  # fmt: skip
    for one in every:
        parts += _methodology(one, lang)
    parts.append(section(2, CREDITS["deductions"][lang]))
    for model in (*DEDUCTIONS.values(), *MODELS):
        parts += [section(3, titled(model.title, f"`{model.id}`", lang), model.id),
                  equation(model, lang), WORDS["note"][lang].format(model.note[lang])
                  if model.note[lang] else ""]  # fmt: skip
    parts += [section(3, CREDITS["product"][lang]), f"```math\n{BUFFER_PRODUCT}\n```"]
    parts += [section(2, CREDITS["risk"][lang], "nprt"), CREDITS["risk_intro"][lang], _risk(lang)]
    parts += [section(2, CREDITS["facts"][lang], "facts"), _facts(lang)]
    parts.append(sources(WORDS["sources"][lang], [*cited, "vcs_nprt"]))
    return page("credits", CREDITS["heading"][lang], lang, "", parts)


def _methodology(one: Methodology, lang: Language) -> list[str]:
    nobody = read_facts(None)
    parts = [
        section(3, titled(one.title, f"`{one.id}`", lang), METHODOLOGY + one.id), one.note[lang],
        table([CREDITS[h][lang] for h in ("term", "rule", "known")],
              [(a[lang], b[lang], KNOWN[k][lang]) for a, b, k in terms(one)]),
    ]  # fmt: skip
    if one.eligibility:
        parts.append(table(
            [CREDITS[h][lang] for h in ("eligibility", "known", "source")],
            [(requirement(rule, one, nobody)[lang], KNOWN[rule.status][lang],
              " ".join(x for x in (rule.source, rule.where) if x)) for rule in one.eligibility],
        ))  # fmt: skip
    rows = rows_of(one)
    if rows:
        parts.append(table(
            [CREDITS[h][lang] for h in ("parameter", "key", "value", "units", "grade", "source")],
            [(parameter_title(r.parameter)[lang], r.key, f"{r.value:g}", unit(r.units)[lang],
              GRADES[r.grade][lang], " ".join((r.source, r.where))) for r in rows],
        ))  # fmt: skip
    if one.unknown:
        named = (f"`{name}` {unknown_titles()[name][lang]}" for name in one.unknown)
        separator = "；" if lang == "zh" else "; "
        parts.append(CREDITS["unknown"][lang].format(separator.join(named)))
    return parts


def _cited(one: Methodology) -> list[str]:
    return [one.source, *(rule.source for rule in one.eligibility),
            *(row.source for row in rows_of(one))]  # fmt: skip


def _risk(lang: Language) -> str:
    lines = [
        (f"`{i.category}`", f"`{i.item}`", CREDITS["fails"][lang] if i.score != i.score
         else f"{i.score:g}", i.title[lang], i.where) for i in risk_items().values()
    ]  # fmt: skip
    return table([CREDITS[h][lang] for h in ("table", "item", "score", "meaning", "source")], lines)


def _facts(lang: Language) -> str:
    kinds = {"number": "a_number", "flag": "a_flag", "text": "a_text", "date": "a_date"}
    return table(
        [CREDITS[h][lang] for h in ("fact", "kind", "units", "meaning")],
        [(f"`{f.name}`", CREDITS[kinds[f.kind]][lang], unit(f.units)[lang] if f.units else "",
          f.title[lang]) for f in facts().values() if not f.derived],
    )  # fmt: skip
