"""The page of a service: what it is, how much, worth what, from which numbers."""

from cli.book.markdown import file_name, link, page, section, sentences, sources, table
from cli.book.models import equation, inputs, worked
from cli.book.parameters import parameter_section, parameters_of
from cli.book.words import HEAD, SPREADS, WORDS
from cli.explanation import ModelExplained, explain_service
from cli.explanation_text import class_names
from cli.labels import GROUPS, listed, titled
from cli.matrix import PLACES
from data_catalog.classes import ecosystems
from data_catalog.standards import Choice, Standard, bundled
from data_catalog.standards.registry import KNOWN
from data_catalog.tables import tables
from data_catalog.text import Language
from gep.hand_example import hand_example
from gep.service import METHODS, Service, Valuation, Variant
from review.figures import unit

__all__ = ["NO_STANDARD", "scope", "service_page", "standard_link"]

NO_STANDARD = Standard(id="none", title_zh="", title_en="", source="", services={})
"""Under which a service is explained by itself."""


def service_page(service: Service, lang: Language) -> str:
    """Return the page of a service in one language."""
    explained = explain_service(service, NO_STANDARD, every=True)
    models = (*service.variants, *service.valuations)
    parameters = parameters_of(models)
    rows = [row for name, read in parameters.items() for row in read.rows(name)]
    parts = [
        _what_it_is(service, lang),
        section(2, WORDS["by_standards"][lang]),
        _by_standards(service, lang),
        section(2, WORDS["amounts"][lang]),
        *(
            _variant(service, variant, found, lang)
            for variant, found in zip(service.variants, explained.variants, strict=True)
        ),
        section(2, WORDS["values"][lang]) if service.valuations else "",
        *(
            _valuation(service, valuation, found, lang)
            for valuation, found in zip(service.valuations, explained.valuations, strict=True)
        ),
        parameter_section(parameters, 2, lang),
        sources(
            WORDS["sources"][lang], [*(m.source.key for m in models), *(r.source for r in rows)]
        ),
    ]
    up = link(WORDS["up_services"][lang], file_name("README", lang))
    return page(service.id, service.title[lang], lang, up, parts)


def standard_link(standard: Standard, lang: Language) -> str:
    """Return a link from a service's page to a standard's."""
    return link(f"`{standard.id}`", f"../standards/{file_name(standard.id, lang)}")


def scope(choice: Choice, variant: str, lang: Language) -> str:
    """Return the ecosystems that a variant is accounted on."""
    parts = [p for p in choice.parts if p.variant == variant]
    codes = [c for c in ecosystems() if any(p.covers(c) for p in parts)]
    whole = len(codes) == len(ecosystems())
    return WORDS["all_classes"][lang] if whole else class_names(codes, lang)


def _what_it_is(service: Service, lang: Language) -> str:
    said = WORDS["amount_of"][lang].format(
        group=GROUPS[service.group][lang], physical=service.physical[lang],
        units=unit(service.total)[lang], id=service.id,
    )  # fmt: skip
    kept = listed([titled(item.title, f"`{item.id}`", lang) for item in service.items], lang)
    return sentences(lang, said, WORDS["items"][lang].format(kept) if kept else "")


def _by_standards(service: Service, lang: Language) -> str:
    lines: list[tuple[str, ...]] = []
    rest: dict[str, list[str]] = {"left out": [], "not known": []}
    for standard in bundled().values():
        place = standard.place_of(service.id)
        if place in rest:
            rest[place].append(standard_link(standard, lang))
            continue
        choice = standard.services[service.id]
        said = (
            standard_link(standard, lang), _listed_ids([p.variant for p in choice.parts], lang),
            _listed_ids(choice.valuations, lang), PLACES[place][lang],
            KNOWN[choice.status][lang],
        )  # fmt: skip
        lines.append(said)
    header = [HEAD[h][lang] for h in ("standard", "variants", "valuations", "place", "known")]
    said_of_rest = [
        WORDS[word][lang].format(listed(rest[place], lang))
        for place, word in (("left out", "left_out_by"), ("not known", "not_known_of"))
        if rest[place]
    ]
    return "\n\n".join(
        part for part in (table(header, lines), sentences(lang, *said_of_rest)) if part
    )


def _listed_ids(names: "list[str] | tuple[str, ...]", lang: Language) -> str:
    return listed([f"[`{name}`](#{name})" for name in names], lang)


def _variant(
    service: Service, variant: Variant, explained: ModelExplained, lang: Language
) -> str:  # fmt: skip
    if variant.table:
        title = tables()[variant.table].title[lang]
        where = WORDS["rows_of"][lang].format(variant.table, title)
    else:
        where = WORDS["by_pixel"][lang]
    item = WORDS["item"][lang].format(_item(service, variant.item, lang)) if variant.item else ""
    example = hand_example(service, variant)
    parts = [
        section(3, titled(variant.title, f"`{variant.id}`", lang), variant.id),
        equation(variant, lang, where, item),
        inputs(variant, explained, example, lang),
        worked(example, "", lang, by_pixel=not variant.table),
        WORDS["note"][lang].format(variant.note[lang]) if variant.note[lang] else "",
        _scopes(service, variant, lang),
    ]
    return "\n\n".join(part for part in parts if part)


def _valuation(
    service: Service, valuation: Valuation, explained: ModelExplained, lang: Language
) -> str:
    method = WORDS["method"][lang].format(METHODS[valuation.method][lang])
    item = _item(service, valuation.item, lang) if valuation.item else ""
    example = hand_example(service, valuation)
    of = f"[`{example.of}`](#{example.of})" if example.of else ""
    parts = [
        section(3, titled(valuation.title, f"`{valuation.id}`", lang), valuation.id),
        equation(valuation, lang, method, WORDS["item"][lang].format(item) if item else ""),
        inputs(valuation, explained, example, lang),
        worked(example, of, lang, by_pixel=False),
        WORDS["note"][lang].format(valuation.note[lang]) if valuation.note[lang] else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _item(service: Service, name: str, lang: Language) -> str:
    titles = {item.id: item.title[lang] for item in service.items}
    return titles.get(name, name)


def _scopes(service: Service, variant: Variant, lang: Language) -> str:
    """Return the ecosystems that each standard accounts a variant on."""
    lines = []
    for standard in bundled().values():
        choice = standard.services.get(service.id)
        part = next((p for p in choice.parts if p.variant == variant.id), None) if choice else None
        if choice is None or part is None:
            continue
        of_region = variant.table and not tables()[variant.table].shapes
        spread = SPREADS[part.spread][lang] if of_region else ""
        lines.append((standard_link(standard, lang), scope(choice, variant.id, lang), spread))
    return table([HEAD[h][lang] for h in ("standard", "classes", "spread")], lines)
