"""`gep compute`: the main job."""

import json
from pathlib import Path

import click

from cli import options
from data_catalog.text import Language, Text

NOT_COMPUTED = Text("未计算", "not computed")


@click.command()
@options.project
@options.out
@options.workers
@options.scheduler
@options.tile
@options.resume
@options.overwrite
@options.quiet
@options.as_json
@options.lang
def compute(
    project: Path,
    out: Path,
    workers: int,
    scheduler: str,
    tile: int | None,
    *,
    resume: bool,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
    lang: Language,
) -> int:
    """Compute PROJECT into a run folder: account, parcels, carbon, maps, receipt, manifest."""
    from cli.accounts import accounts_of
    from cli.progress import progress_bar
    from tiles.compute import compute as run
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    how = How(tile=tile or wanted.project.tile, workers=workers, scheduler=scheduler)
    with progress_bar(wanted.project.name, shown=not quiet) as report:
        manifest = run(
            wanted, accounts_of(wanted), out, how, resume=resume, overwrite=overwrite, report=report
        )
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False))
        return 0
    for record in manifest["not_computed"]:
        click.echo(
            f"{NOT_COMPUTED[lang]}: {record['account']}: {record[f'reason_{lang}']}", err=True
        )
    click.echo(str(out))
    return 0
