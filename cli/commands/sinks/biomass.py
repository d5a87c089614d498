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
TOTAL = Text(
    "{parcels} 块宗地，{area_ha:,.1f} ha，其中 {applicable_share:.1%} 在适用域内：地上生物量 "
    "{biomass_t_dm:,.0f} t_dm，标准误 {se_t_dm:,.0f} t_dm（其中模型 "
    "{se_of_model_t_dm:,.0f} t_dm）。",
    "{parcels} parcels, {area_ha:,.1f} ha, {applicable_share:.1%} of it inside the area of "
    "applicability: above-ground biomass {biomass_t_dm:,.0f} t_dm, standard error {se_t_dm:,.0f} "
    "t_dm (of the model: {se_of_model_t_dm:,.0f} t_dm).",
)
PARCELS = Text("宗地合计", "All parcels")
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
@click.option(
    "--parcels", type=options.PATH, help="Polygons whose biomass and its error are wanted, too."
)
@click.option(
    "--id", "id_", metavar="NAME", default="parcel_id", show_default=True,
    help="The column of the parcels' ids.",
)  # fmt: skip
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
    parcels: Path | None,
    id_: str,
    workers: int,
    tile: int | None,
    overwrite: bool,
    as_json: bool,
    lang: Language,
) -> int:
    """Learn above-ground biomass from PLOTS and features, check it by blocks, and map it."""
    from cli.terminal import show_json
    from sinks.satellite.biomass.making import make
    from sinks.satellite.biomass.parcels import read_polygons
    from tiles.project import Account

    size = tile or Account.model_fields["tile"].default
    ground = None if parcels is None else read_polygons(parcels, id_)
    made = make(
        plots, features, out, tile=size, workers=workers, overwrite=overwrite, parcels=ground
    )
    total = None if made.parcels is None else made.parcels.total()
    if as_json:
        show_json({"folder": str(out), "card": made.card, "parcels": total})
        return 0
    _show(made.card, lang)
    if total is not None:
        _show_total(total, lang)
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


def _show_total(total: dict[str, float], lang: Language) -> None:
    from cli.terminal import show, show_heading

    show_heading(PARCELS[lang])
    show(TOTAL[lang].format(**total))
