"""The page of the layers that are modelled where a project gives none."""

from cli.book.markdown import file_name, link, page, section, sources
from cli.book.models import equation, inputs
from cli.book.parameters import parameter_section, parameters_of
from cli.book.service_page import NO_STANDARD
from cli.book.words import WORDS
from cli.explanation import Derivation, explain_variable
from cli.labels import LOCALITIES, listed, number, titled
from data_catalog.derived import ALTERNATIVES, DERIVED, Derived
from data_catalog.text import Language
from data_catalog.variables import variable
from review.figures import unit

__all__ = ["layers_page"]

MAKER = "model-"
"""In front of a model's id where one links to it: a variable may be called alike."""
MAKERS = (*DERIVED, *ALTERNATIVES)


def layers_page(lang: Language) -> str:
    """Return the page in one language."""
    parameters = parameters_of(MAKERS)
    rows = [row for name, read in parameters.items() for row in read.rows(name)]
    parts = [WORDS["layers_intro"][lang]]
    for name in dict.fromkeys(maker.makes for maker in MAKERS):
        parts += _layer(name, lang)
    parts += [
        parameter_section(parameters, 2, lang),
        sources(
            WORDS["sources"][lang], [*(m.source.key for m in MAKERS), *(r.source for r in rows)]
        ),
    ]
    return page("layers", WORDS["layers"][lang], lang, "", parts)


def _layer(name: str, lang: Language) -> list[str]:
    known = variable(name)
    explained = explain_variable(name, NO_STANDARD)
    needs = [
        link(
            f"`{need.service}/{need.model}`",
            f"services/{file_name(need.service, lang)}#{need.model}",
        )
        if need.service
        else link(f"`{need.model}`", f"#{MAKER}{need.model}")
        for need in explained.needed_by
    ]
    comma = {"zh": "，", "en": ", "}[lang]
    title = f"{titled(known.title, f'`{name}`', lang)}{comma}{unit(known.units)[lang]}"
    parts = [section(2, title, name), WORDS["needed_by"][lang].format(listed(needs, lang))]
    own = {d.model.id: d for d in explained.derivations if d.makes == name}
    for maker in (m for m in MAKERS if m.makes == name):
        parts += _maker(maker, own[maker.id], lang)
    return parts


def _maker(maker: Derived, explained: Derivation, lang: Language) -> list[str]:
    said = [f"{LOCALITIES[maker.locality][lang].capitalize()}{'。' if lang == 'zh' else '.'}"]
    if (row := explained.coarsest_cell) is not None:
        size = f"{number(row.value)} {unit(row.units)[lang]}"
        said.append(WORDS["coarsest"][lang].format(size))
    if not explained.automatic:
        said.append(WORDS["on_request"][lang])
    note = maker.note[lang]
    return [
        section(3, titled(maker.title, f"`{maker.id}`", lang), MAKER + maker.id),
        equation(maker, lang, *said),
        inputs(maker, explained.model, None, lang),
        WORDS["note"][lang].format(note) if note else "",
    ]
