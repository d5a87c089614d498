"""`gep loan early` and `late`: what is due when a borrower does not keep to the schedule."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from cli import options
from cli.commands.loan.schedule import DAY, day_of, exact
from data_catalog.text import Language


@click.command()
@click.argument("contract", type=options.PATH)
@click.option(
    "--on", type=DAY, metavar="YYYY-MM-DD", callback=day_of, required=True,
    help="The day of the early repayment; instalments due by then are paid.",
)  # fmt: skip
@click.option(
    "--principal", metavar="NUMBER", callback=exact,
    help="Principal paid back on top of them, CNY; by default all that is left.",
)  # fmt: skip
@options.as_json
@options.lang
def early(
    contract: Path, *, on: date, principal: Decimal | None, as_json: bool, lang: Language
) -> None:
    """Show what an early repayment of the loan of CONTRACT costs, and the schedule after it."""
    from cli.repaying_tables import early_record, show_early
    from cli.terminal import show_json
    from lending.loans.contract import read_contract
    from lending.loans.early_and_late import repay_early

    of = read_contract(contract)
    made = of.schedule()
    paid = made.balance(on) if principal is None else principal
    found = repay_early(made, on, paid, of.fee())
    if as_json:
        show_json(early_record(found))
    else:
        show_early(of, found, lang)


@click.command()
@click.argument("contract", type=options.PATH)
@click.option(
    "--due", type=DAY, metavar="YYYY-MM-DD", callback=day_of, required=True,
    help="A due date of the schedule.",
)  # fmt: skip
@click.option(
    "--paid", type=DAY, metavar="YYYY-MM-DD", callback=day_of, required=True,
    help="The day on which it is paid.",
)  # fmt: skip
@click.option(
    "--overdue", metavar="NUMBER", callback=exact,
    help="What was not paid, CNY; by default the whole instalment.",
)  # fmt: skip
@options.as_json
@options.lang
def late(
    contract: Path, *, due: date, paid: date, overdue: Decimal | None, as_json: bool,
    lang: Language,
) -> None:  # fmt: skip
    """Show the penalty interest of an instalment of the loan of CONTRACT that is paid late."""
    from cli.repaying_tables import late_record, show_late
    from cli.terminal import show_json
    from lending.loans.contract import read_contract
    from lending.loans.early_and_late import pay_late

    of = read_contract(contract)
    found = pay_late(of.schedule(), due, paid, of.surcharge(), overdue)
    if as_json:
        show_json(late_record(found))
    else:
        show_late(of, found, lang)
