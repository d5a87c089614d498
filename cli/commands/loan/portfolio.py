"""`gep loan portfolio`: what many loans weigh on one place, and what they can lose together."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.stress.losses import Losses

NO_LEVEL = Text("--factor 与 --level 须同时给出。", "--factor and --level go together.")


@click.command()
@click.argument("loans", type=options.PATH)
@click.option("--policy", type=options.PATH, help="The bank's policy (.toml): limits to check.")
@click.option(
    "--factor", type=click.FloatRange(0, 1, max_open=True),
    help="Correlation of what is behind the defaults; 0 for none.",
)  # fmt: skip
@click.option(
    "--level", "levels", type=click.FloatRange(0, 1, min_open=True, max_open=True), multiple=True,
    help="Probability with which a loss is not exceeded, such as 0.99.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(min=100), default=100_000, show_default=True,
    help="Number of random draws.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True,
    help="The same seed gives the same draws.",
)  # fmt: skip
@options.as_json
@options.lang
def portfolio(
    loans: Path, *, policy: Path | None, factor: float | None, levels: tuple[float, ...],
    draws: int, seed: int, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Show what the loans of a table (LOANS, .csv) are concentrated in, and what they can lose."""
    if (factor is None) != (not levels):
        raise click.UsageError(NO_LEVEL[lang])
    from cli.portfolio_tables import portfolio_record, show_portfolio
    from cli.terminal import show_json
    from lending.policy.reading import read_policy
    from lending.stress.concentration import concentrations, over_limits
    from lending.stress.loan_table import borrowed, limits_of, positions, read_loans
    from lending.stress.losses import loss_distribution

    rows = read_loans(loans)
    limits = limits_of(read_policy(policy)) if policy else {}
    by = concentrations(positions(rows))
    over = list(over_limits(by, limits))
    losses: Losses | None = None
    if factor is not None:
        losses = loss_distribution(borrowed(rows), factor, draws=draws, seed=seed)
    if as_json:
        show_json(portfolio_record(rows, by, over, losses, levels, limits))
    else:
        show_portfolio(rows, by, over, losses, levels, lang, limits=limits)
