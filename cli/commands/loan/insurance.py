"""`gep loan insurance`: what an index insurance pays, and what it does not cover."""

from decimal import Decimal
from pathlib import Path

import click

from cli import options
from cli.commands.loan.schedule import exact
from data_catalog.text import Language, Text

NO_LOSSES = Text("--above 须同时给出 --losses。", "--above needs --losses.")


@click.command()
@click.argument("insurance", type=options.PATH)
@click.option(
    "--losses", type=options.PATH,
    help="Table (.csv) of years or events: case, index, and loss in CNY.",
)  # fmt: skip
@click.option(
    "--above", metavar="NUMBER", callback=exact,
    help="Basis risk counts losses above this, CNY; by default above nothing.",
)  # fmt: skip
@options.as_json
@options.lang
def insurance(
    insurance: Path, *, losses: Path | None, above: Decimal | None, as_json: bool, lang: Language
) -> None:
    """Show what the contract INSURANCE (.toml) pays by its table, its gaps and its basis risk."""
    if above is not None and losses is None:
        raise click.UsageError(NO_LOSSES[lang])
    from cli.insurance_tables import insurance_record, show_insurance
    from cli.terminal import show_json
    from lending.stress.insurance_file import missed, past_cases, read_insurance

    of = read_insurance(insurance)
    policy = of.policy()
    cases = past_cases(losses, policy) if losses else []
    line = above or Decimal(0)
    risk = missed(cases, line) if cases else None
    if as_json:
        show_json(insurance_record(of, policy, cases, line, risk))
    else:
        show_insurance(of, policy, cases, line, risk, lang)
