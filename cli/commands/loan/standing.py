"""`gep loan standing`: what secures a loan, where it is on the ladder, what restores it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from cli import options
from cli.commands.loan.schedule import DAY, day_of, exact
from data_catalog.text import Language

ON = click.option(
    "--on", type=DAY, metavar="YYYY-MM-DD", callback=day_of, help="The day; by default today."
)
"""The day on which a loan is looked at."""


def today() -> date:
    """Return the desk's own day."""
    return date.today()  # noqa: DTZ011


@click.command()
@click.argument("contract", type=options.PATH)
@click.option("--policy", type=options.PATH, required=True, help="The bank's policy, a TOML file.")
@ON
@click.option(
    "--last-value", metavar="NUMBER", callback=exact,
    help="Lending value of the rights at the last valuation, CNY: a fall climbs the ladder, too.",
)  # fmt: skip
@click.option("--top-up-missed", is_flag=True, help="A top-up was not made in time.")
@click.option("--in-default", is_flag=True, help="The loan is in default.")
@options.as_json
@options.lang
def standing(
    contract: Path, *, policy: Path, on: date | None, last_value: Decimal | None,
    top_up_missed: bool, in_default: bool, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Show what secures the loan of CONTRACT: coverage, LTV, top-up, release, expected loss."""
    from cli.standing_tables import show_standing, standing_record
    from cli.terminal import show_json
    from lending.loans.contract import read_contract
    from lending.loans.ladder import Ladder
    from lending.policy.reading import read_policy
    from lending.stress.of_contract import loan_standing

    of, rules = read_contract(contract), read_policy(policy)
    found = loan_standing(
        of, contract.parent, Ladder.of(rules), on or today(), last_value=last_value,
        top_up_missed=top_up_missed, in_default=in_default,
    )  # fmt: skip
    if as_json:
        show_json(standing_record(of, rules, found))
    else:
        show_standing(of, rules, found, lang)
