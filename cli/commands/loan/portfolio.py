"""`gep loan portfolio`: what many loans weigh on one place, and what they can lose together."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lending.stress.copula import Numbers
    from lending.stress.loan_table import LoanRow
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
    "--carbon", type=options.PATH,
    help="A run folder, or paths or changes of carbon: the loans' security errs as the tonnes do.",
)  # fmt: skip
@click.option(
    "--disturbances", type=options.PATH,
    help="What strikes near forests together (.toml, see `gep loan example`).",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(min=100), default=20_000, show_default=True,
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
    carbon: Path | None, disturbances: Path | None, draws: int, seed: int, as_json: bool,
    lang: Language,
) -> None:  # fmt: skip
    """Show what the loans of a table (LOANS, .csv) are concentrated in, and what they can lose."""
    if (factor is None) != (not levels):
        raise click.UsageError(NO_LEVEL[lang])
    from cli.portfolio_tables import Portfolio, portfolio_record, show_portfolio
    from cli.terminal import show_json
    from lending.policy.reading import read_policy
    from lending.stress.concentration import concentrations, over_limits
    from lending.stress.loan_table import borrowed, limits_of, positions, read_loans
    from lending.stress.losses import loss_distribution
    from lending.stress.security_draws import spread

    rows = read_loans(loans)
    limits = limits_of(read_policy(policy)) if policy else {}
    by = concentrations(positions(rows))
    over = tuple(over_limits(by, limits))
    security = _security(rows, carbon, disturbances, draws=draws, seed=seed)
    losses: Losses | None = None
    if factor is not None:
        losses = loss_distribution(
            borrowed(rows), factor, draws=draws, seed=seed, security=security
        )
    found = Portfolio(
        rows=rows, by=by, over=over, limits=limits, losses=losses, levels=levels,
        spread=None if security is None else spread(security),
    )  # fmt: skip
    if as_json:
        show_json(portfolio_record(found))
    else:
        show_portfolio(found, lang)


def _security(
    rows: "Sequence[LoanRow]", carbon: Path | None, disturbances: Path | None, *, draws: int,
    seed: int,
) -> "Numbers | None":  # fmt: skip
    """Return lending values in draws; None where nothing moves them."""
    if carbon is None and disturbances is None:
        return None
    from lending.stress.disturbance import read_disturbances
    from lending.stress.security_draws import security_draws
    from lending.valuation.carbon_draws import carbon_of

    return security_draws(
        rows, carbon_of(carbon) if carbon else None,
        read_disturbances(disturbances) if disturbances else (), draws=draws, seed=seed,
    )  # fmt: skip
