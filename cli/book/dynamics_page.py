"""The page of carbon dynamics: equations by family, pools and flows of a stand, parameter rows."""

from collections.abc import Iterable

from cli.book.markdown import inline, link, page, section, sources, table
from cli.book.models import PARAMETER, equation
from cli.book.parameters import Read, parameter_section, parameters_of
from cli.book.words import DYNAMICS, HEAD, WORDS
from cli.labels import listed, titled
from data_catalog.parameter_titles import parameter_title
from data_catalog.parameters import bundled
from data_catalog.spec import Column, Factor, Layer, Model
from data_catalog.text import Language
from review.figures import unit
from sinks.dynamics import cbm
from sinks.dynamics.input_titles import input_titles
from sinks.dynamics.models import FAMILIES, MODELS
from sinks.dynamics.scheme import AIR, Flow, Scheme
from sinks.pools import POOLS

__all__ = ["dynamics_page"]

BAMBOO = "bamboo_board_share"
"""A parameter that a harvest's shares are read from, not an equation's."""
ON_STANDS = (
    "decay_rate", "decay_q10", "decay_share_to_air", "decay_reference_temperature",
    "slow_mixing_rate", "turnover_rate", "turnover_share", "root_equation",
    "root_equation_carbon_fraction", "fine_root_share",
    "disturbance_share", "hwp_half_life",
)  # fmt: skip
SCHEME = "cbm-softwood"


def dynamics_page(lang: Language) -> str:
    """Return the page in one language."""
    parameters = parameters_of(MODELS)
    parameters[BAMBOO] = Read(by=["harvest"], any_set=True)
    for name in ON_STANDS:
        parameters.setdefault(name, Read(any_set=True)).by.append("stand")
    rows = [row for name, read in parameters.items() for row in read.rows(name)]
    parts = [DYNAMICS["intro"][lang]]
    for title, models in FAMILIES:
        parts.append(section(2, title[lang]))
        for model in models:
            parts += _model(model, lang)
    parts += _stand(lang)
    parts += [
        parameter_section(parameters, 2, lang),
        sources(
            WORDS["sources"][lang], [*(m.source.key for m in MODELS), *(r.source for r in rows)]
        ),
    ]
    return page("carbon_dynamics", DYNAMICS["title"][lang], lang, "", parts)


def _model(model: Model, lang: Language) -> list[str]:
    note = model.note[lang]
    return [
        section(3, titled(model.title, f"`{model.id}`", lang), model.id),
        equation(model, lang, DYNAMICS["gives"][lang].format(unit(model.output.units)[lang])),
        _inputs(model, lang),
        WORDS["note"][lang].format(note) if note else "",
    ]


def _inputs(model: Model, lang: Language) -> str:
    lines = []
    for name, declared in model.inputs.items():
        if isinstance(declared, Factor):
            parameter = declared.table or name
            title = parameter_title(parameter)
            target = link(f"`{parameter}`", f"#{PARAMETER}{parameter}")
            where = WORDS["from_parameter"][lang].format(parameter=target, by="")
        elif isinstance(declared, Layer | Column):
            title, where = input_titles()[name], DYNAMICS["given"][lang].format(name)
        else:
            continue
        lines.append((inline(declared.symbol), title[lang], unit(declared.units)[lang], where))
    return table([HEAD[h][lang] for h in ("symbol", "input", "units", "from")], lines)


def _stand(lang: Language) -> list[str]:
    scheme = cbm.scheme(bundled(), SCHEME)
    pools = [
        (titled(pool.title, f"`{pool.id}`", lang), POOLS[pool.account][lang])
        for pool in scheme.all_pools()
    ]
    return [
        section(2, DYNAMICS["stand_title"][lang], "stand"),
        DYNAMICS["stand_intro"][lang],
        table([DYNAMICS["pool"][lang], DYNAMICS["counts_as"][lang]], pools),
        section(3, DYNAMICS["year"][lang]),
        DYNAMICS["year_intro"][lang],
        table(
            [DYNAMICS[h][lang] for h in ("step", "from_pool", "to_pool")],
            [line for step in scheme.steps for line in _step(step.title[lang], step.flows, scheme,
                                                             lang)],
        ),
        DYNAMICS["balance"][lang],
        DYNAMICS["oracle"][lang],
    ]  # fmt: skip


def _step(
    title: str, flows: Iterable[Flow], scheme: Scheme, lang: Language
) -> list[tuple[str, str, str]]:
    """Return a line per source pool of a step, and one for a step without flows."""
    names = {pool.id: pool.title[lang] for pool in scheme.all_pools()}
    sinks: dict[str, list[str]] = {}
    for flow in flows:
        to = DYNAMICS["air"][lang] if flow.sink in AIR else names[flow.sink]
        sinks.setdefault(names[flow.source], []).append(to)
    lines = [(title, source, listed(to, lang)) for source, to in sinks.items()]
    return lines or [(title, "", "")]
