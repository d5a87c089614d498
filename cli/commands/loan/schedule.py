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
    from lending.loans.schedule import Schedule
    from lending.loans.terms import Frequency, Repayment

NEEDED = {
    "amount": "--amount",
    "rate": "--rate",
    "drawn": "--drawn",
    "instalments": "--instalments",
}
NEEDS = Text(
    "须给出合同文件，或 {missing}。",
    "a contract is needed, or {missing}.",
)
EITHER = Text(
    "合同文件里已有贷款条件，不能再给出 {given}。",
    "the contract has the terms of the loan: do not give {given} beside it.",
)
NO_NUMBER = Text("“{value}”不是数。", "{value!r} is no number.")


class Given(TypedDict):
    """The options that are a loan's terms; None where they are not given."""

    amount: Decimal | None
    rate: Decimal | None
    drawn: date | None
    instalments: int | None
    every: "Frequency | None"
    repayment: "Repayment | None"
    grace: int | None
    day_count: str | None
    first_due: date | None


DAY = click.DateTime(formats=["%Y-%m-%d"])


def exact(_: click.Context, __: click.Parameter, value: str | None) -> Decimal | None:
    """Return a number as it is written, nothing rounded; None where none is given."""
    try:
        return None if value is None else Decimal(value)
    except InvalidOperation as error:
        raise click.BadParameter(NO_NUMBER[chosen_language()].format(value=value)) from error


def day_of(_: click.Context, __: click.Parameter, value: datetime | None) -> date | None:
    """Return the date alone."""
    return value.date() if value else None


@click.command()
@click.argument("contract", type=options.PATH, required=False)
@click.option("--amount", metavar="NUMBER", callback=exact, help="The loan, CNY.")
@click.option(
    "--rate", metavar="NUMBER", callback=exact,
    help="Interest a year as a fraction, such as 0.0435.",
)  # fmt: skip
@click.option(
    "--drawn", type=DAY, metavar="YYYY-MM-DD", callback=day_of,
    help="The day from which interest runs.",
)  # fmt: skip
@click.option("--instalments", type=click.IntRange(min=1), help="Number of due dates.")
@click.option(
    "--every", type=click.Choice(["monthly", "quarterly", "yearly"]),
    help="Time between two due dates; by default monthly.",
)  # fmt: skip
@click.option(
    "--repayment", type=click.Choice(["annuity", "equal-principal", "bullet"]),
    help="Equal payments (the default), equal principal, or all principal at the end.",
)  # fmt: skip
@click.option("--grace", type=click.IntRange(min=0), help="First due dates with interest alone.")
@click.option(
    "--day-count", type=click.Choice(["30/360", "actual/360", "actual/365", "actual/actual"]),
    help="How days count as parts of a year; by default 30/360.",
)  # fmt: skip
@click.option(
    "--first-due", type=DAY, metavar="YYYY-MM-DD", callback=day_of,
    help="By default one period after the loan is drawn.",
)  # fmt: skip
@click.option(
    "--income", type=options.PATH,
    help="Table (.csv) of expected income: date, amount, and kind (carbon or other).",
)  # fmt: skip
@click.option(
    "--tenure-end", type=DAY, metavar="YYYY-MM-DD", callback=day_of,
    help="Last day of the right that secures the loan.",
)  # fmt: skip
@options.as_json
@options.lang
def schedule(
    contract: Path | None, income: Path | None, tenure_end: date | None, *,
    as_json: bool, lang: Language, **given: Unpack[Given],
) -> None:  # fmt: skip
    """Print the instalments of a loan, and whether the expected income pays them.

    CONTRACT is the loan's contract (.toml, see `gep loan example`); or its terms are options.
    """
    from cli.loan_tables import schedule_record, show_schedule
    from cli.terminal import show_json
    from lending.loans.income_cover import income_cover
    from lending.loans.receipts import read_receipts

    if contract is not None:
        from lending.loans.contract import read_contract
        from lending.stress.of_contract import checked_schedule, cover_of

        _refuse(given, income, tenure_end, lang)
        of = read_contract(contract)
        made = checked_schedule(of)
        cover = cover_of(of, made, contract.parent)
    else:
        made = _of_options(given, tenure_end, lang)
        cover = income_cover(made, read_receipts(income), tenure_end) if income else None
    if as_json:
        show_json(schedule_record(made, cover))
    else:
        show_schedule(made, cover, lang)


def _of_options(given: Given, tenure_end: date | None, lang: Language) -> "Schedule":
    from lending.loans.schedule import check_tenure
    from lending.loans.schedule import schedule as instalments
    from lending.loans.terms import Terms

    known = {name: value for name, value in given.items() if value is not None}
    missing = [option for name, option in NEEDED.items() if name not in known]
    if missing:
        raise click.UsageError(NEEDS[lang].format(missing=", ".join(missing)))
    made = instalments(Terms(**known))  # type: ignore[arg-type]  # None alone is left out
    if tenure_end is not None:
        check_tenure(made, tenure_end)
    return made


def _refuse(given: Given, income: Path | None, tenure_end: date | None, lang: Language) -> None:
    beside = {**given, "income": income, "tenure_end": tenure_end}
    names = [f"--{name.replace('_', '-')}" for name, value in beside.items() if value is not None]
    if names:
        raise click.UsageError(EITHER[lang].format(given=", ".join(names)))
