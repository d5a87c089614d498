"""`gep compute`: the main job."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Unpack

import click

from cli import options
from data_catalog.text import Language, Text

NOT_COMPUTED = Text("未计算", "not computed")
NO_VALUE = Text(
    "{service}：{count} 块宗地没有可用的输入数据，未计算：{ids}",
    "{service}: {count} parcels have no input to compute from: {ids}",
)
REMARK = Text("请注意", "note")
SHARE = Text(
    "价值的 {share:.0%} 依据凭记忆或估计的参数：{services}",
    "{share:.0%} of the value rests on recalled or estimated rows: {services}",
)
NO_SEEA = Text("没有写出的 SEEA 表：{tables}", "SEEA tables not written: {tables}")
SHOWN = 5
"""Ids listed in a line; all are in the manifest."""
INCOMPLETE = 3


@click.command()
@options.project
@options.standards
@options.running
@options.as_json
@options.lang
def compute(
    project: Path, *, standards: tuple[str, ...], as_json: bool, lang: Language,
    **given: Unpack[options.Running],
) -> int:  # fmt: skip
    """Compute PROJECT into a run folder: account, parcels, carbon, maps, receipt, manifest."""
    from cli.accounts import accounts_of
    from cli.progress import progress_bar
    from tiles.compute import compute as run
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    how = How(
        tile=given["tile"] or wanted.project.tile,
        workers=given["workers"],
        scheduler=given["scheduler"],
    )
    with progress_bar(wanted.project.name, shown=not given["quiet"]) as report:
        manifest = run(
            wanted, accounts_of(wanted, standards), given["out"], how,
            resume=given["resume"], overwrite=given["overwrite"], report=report,
        )  # fmt: skip
    if as_json:
        click.echo(json.dumps(manifest, ensure_ascii=False))
    else:
        _tell(manifest, lang)
        click.echo(str(given["out"]))
    return INCOMPLETE if manifest.get("parcels_not_computed") else 0


def _tell(manifest: dict[str, Any], lang: Language) -> None:
    """Say what was not computed, and why; under which standard, where there are several."""
    from cli.labels import listed

    others = manifest.get("other_standards", {})
    sections = {manifest["standard"] if others else "": manifest, **others}
    for name, section in sections.items():
        under = f" ({name})" if name else ""
        reasons: dict[str, list[str]] = {}
        for record in (*section["not_computed"], *section.get("services_not_computed", ())):
            reasons.setdefault(record[f"reason_{lang}"], []).append(record[f"title_{lang}"])
        for reason, titles in reasons.items():
            click.echo(f"{NOT_COMPUTED[lang]}{under}: {listed(titles, lang)}: {reason}", err=True)
        for text in _remarks(section, lang):
            click.echo(f"{REMARK[lang]}{under}: {text}", err=True)
        if unwritten := section.get("seea_not_written"):
            why = [f"{r['file']} ({r[f'reason_{lang}'].rstrip('.。')})" for r in unwritten]
            said = NO_SEEA[lang].format(tables=("；" if lang == "zh" else "; ").join(why))
            click.echo(f"{said}{under}", err=True)
    for record in manifest.get("parcels_not_computed", ()):
        ids = record["parcels"]
        shown = ", ".join(ids[:SHOWN]) + (" ..." if len(ids) > SHOWN else "")
        said = NO_VALUE[lang].format(service=record["service"], count=len(ids), ids=shown)
        click.echo(said, err=True)


def _remarks(section: dict[str, Any], lang: Language) -> Iterator[str]:
    """Yield what must be read beside the values of one standard."""
    from cli.labels import listed

    yield from (remark[lang] for remark in section.get("remarks", ()))
    for guard in section.get("guards", ()):
        if guard["outcome"] == "warned":
            yield guard[f"found_{lang}"]
    share = section.get("doubtful_share")
    if share:
        parts = [
            f"{s[f'title_{lang}']} {s['doubtful_share']:.0%}"
            for s in section["services"]
            if s["doubtful_share"]
        ]
        yield SHARE[lang].format(share=share, services=listed(parts, lang))
