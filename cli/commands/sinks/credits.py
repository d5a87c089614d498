"""`gep sinks credits`: from a change of carbon to what may be issued under a methodology."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from sinks.credits.claim import Claim

NEEDS = Text(
    "须给出 {missing}。方法学见 gep sinks credits --list。",
    "{missing} must be given. `gep sinks credits --list` lists the methodologies.",
)
WRITTEN = Text("已写入 {}", "written: {}")


@click.command()
@click.argument("path", type=options.PATH, required=False)
@click.option(
    "--methodology", metavar="ID", help="A methodology of --list, or a TOML file of your own."
)
@click.option(
    "--project",
    type=options.PATH,
    help="Facts of the crediting project (.toml): dates, parcels, baseline, leakage, risks.",
)
@click.option(
    "--kind",
    type=click.Choice(["ex_ante", "monitored"]),
    help="By default paths of stock are ex ante, runs and tables of changes monitored.",
)
@click.option("--yearly", is_flag=True, help="Cut periods of several years into calendar years.")
@click.option("--out", type=options.PATH, help="The folder to write the claim into.")
@click.option("--overwrite", is_flag=True, help="Replace the claim in the folder.")
@click.option("--list", "listing", is_flag=True, help="List the methodologies.")
@click.option("--show", "shown", metavar="ID", help="Show a methodology: rules, terms, numbers.")
@options.as_json
@options.lang
def credits(  # noqa: A001  (the command's name)
    path: Path | None, *, methodology: str | None, project: Path | None, kind: str | None,
    yearly: bool, out: Path | None, overwrite: bool, listing: bool, shown: str | None,
    as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Compute the credits of PATH: a run folder, paths of stock, or a table of changes."""
    if listing or shown:
        _methodologies(shown, as_json=as_json, lang=lang)
        return
    if path is None or methodology is None:
        raise _usage("PATH" if path is None else "--methodology", lang)
    from sinks.credits.claim import Asked, claim
    from sinks.credits.claim_files import write_claim

    asked = Asked(path=path, methodology=methodology, project=project, kind=kind or "",
                  yearly=yearly)  # fmt: skip
    found = claim(asked)
    if out is not None:
        write_claim(found, out, overwrite=overwrite)
    _show(found, as_json=as_json, lang=lang)
    if out is not None:
        click.echo(WRITTEN[lang].format(out), err=True)


def _usage(missing: str, lang: Language) -> click.UsageError:
    return click.UsageError(NEEDS[lang].format(missing=missing))


def _methodologies(shown: str | None, *, as_json: bool, lang: Language) -> None:
    from cli.methodology_tables import methodology_record, show_methodologies, show_methodology
    from cli.terminal import show_json
    from data_catalog.methodologies import bundled, methodology

    if shown is not None:
        one = methodology(shown)
        if as_json:
            show_json(methodology_record(one))
        else:
            show_methodology(one, lang)
    elif as_json:
        show_json([methodology_record(one) for one in bundled().values()])
    else:
        show_methodologies(bundled().values(), lang)


def _show(found: "Claim", *, as_json: bool, lang: Language) -> None:
    from cli.credit_tables import show_claim
    from cli.terminal import show_json
    from sinks.credits.claim_files import claim_record

    if as_json:
        show_json(claim_record(found))
    else:
        show_claim(found, lang)
