"""The page of the valuation's equations: by family, processes, dated prices, parameter rows."""

from cli.book.markdown import display, inline, page, section, sources, table
from cli.book.models import cited, equation
from cli.book.parameters import Read, parameter_section
from cli.book.words import DYNAMICS, HEAD, VALUATION, WORDS
from cli.labels import GRADES, number, titled
from data_catalog.spec import Citation, Column, Model
from data_catalog.text import Language
from lending.prices import PriceRow, price_rows
from lending.prices.processes import PROCESSES
from lending.valuation.forest import FORMULAS, SOURCE
from lending.valuation.input_titles import input_titles
from lending.valuation.models import FAMILIES, MODELS
from review.figures import unit

__all__ = ["valuation_page"]

READ = {
    "practice_ratio": "practice", "practice_multiple": "practice", "usual_carbon_yield": "gates",
    "yield_ratio": "gates", "tonnes_gap": "gates", "sensitivity_step": "sensitivity",
    "least_comparables": "comparable_price",
}  # fmt: skip


def valuation_page(lang: Language) -> str:
    """Return the page in one language."""
    parameters = {name: Read(by=[by], any_set=True) for name, by in READ.items()}
    rows = [row for name, read in parameters.items() for row in read.rows(name)]
    parts = [VALUATION["intro"][lang]]
    for title, models in FAMILIES:
        parts.append(section(2, title[lang]))
        for model in models:
            parts += _model(model, lang)
    parts += [*_forest(lang), *_processes(lang), *_prices(lang)]
    keys = [
        *(m.source.key for m in MODELS), SOURCE.key, *(r.source for r in rows),
        *(p.source.key for p in PROCESSES.values()), *(r.source for r in price_rows()),
    ]  # fmt: skip
    parts += [parameter_section(parameters, 2, lang), sources(WORDS["sources"][lang], keys)]
    return page("valuation_equations", VALUATION["title"][lang], lang, "", parts)


def _model(model: Model, lang: Language) -> list[str]:
    titles = input_titles()
    lines = [
        (inline(declared.symbol), titles[name][lang], unit(declared.units)[lang], f"`{name}`")
        for name, declared in model.inputs.items()
        if isinstance(declared, Column)
    ]
    gives = DYNAMICS["gives"][lang].format(unit(model.output.units)[lang])
    return [
        section(3, titled(model.title, f"`{model.id}`", lang), model.id),
        equation(model, lang, gives),
        table([HEAD[h][lang] for h in ("symbol", "input", "units", "from")], lines),
    ]


def _forest(lang: Language) -> list[str]:
    reference = WORDS["reference"][lang].format(cited(SOURCE, lang))
    parts = [section(2, VALUATION["forest"][lang]), reference]
    for name, (title, formula) in FORMULAS.items():
        parts += [section(3, titled(title, f"`{name}`", lang), name), display(formula)]
    return parts


def _processes(lang: Language) -> list[str]:
    parts = [section(2, VALUATION["processes"][lang])]
    for process in PROCESSES.values():
        reference = WORDS["reference"][lang].format(cited(process.source, lang))
        parts += [
            section(3, titled(process.title, f"`{process.id}`", lang), process.id),
            f"{display(process.formula)}\n\n{reference}",
        ]
    return parts


def _prices(lang: Language) -> list[str]:
    header = [VALUATION[h][lang] for h in ("market", "days", "price", "range", "sold")]
    header += [HEAD[h][lang] for h in ("source", "grade", "note")]
    return [
        section(2, VALUATION["prices"][lang], "prices"),
        table(header, [_price(row, lang) for row in price_rows()]),
    ]


def _price(row: PriceRow, lang: Language) -> tuple[str, ...]:
    days = {str(row.first_day): None, str(row.last_day): None}
    limits = " … ".join(number(limit) for limit in (row.low, row.high) if limit is not None)
    sold = " / ".join(number(t) for t in (row.sold, row.listed) if t is not None)
    source = cited(Citation(row.source, row.where), lang)
    return (row.market, " … ".join(days), number(row.price), limits, sold, source,
            GRADES[row.grade][lang], row.note)  # fmt: skip
