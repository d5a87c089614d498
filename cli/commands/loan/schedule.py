"""`gep loan schedule`: what is due when, and whether the income pays it."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from cli import options
from cli.language import chosen_language
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.loans.terms import Frequency, Repayment

NO_NUMBER = Text("“{value}”不是数。", "{value!r} is no number.")


class Given(TypedDict):
    """The options that are a loan's terms."""

    amount: Decimal
    rate: Decimal
    drawn: date
    instalments: int
    every: "Frequency"
    repayment: "Repayment"
    grace: int
    day_count: str
    first_due: date | None


DAY = click.DateTime(formats=["%Y-%m-%d"])


def exact(_: click.Context, __: click.Parameter, value: str) -> Decimal:
    """Return a number as it is written, nothing rounded."""
    try:
        return Decimal(value)
    except InvalidOperation as error:
        raise click.BadParameter(NO_NUMBER[chosen_language()].format(value=value)) from error


def _day(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@click.command()
@click.option("--amount", metavar="NUMBER", callback=exact, required=True, help="The loan, CNY.")
@click.option(
    "--rate",
    metavar="NUMBER",
    callback=exact,
    required=True,
    help="Interest a year as a fraction, such as 0.0435.",
)
@click.option(
    "--drawn",
    type=DAY,
    metavar="YYYY-MM-DD",
    callback=_day,
    required=True,
    help="The day from which interest runs.",
)
@click.option(
    "--instalments", type=click.IntRange(min=1), required=True, help="Number of due dates."
)
@click.option(
    "--every",
    type=click.Choice(["monthly", "quarterly", "yearly"]),
    default="monthly",
    show_default=True,
    help="Time between two due dates.",
)
@click.option(
    "--repayment",
    type=click.Choice(["annuity", "equal-principal", "bullet"]),
    default="annuity",
    show_default=True,
    help="Equal payments, equal principal, or all principal at the end.",
)
@click.option(
    "--grace", type=click.IntRange(min=0), default=0, help="First due dates with interest alone."
)
@click.option(
    "--day-count",
    type=click.Choice(["30/360", "actual/360", "actual/365", "actual/actual"]),
    default="30/360",
    show_default=True,
    help="How days count as parts of a year.",
)
@click.option(
    "--first-due",
    type=DAY,
    metavar="YYYY-MM-DD",
    callback=_day,
    help="By default one period after the loan is drawn.",
)
@click.option(
    "--income",
    type=options.PATH,
    help="Table (.csv) of expected income: date, amount, and kind (carbon or other).",
)
@click.option(
    "--tenure-end",
    type=DAY,
    metavar="YYYY-MM-DD",
    callback=_day,
    help="Last day of the right that secures the loan.",
)
@options.as_json
@options.lang
def schedule(
    income: Path | None,
    tenure_end: date | None,
    *,
    as_json: bool,
    lang: Language,
    **given: Unpack[Given],
) -> None:
    """Print the instalments of a loan, and whether the expected income pays them."""
    from cli.loan_tables import schedule_record, show_schedule
    from cli.terminal import show_json
    from lending.loans.income_cover import income_cover
    from lending.loans.receipts import read_receipts
    from lending.loans.schedule import check_tenure
    from lending.loans.schedule import schedule as instalments
    from lending.loans.terms import Terms

    made = instalments(Terms(**given))
    if tenure_end is not None:
        check_tenure(made, tenure_end)
    cover = income_cover(made, read_receipts(income), tenure_end) if income else None
    if as_json:
        show_json(schedule_record(made, cover))
    else:
        show_schedule(made, cover, lang)
