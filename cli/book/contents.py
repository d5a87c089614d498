"""The first pages: all services and all standards, and which counts which."""

from cli.book.markdown import file_name, link, page, section, table
from cli.book.words import HEAD, SIGNS, WORDS
from cli.labels import GROUPS
from cli.matrix import HEADER, norm_lines
from data_catalog.standards import bundled
from data_catalog.standards.registry import KNOWN, LEVELS, norms
from data_catalog.text import Language
from gep.services import services
from review.figures import unit

__all__ = ["services_page", "standards_page"]


def services_page(lang: Language) -> str:
    """Return the page of all services, with what each standard does with them."""
    standards = tuple(bundled().values())
    header = [
        HEAD["service"][lang], HEAD["amount"][lang], HEAD["units"][lang],
        *(link(s.id, f"../standards/{file_name(s.id, lang)}") for s in standards),
    ]  # fmt: skip
    parts = [WORDS["services_intro"][lang], WORDS["legend"][lang]]
    for group, title in GROUPS.items():
        lines = [
            (
                link(s.title[lang], file_name(s.id, lang)), s.physical[lang], unit(s.total)[lang],
                *(SIGNS[standard.place_of(s.id)] for standard in standards),
            )
            for s in services()
            if s.group == group
        ]  # fmt: skip
        parts += [section(2, title[lang].capitalize()), table(header, lines)]
    parts.append(WORDS["see_layers"][lang].format(f"../{file_name('layers', lang)}"))
    up = link(WORDS["standards"][lang], f"../standards/{file_name('README', lang)}")
    return page("README", WORDS["services"][lang], lang, up, parts)


def standards_page(lang: Language) -> str:
    """Return the page of all standards, and of the norms that have no profile."""
    of = {norm.profile: norm for norm in norms() if norm.profile}
    rest = [norm for norm in norms() if not norm.profile]
    lines = []
    for standard in bundled().values():
        norm = of.get(standard.id)
        title = link(standard.title[lang], file_name(standard.id, lang))
        known = (LEVELS[norm.level][lang], norm.state[lang]) if norm else ("", "")
        lines.append((title, f"`{standard.id}`", *known, KNOWN[standard.status][lang]))
    names = ("title", "standard", "level", "state", "known")
    parts = [
        WORDS["standards_intro"][lang],
        table([HEAD[name][lang] for name in names], lines),
        section(2, WORDS["without_profile"][lang]),
        table(
            [title[lang] for title in (*HEADER, HEAD["note"])],
            [(*line, n.note[lang]) for n, line in zip(rest, norm_lines(rest, lang), strict=True)],
        ),
    ]
    up = link(WORDS["services"][lang], f"../services/{file_name('README', lang)}")
    return page("README", WORDS["standards"][lang], lang, up, parts)
