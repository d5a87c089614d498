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
NOTHING = Decimal(0)
WHAT_LOAN = Text("须给出 --loan 或 --contract 之一。", "give either --loan or --contract.")
NO_NAMES = Text("--combine 须同时给出 --scenario。", "--combine needs --scenario.")


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
@click.option("--loan", "amount", metavar="NUMBER", callback=exact, help="Secured principal, CNY.")
@click.option(
    "--contract", type=options.PATH,
    help="The loan's contract (.toml) instead: what is owed, and whether the income pays it.",
)  # fmt: skip
@click.option(
    "--scenario", "names", metavar="ID", multiple=True,
    help="Instead of all; several joined by + strike together, such as price-2025+area-25.",
)  # fmt: skip
@click.option(
    "--combine", is_flag=True,
    help="Besides the scenarios named, every two of them together, and all of them.",
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
    valuation: Path, *, amount: Decimal | None, contract: Path | None, names: tuple[str, ...],
    combine: bool, losses: dict[str, Decimal], shares: dict[str, Decimal], as_json: bool,
    lang: Language,
) -> None:  # fmt: skip
    """Value VALUATION (a valuation file) anew in each scenario, and say where the loan stands."""
    if (amount is None) == (contract is None):
        raise click.UsageError(WHAT_LOAN[lang])
    if combine and not names:
        raise click.UsageError(NO_NAMES[lang])
    from cli.stress_tables import show_stress, stress_record
    from cli.terminal import show_json
    from lending.loans.contract import read_contract
    from lending.stress.of_contract import checked_schedule
    from lending.stress.of_valuation import cases_of, combined_names, open_cases, read_valuation
    from lending.stress.of_valuation import stress as stressed

    ready, lacking = open_cases(losses, shares)
    of = read_valuation(valuation)
    made = checked_schedule(read_contract(contract)) if contract else None
    loan = made.balance(of.inputs.facts.base_date) if made else amount
    wanted = combined_names(names) if combine else names or ready
    outcomes = stressed(of, loan or NOTHING, cases_of(wanted, losses, shares), made)
    left_out = {} if names else lacking
    if as_json:
        show_json(stress_record(of, outcomes))
    else:
        show_stress(of, outcomes, left_out, lang)
