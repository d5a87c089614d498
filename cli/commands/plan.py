"""`gep plan`: grid, tiles, bytes, memory, disk and time, before anything runs."""

import json
from pathlib import Path

import click

from cli import options
from data_catalog.text import Language, Text

MEGABYTE = 1 << 20
LINES = (
    ("crs", Text("坐标系", "CRS"), "{}"),
    ("rows", Text("行", "rows"), "{}"),
    ("cols", Text("列", "columns"), "{}"),
    ("cell_m", Text("像元（m）", "cell (m)"), "{:.4g}"),
    ("parcels", Text("宗地", "parcels"), "{}"),
    ("tiles", Text("分块", "tiles"), "{}"),
    ("read_bytes", Text("读取（MB）", "to read (MB)"), "{:.1f}"),
    ("memory_bytes", Text("内存（MB）", "memory (MB)"), "{:.0f}"),
    ("disk_bytes", Text("磁盘（MB）", "disk (MB)"), "{:.1f}"),
    ("free_bytes", Text("可用磁盘（MB）", "free disk (MB)"), "{:.0f}"),
    ("seconds", Text("分块用时（s，抽样实测）", "time of the tiles (s, from a sample)"), "{:.1f}"),
)


@click.command()
@options.project
@options.workers
@options.tile
@options.as_json
@options.lang
def plan(project: Path, workers: int, tile: int | None, *, as_json: bool, lang: Language) -> int:
    """Say what computing PROJECT would take, having computed a few of its tiles."""
    from cli.accounts import accounts_of
    from tiles.plan import plan as planned
    from tiles.project import read_project
    from tiles.run import How

    wanted = read_project(project)
    how = How(tile=tile or wanted.project.tile, workers=workers)
    record = planned(wanted, accounts_of(wanted), how).record()
    if as_json:
        click.echo(json.dumps(record, ensure_ascii=False))
        return 0
    for key, label, form in LINES:
        value = record[key] / MEGABYTE if key.endswith("_bytes") else record[key]
        click.echo(f"{label[lang]}: {form.format(value)}")
    for refused in record["not_computed"]:
        click.echo(f"- {refused[f'title_{lang}']}: {refused[f'reason_{lang}']}")
    return 0
