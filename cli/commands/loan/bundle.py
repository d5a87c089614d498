"""`gep loan bundle`: small holdings that carry the fixed costs together."""

from pathlib import Path

import click

from cli import options
from data_catalog.text import Language


@click.command()
@click.argument("valuation", type=options.PATH)
@click.argument("holdings", type=options.PATH)
@options.as_json
@options.lang
def bundle(valuation: Path, holdings: Path, *, as_json: bool, lang: Language) -> None:
    """Show what HOLDINGS (.csv: holding, area_mu) are worth alone and together, as in VALUATION."""
    from cli.bundle_tables import bundle_record, show_bundle
    from cli.terminal import show_json
    from lending.stress.holdings import bundled, read_holdings
    from lending.stress.of_valuation import read_valuation

    of = read_valuation(valuation)
    found = bundled(of.inputs, read_holdings(holdings))
    if as_json:
        show_json(bundle_record(of, found))
    else:
        show_bundle(of, found, lang)
