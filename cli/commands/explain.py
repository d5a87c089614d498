"""`gep explain`: formula, inputs, parameters and sources of a service or a variable."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from gep.service import Service

KIND = Text("服务或变量", "service or variable")
PARAMETER = Text(
    "这是一个参数：请用 gep parameters {name} 查看。",
    "It is a parameter: see gep parameters {name}.",
)


@click.command()
@click.argument("name", metavar="SERVICE")
@options.standard
@click.option(
    "--all", "every", is_flag=True, help="All variants and valuations, chosen or not by STANDARD."
)
@options.as_json
@options.lang
def explain(name: str, standard: str, *, every: bool, as_json: bool, lang: Language) -> int:
    """Explain SERVICE, or a variable such as precipitation: where its numbers come from."""
    from cli.explanation import explain_service, explain_variable
    from cli.explanation_text import show_service, show_variable
    from cli.terminal import show_json
    from data_catalog.standards import standard as find_standard

    chosen = find_standard(standard, Path())
    service, variable = _found(name)
    if service is not None:
        explained = explain_service(service, chosen, every=every)
        if as_json:
            show_json(explained)
        else:
            show_service(explained, lang)
    else:
        found = explain_variable(variable, chosen)
        if as_json:
            show_json(found)
        else:
            show_variable(found, lang)
    return 0


def _found(name: str) -> "tuple[Service | None, str]":
    """Return the service, or the variable's name, by id or by title in either language.

    Raises
    ------
    UnknownNameError
        With the nearest names, in the language that was written.
    """
    from data_catalog.errors import UnknownNameError
    from data_catalog.names import suggestion
    from data_catalog.parameters import bundled
    from data_catalog.variables import variables
    from gep.services import services

    wanted = name.casefold()
    for service in services():
        if wanted in {service.id, service.title.zh, service.title.en.casefold()}:
            return service, ""
    for variable in variables().values():
        if wanted in {variable.name, variable.title.zh, variable.title.en.casefold()}:
            return None, variable.name
    titles = [s.title.zh for s in services()] + [v.title.zh for v in variables().values()]
    ids = [s.id for s in services()] + list(variables())
    hint = suggestion(name, ids if name.isascii() else titles)
    if name in bundled().names():
        hint = Text(PARAMETER.zh.format(name=name), PARAMETER.en.format(name=name))
    raise UnknownNameError(where="explain", kind=KIND, name=name, hint=hint)
