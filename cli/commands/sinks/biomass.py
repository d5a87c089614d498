"""`gep sinks biomass`: a map of above-ground biomass from plots and what a satellite sees."""

from pathlib import Path
from typing import Any

import click

from cli import options
from data_catalog.text import Language, Text

TITLE = Text("地上生物量模型：{name}（{year} 年）", "Above-ground biomass model: {name}, {year}")
CLASSES = Text("按实测生物量分级的偏差（t_dm/ha）", "Bias by class of observed biomass (t_dm/ha)")
HEADER = (
    Text("生物量", "biomass"), Text("样地数", "plots"), Text("实测均值", "observed"),
    Text("预测均值", "predicted"), Text("偏差", "bias"), Text("均方根误差", "RMSE"),
)  # fmt: skip
FIGURES = (Text("项目", "of"), Text("结果", "result"))
NOTICES = Text("使用前须知", "Before the map is used")
WRITTEN = Text(
    "已写入 {out}：生物量及其区间、标准误和适用域的地图，训练表 training.csv，模型卡 "
    "model_card.zh.md。",
    "written to {out}: maps of biomass, its interval, standard error and area of applicability, "
    "the training table training.csv, and the card model_card.md.",
)


@click.command()
@click.argument("plots", type=options.PATH)
@click.option(
    "--features", type=options.PATH, required=True,
    help="The TOML file that declares the plots' columns, blocks and features.",
)  # fmt: skip
@click.option("--out", type=options.PATH, required=True, help="The folder to write.")
@options.workers
@options.tile
@click.option("--overwrite", is_flag=True, help="Replace an earlier folder.")
@options.as_json
@options.lang
def biomass(
    plots: Path,
    *,
    features: Path,
    out: Path,
    workers: int,
    tile: int | None,
    overwrite: bool,
    as_json: bool,
    lang: Language,
) -> int:
    """Learn above-ground biomass from PLOTS and features, check it by blocks, and map it."""
    from cli.terminal import show_json
    from sinks.satellite.biomass.making import make
    from tiles.project import Account

    size = tile or Account.model_fields["tile"].default
    made = make(plots, features, out, tile=size, workers=workers, overwrite=overwrite)
    if as_json:
        show_json({"folder": str(out), "card": made.card})
        return 0
    _show(made.card, lang)
    click.echo(WRITTEN[lang].format(out=out), err=True)
    return 0


def _show(card: dict[str, Any], lang: Language) -> None:
    from cli.terminal import show, show_heading, show_table, show_title
    from sinks.satellite.biomass.card_text import class_cells, main_lines

    show_title(TITLE[lang].format(name=card["name"], year=card["year"]))
    show_table([label[lang] for label in FIGURES], main_lines(card, lang))
    show_heading(CLASSES[lang])
    rows = class_cells(card["by_observed_class"])
    show_table([label[lang] for label in HEADER], rows, right=range(1, len(HEADER)))
    if card["notices"]:
        show_heading(NOTICES[lang])
        for notice in card["notices"]:
            show(f"- {notice[lang]}")
