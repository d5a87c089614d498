"""A model on a page: its equation, where it comes from, its inputs with an example by hand."""

from collections.abc import Mapping
from decimal import Decimal

from cli.book.markdown import display, file_name, inline, link, sentences, table
from cli.book.words import GRID_INPUTS, HEAD, WORDS
from cli.explanation import PHYSICAL, ModelExplained
from cli.labels import key_title
from data_catalog.derived import ALTERNATIVES, DERIVED, Derived
from data_catalog.parameter_titles import parameter_title
from data_catalog.spec import ECOSYSTEM, Citation, Coefficients, Factor, Model
from data_catalog.text import Language
from gep.hand_example import Given, HandExample
from review.figures import unit

__all__ = ["PARAMETER", "cited", "equation", "inputs", "rounded", "worked"]

DIGITS = 8
"""Significant digits of what an example gives."""
LARGEST = 1e15
"""Above it a number is written with a power of ten."""
PARAMETER = "parameter-"
"""In front of a parameter's name where one links to it: models may be called alike."""
MODELLED = {model.makes for model in (*DERIVED, *ALTERNATIVES)}


def equation(model: Model, lang: Language, *said: str) -> str:
    """Return a model's equation, where it comes from, and what else is `said` of it."""
    reference = WORDS["reference"][lang].format(cited(model.source, lang))
    return f"{display(model.formula)}\n\n{sentences(lang, reference, *said)}"


def cited(source: Citation, lang: Language) -> str:
    """Return a source with the place in it, as a link to the list of sources."""
    key = link(source.key, f"#{source.key}") if source.key else ""
    if not (source.where and key):
        return key or source.where
    return WORDS["place"][lang].format(source=key, where=source.where)


def inputs(
    model: Model, explained: ModelExplained, example: HandExample | None, lang: Language
) -> str:
    """Return the table of a model's inputs, with the numbers of its example."""
    titles = {layer.name: layer.title for layer in explained.layers}
    titles |= {column.name: column.title for column in explained.columns}
    of_table = {used.name: used.table for used in explained.columns}
    grid = set(model.grid_layers()) if isinstance(model, Derived) else set()
    given: Mapping[str, Given] = example.given if example else {}
    lines = []
    for name, declared in model.inputs.items():
        number = _number(given[name], lang) if name in given else ""
        if isinstance(declared, Coefficients):
            where = _parameter(declared.table, "", lang)
            lines.append(("", WORDS["coefficients"][lang], "", where, number))
            continue
        if isinstance(declared, Factor):
            parameter = declared.table or name
            title, where = parameter_title(parameter), _parameter(parameter, declared.by, lang)
        elif name in of_table:
            words = WORDS["from_column"][lang]
            title, where = titles[name], words.format(table=of_table[name], name=name)
        elif name in grid:
            title, where = GRID_INPUTS[name], WORDS["from_grid"][lang]
        else:
            title, where = titles[name], _layer(name, lang, here=isinstance(model, Derived))
        units = unit(declared.units)[lang]
        lines.append((inline(declared.symbol), title[lang], units, where, number))
    header = [HEAD[h][lang] for h in ("symbol", "input", "units", "from", "example")]
    return table(header, lines)


def worked(example: HandExample, of: str, lang: Language, *, by_pixel: bool) -> str:
    """Return what the example gives."""
    key = WORDS["for_key"][lang].format(key_title(example.key, lang)) if example.key else ""
    total = f"{rounded(example.total)} {unit(example.total_units)[lang]}"
    if by_pixel:
        result = f"{rounded(example.result)} {unit(example.units)[lang]}"
        said = WORDS["by_hand_pixel"][lang].format(key=key, result=result, total=total)
    elif of:
        words = WORDS["by_hand_one" if example.of_nothing else "by_hand_value"]
        said = words[lang].format(key=key, of=of, total=total)
    else:
        said = WORDS["by_hand_row"][lang].format(key=key, total=total)
    supposed = any(given.supposed for given in example.given.values())
    return sentences(lang, said, WORDS["supposed_note"][lang] if supposed else "")


def rounded(value: float) -> str:
    """Return a number with its thousands apart and the digits that one checks."""
    short = f"{value:.{DIGITS}g}"
    if abs(value) >= LARGEST or 0 < abs(value) < 1 / LARGEST:
        digits, _, power = f"{value:.{DIGITS - 1}e}".partition("e")
        return f"{float(digits):g} × 10^{int(power)}"
    return f"{Decimal(short):,f}"


def _layer(name: str, lang: Language, *, here: bool) -> str:
    """Return what a layer is called, with a link to how it is modelled, on this page or another."""
    if name == PHYSICAL:
        return WORDS["from_amount"][lang]
    if name in MODELLED:
        page = "" if here else f"../{file_name('layers', lang)}"
        return WORDS["or_modelled"][lang].format(name, f"{page}#{name}")
    return WORDS["from_layer"][lang].format(name)


def _parameter(name: str, by: str | None, lang: Language) -> str:
    said = ""
    if by == ECOSYSTEM:
        said = WORDS["by_ecosystem"][lang]
    elif by:
        said = WORDS["by_column"][lang].format(by)
    parameter = link(f"`{name}`", f"#{PARAMETER}{name}")
    return WORDS["from_parameter"][lang].format(parameter=parameter, by=said)


def _number(given: Given, lang: Language) -> str:
    number = rounded(given.value)
    if given.supposed:
        return WORDS["supposed"][lang].format(number)
    return WORDS["of_set"][lang].format(number, given.row.set) if given.row else number
