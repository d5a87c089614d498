"""The page of a standard: what it accounts for and how, what it reads, and what it lacks."""

from collections.abc import Iterable

from cli.book.markdown import file_name, items, link, page, section, sentences, sources, table
from cli.book.models import PARAMETER, cited
from cli.book.service_page import scope
from cli.book.words import HEAD, WORDS
from cli.explanation import ModelExplained, NumberUsed, ServiceExplained, explain_service, rows_of
from cli.explanation_text import class_names
from cli.labels import listed, titled
from cli.matrix import PLACES
from cli.parameter_rows import grade_counts
from data_catalog.parameters import bundled
from data_catalog.spec import Citation
from data_catalog.standards import Standard
from data_catalog.standards.registry import KNOWN, LEVELS, norms
from data_catalog.text import Language
from gep.remarks import in_dispute
from gep.services import services

__all__ = ["standard_page"]


def standard_page(standard: Standard, lang: Language) -> str:
    """Return the page of a standard in one language."""
    chosen = [s for s in services() if s.id in standard.services]
    explained = [explain_service(s, standard, every=False) for s in chosen]
    rows = {row.name(): row for one in explained for row in rows_of(one)}.values()
    note = {"zh": standard.note_zh, "en": standard.note_en}[lang]
    counts = grade_counts(rows, lang)
    parts = [
        _what_it_is(standard, lang),
        note,
        section(2, WORDS["what_it_counts"][lang]),
        _services(standard, explained, lang),
        _absent(standard, lang),
        section(2, WORDS["service_notes"][lang]),
        items(_notes(standard, explained, lang)),
        section(2, WORDS["read_parameters"][lang]),
        _parameters(explained, lang),
        WORDS["all_grades"][lang].format(counts) if counts else "",
        *_disputed(standard, lang),
        section(2, WORDS["stops"][lang]),
        _lacks(explained, lang),
        sources(WORDS["sources"][lang], [standard.source, *(row.source for row in rows)]),
    ]
    up = link(WORDS["up_standards"][lang], file_name("README", lang))
    return page(standard.id, standard.title[lang], lang, up, parts)


def _what_it_is(standard: Standard, lang: Language) -> str:
    norm = next((n for n in norms() if n.profile == standard.id), None)
    words = [WORDS["id"][lang].format(standard.id)]
    if norm is None:
        words.append(WORDS["own"][lang])
    else:
        level, state, known = LEVELS[norm.level], norm.state, KNOWN[norm.status]
        words.append(
            WORDS["level"][lang].format(level=level[lang], state=state[lang], known=known[lang])
        )
        words.append(f"{norm.note[lang]}{'。' if lang == 'zh' else '.'}" if norm.note[lang] else "")
    words.append(WORDS["reference"][lang].format(cited(Citation(standard.source, ""), lang)))
    if standard.default_set:
        words.append(WORDS["default_set"][lang].format(standard.default_set))
    if standard.subtracts_outside:
        words.append(WORDS["outside"][lang])
    return sentences(lang, *words)


def _page_of(service: str, lang: Language) -> str:
    return f"../services/{file_name(service, lang)}"


def _services(standard: Standard, explained: Iterable[ServiceExplained], lang: Language) -> str:
    """Return a line per variant; what holds for the service stands in the first."""
    lines: list[tuple[str, ...]] = []
    for one in explained:
        choice, target = standard.services[one.id], _page_of(one.id, lang)
        valued = [link(f"`{name}`", f"{target}#{name}") for name in choice.valuations]
        rest: tuple[str, ...] = (
            listed(valued, lang), PLACES[standard.place_of(one.id)][lang],
            KNOWN[choice.status][lang], grade_counts(rows_of(one), lang),
        )  # fmt: skip
        title = link(one.title[lang], target)
        for variant in one.variants:
            how = link(f"`{variant.id}`", f"{target}#{variant.id}")
            lines.append((title, how, scope(choice, variant.id, lang), *rest))
            title, rest = "", ("",) * len(rest)
    names = ("service", "variants", "classes", "valuations", "place", "known", "grades")
    return table([HEAD[name][lang] for name in names], lines)


def _absent(standard: Standard, lang: Language) -> str:
    said = []
    for place, word in (("left out", "does_not"), ("not known", "does_not_know")):
        names = [
            link(s.title[lang], _page_of(s.id, lang))
            for s in services()
            if standard.place_of(s.id) == place
        ]
        if names:
            said.append(WORDS[word][lang].format(listed(names, lang)))
    return "\n\n".join(said)


def _notes(
    standard: Standard, explained: Iterable[ServiceExplained], lang: Language
) -> Iterable[str]:
    for one in explained:
        sets = [f"{name} `{chosen}`" for name, chosen in standard.services[one.id].sets.items()]
        said = [one.note[lang], WORDS["sets"][lang].format(listed(sets, lang)) if sets else ""]
        if text := sentences(lang, *(" ".join(words.split()) for words in said)):
            yield f"**{one.title[lang]}** {text}"


def _parameters(explained: Iterable[ServiceExplained], lang: Language) -> str:
    lines = []
    for one in explained:
        title = one.title[lang]
        for name, numbers in _numbers(one).items():
            rows = {row.name(): row for number in numbers for row in number.rows}
            target = f"{_page_of(one.id, lang)}#{PARAMETER}{name}"
            parameter = link(titled(numbers[0].title, f"`{name}`", lang), target)
            chosen = f"`{numbers[0].set}`" if numbers[0].set else ""
            lines.append((title, parameter, chosen, grade_counts(rows.values(), lang)))
            title = ""
    header = [HEAD[name][lang] for name in ("service", "parameter", "set", "grades")]
    return table(header, lines)


def _numbers(one: ServiceExplained) -> dict[str, list[NumberUsed]]:
    found: dict[str, list[NumberUsed]] = {}
    for model in (*one.variants, *one.valuations):
        for number in model.numbers:
            found.setdefault(number.parameter, []).append(number)
    return found


def _disputed(standard: Standard, lang: Language) -> list[str]:
    said = [r.text[lang] for r in in_dispute(standard, bundled(), standard.services)]
    return [section(2, WORDS["disputed"][lang]), items(said)] if said else []


def _lacks(explained: Iterable[ServiceExplained], lang: Language) -> str:
    lines: list[tuple[str, ...]] = []
    for one in explained:
        title = one.title[lang]
        of_layers = [d.model for d in one.derivations if d.automatic]
        for model in (*one.variants, *one.valuations, *of_layers):
            if missing := _missing(model, lang):
                lines.append((title, f"`{model.id}`", missing))
                title = ""
    header = [HEAD[name][lang] for name in ("service", "for", "missing")]
    if not lines:
        return WORDS["nothing_stops"][lang]
    return f"{WORDS['stops_intro'][lang]}\n\n{table(header, lines)}"


def _missing(model: ModelExplained, lang: Language) -> str:
    said = []
    for number in model.numbers:
        if number.missing or not number.rows:
            classes = class_names((code for code in number.missing if code), lang)
            where = WORDS["for_key"][lang].format(classes) if classes else ""
            said.append(f"{titled(number.title, f'`{number.parameter}`', lang)}{where}")
    return listed(said, lang)
