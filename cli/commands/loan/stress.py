"""`gep loan stress`: what a loan's security is worth when things go wrong."""

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from cli import options
from cli.commands.loan.schedule import exact
from cli.language import chosen_language
from data_catalog.text import Language, Text

NO_SHARE = Text("“{value}”应写作 名称=比例，如 fire=0.25。",
                "{value!r} must be a name and a share, such as fire=0.25.")  # fmt: skip


def _shares(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Decimal]:
    found = {}
    for value in values:
        name, _sign, share = value.partition("=")
        try:
            found[name] = Decimal(share)
        except InvalidOperation as error:
            said = NO_SHARE[chosen_language()].format(value=value)
            raise click.BadParameter(said) from error
    return found


@click.command()
@click.argument("valuation", type=options.PATH)
@click.option(
    "--loan", "amount", metavar="NUMBER", callback=exact, required=True,
    help="Secured principal, CNY.",
)  # fmt: skip
@click.option(
    "--scenario", "names", metavar="ID", multiple=True,
    help="Instead of all; several joined by + strike together, such as price-2025+area-25.",
)  # fmt: skip
@click.option(
    "--loss", "losses", metavar="ID=SHARE", multiple=True, callback=_shares,
    help="Share of the exposed area that a scenario takes, such as fire=0.25.",
)  # fmt: skip
@click.option(
    "--share", "shares", metavar="SPECIES=SHARE", multiple=True, callback=_shares,
    help="Share of the area that is of a species, such as pine=0.6.",
)  # fmt: skip
@options.as_json
@options.lang
def stress(
    valuation: Path, *, amount: Decimal, names: tuple[str, ...], losses: dict[str, Decimal],
    shares: dict[str, Decimal], as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Value VALUATION (a valuation file) anew in each scenario, and say where the loan stands."""
    from cli.stress_tables import show_stress, stress_record
    from cli.terminal import show_json
    from lending.stress.of_valuation import cases_of, open_cases, read_valuation
    from lending.stress.of_valuation import stress as stressed

    ready, lacking = open_cases(losses, shares)
    of = read_valuation(valuation)
    outcomes = stressed(of, amount, cases_of(names or ready, losses, shares))
    left_out = {} if names else lacking
    if as_json:
        show_json(stress_record(of, amount, outcomes))
    else:
        show_stress(of, amount, outcomes, left_out, lang)
