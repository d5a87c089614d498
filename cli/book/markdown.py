"""Markdown as GitHub and GitLab read it, with equations.

Equations stand in `math` fences and in dollar signs with backticks: between bare dollar signs
Markdown takes the backslash off LaTeX's thin spaces.
"""

from collections.abc import Iterable, Sequence

from data_catalog.references import references
from data_catalog.text import Language

__all__ = [
    "LANGUAGES",
    "MARK",
    "anchor",
    "display",
    "file_name",
    "inline",
    "items",
    "link",
    "page",
    "section",
    "sentences",
    "sources",
    "table",
]

LANGUAGES: tuple[Language, Language] = ("en", "zh")
MARK = "<!-- Written by `make docs` from the declarations: change those, not this page. -->"
SUFFIX: dict[Language, str] = {"en": ".md", "zh": ".zh.md"}
OTHER: dict[Language, str] = {"en": "中文", "zh": "English"}


def file_name(name: str, lang: Language) -> str:
    """Return the file of a page in one language."""
    return f"{name}{SUFFIX[lang]}"


def page(name: str, title: str, lang: Language, up: str, parts: Iterable[str]) -> str:
    """Return a whole page: its title, the way to its twin and upwards, and its parts."""
    twin = file_name(name, "zh" if lang == "en" else "en")
    ways = " · ".join(way for way in (f"[{OTHER[lang]}]({twin})", up) if way)
    return "\n\n".join([MARK, f"# {title}", ways, *(p for p in parts if p)]) + "\n"


def section(level: int, title: str, name: str = "") -> str:
    """Return a heading, with a place to link to if it has a name."""
    return f"{anchor(name)}\n{'#' * level} {title}" if name else f"{'#' * level} {title}"


def anchor(name: str) -> str:
    """Return a place that links of any language find."""
    return f'<a id="{name}"></a>\n'


def link(text: str, target: str) -> str:
    """Return a link."""
    return f"[{text}]({target})"


def display(latex: str) -> str:
    """Return an equation on lines of its own."""
    return f"```math\n{latex}\n```"


def inline(latex: str) -> str:
    """Return a symbol within a line; nothing for no symbol."""
    return f"$`{latex}`$" if latex else ""


def items(lines: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"- {line}" for line in lines)


def sentences(lang: Language, *said: str) -> str:
    """Return sentences one after the other, empty ones left out: Chinese needs no space between."""
    return {"en": " ", "zh": ""}[lang].join(one for one in said if one)


def table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table without the columns that are empty throughout; nothing without lines."""
    rows = [[_cell(text) for text in line] for line in lines]
    kept = [i for i in range(len(header)) if any(row[i] for row in rows)]
    marks = ["---"] * len(header)
    found = [[cells[i] for i in kept] for cells in ([*header], marks, *rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in found) if rows else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")


def sources(title: str, keys: Iterable[str]) -> str:
    """Return a section of all sources, each with its title, where to find it, what was read."""
    lines = [_source(key) for key in sorted({key for key in keys if key})]
    return f"{section(2, title)}\n\n{items(lines)}" if lines else ""


def _source(key: str) -> str:
    start = f'<a id="{key}"></a>**{key}**'
    known = references().get(key)
    if known is None:
        return start
    locator = f" `{known.locator}`" if known.locator.strip("-") else ""
    return f"{start} {known.title}.{locator} *{known.read}*"
