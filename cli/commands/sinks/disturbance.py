"""`gep sinks disturbance`: where and when forest was disturbed, from scenes and from alerts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    import geopandas as gpd

OVERVIEW = Text("{} 的干扰", "Disturbance of {}")
LOOKED = Text(
    "查看的面积 {:,.2f} ha，受干扰 {:,.2f} ha（最小制图单元 {:g} ha）",
    "Looked at {:,.2f} ha; disturbed: {:,.2f} ha (minimum mapping unit {:g} ha).",
)
KIND = Text("其中突发 {:,.2f} ha，渐变 {:,.2f} ha。", "Abrupt: {:,.2f} ha; gradual: {:,.2f} ha.")
BY_PERIOD = (
    Text("不早于", "not before"), Text("不晚于", "not after"),
    Text("受干扰面积（ha）", "disturbed (ha)"),
)  # fmt: skip
BY_SEVERITY = (Text("火烧强度", "burn severity"), Text("面积（ha）", "area (ha)"))
BY_SOURCE = (Text("来源", "source"), Text("预警数", "alerts"), Text("面积（ha）", "area (ha)"))
CHANGE = (Text("{} 至 {} 的森林变化", "forest change, {} to {}"), Text("面积（ha）", "area (ha)"))
ACCURACY = (
    Text("精度（留出检验的多边形）", "accuracy (polygons held out)"),
    Text("正确", "right"), Text("总数", "of"), Text("比例", "share"), Text("区间", "interval"),
)  # fmt: skip
KINDS = {
    "overall": Text("总体", "overall"),
    "users": Text("用户精度", "user's"),
    "producers": Text("制图精度", "producer's"),
}
PARCELS = Text(
    "{parcels} 块宗地中有 {disturbed} 块受干扰，共 {disturbed_ha:,.2f} ha。",
    "{disturbed} of {parcels} parcels are disturbed, {disturbed_ha:,.2f} ha together.",
)
FOLDER = Text("文件夹：{}", "folder: {}")
SEVERITIES = {
    "low": Text("低", "low"),
    "moderate_low": Text("中低", "moderate to low"),
    "moderate_high": Text("中高", "moderate to high"),
    "high": Text("高", "high"),
}


@click.command()
@click.argument("scenes", type=options.PATH)
@click.option("--out", type=options.PATH, required=True,
              help="The folder to write: maps, alerts, parcels, and what was done.")  # fmt: skip
@click.option("--parcels", "parcels_file", type=options.PATH, help="Parcels to tell it of.")
@click.option("--parcel-id", metavar="COLUMN", default="parcel_id", show_default=True,
              help="The column of the parcels' ids.")  # fmt: skip
@click.option("--parameters", "parameters_file", type=options.PATH,
              help="A table of rows that replace the toolkit's own.")  # fmt: skip
@options.tile
@options.overwrite
@options.as_json
@options.lang
def disturbance(
    scenes: Path,
    *,
    out: Path,
    parcels_file: Path | None,
    parcel_id: str,
    parameters_file: Path | None,
    tile: int | None,
    overwrite: bool,
    as_json: bool,
    lang: Language,
) -> int:
    """Find where, when and how strongly the forest of SCENES was disturbed."""
    from data_catalog.parameters import bundled, read_rows
    from sinks.satellite.disturbance.folder import check_folder, write_outcome
    from sinks.satellite.disturbance.outcome import disturbances
    from sinks.satellite.scenes.declared import read_scenes

    check_folder(out, overwrite=overwrite)
    parameters = bundled()
    if parameters_file is not None:
        parameters = parameters.with_rows(read_rows(parameters_file, parameters.names()))
    wanted = read_scenes(scenes)
    parcels = None if parcels_file is None else _parcels(parcels_file, parcel_id)
    outcome = disturbances(wanted, parameters, parcels, tile)
    write_outcome(outcome, out, overwrite=overwrite)
    if as_json:
        from cli.terminal import show_json

        show_json({"folder": str(out), **outcome.record})
    else:
        _show(outcome.record, out, lang)
    return 0


def _parcels(file: Path, column: str) -> "gpd.GeoDataFrame":
    from tiles.parcels import parcels_of
    from tiles.project import ParcelsEntry

    return parcels_of(file, ParcelsEntry(path=str(file), id=column)).frame


def _show(record: Mapping[str, Any], folder: Path, lang: Language) -> None:
    from cli.terminal import show, show_table, show_title

    show_title(OVERVIEW[lang].format(record["set"]))
    if "looked_ha" in record:
        numbers = (record["looked_ha"], record["disturbed_ha"], record["minimum_mapping_unit_ha"])
        show(LOOKED[lang].format(*numbers))
    if "abrupt_ha" in record:
        show(KIND[lang].format(record["abrupt_ha"], record["gradual_ha"]))
    for header, rows in _tables(record, lang):
        show()
        show_table(header, rows, right=range(1, len(header)))
    show()
    if "parcels" in record:
        show(PARCELS[lang].format(**record["parcels"]))
    for note in record["notes"]:
        show(note[lang])
    show(FOLDER[lang].format(folder))


def _tables(
    record: Mapping[str, Any], lang: Language
) -> Iterator[tuple[list[str], list[list[str]]]]:
    """Yield the header and rows of each table there is something for."""
    periods = record.get("disturbed_ha_by_period")
    if periods:
        rows = [[one["from"], one["to"], _ha(one["ha"])] for one in periods]
        yield _titles(BY_PERIOD, lang), rows
    severities = record.get("disturbed_ha_by_severity")
    if severities:
        rows = [[_severity(name, lang), _ha(a)] for name, a in severities.items()]
        yield _titles(BY_SEVERITY, lang), rows
    if record["alerts"]:
        yield (
            _titles(BY_SOURCE, lang),
            [[s, str(a["alerts"]), _ha(a["area_ha"])] for s, a in record["alerts"].items()],
        )
    change = record.get("forest_change")
    if change is not None:
        yield from _change_tables(change, lang)


def _change_tables(
    change: Mapping[str, Any], lang: Language
) -> Iterator[tuple[list[str], list[list[str]]]]:
    from sinks.satellite.disturbance.accuracy import CHANGES

    header = [CHANGE[0][lang].format(change["from"], change["to"]), CHANGE[1][lang]]
    yield header, [[CHANGES[name][lang], _ha(a)] for name, a in change["mapped_ha"].items()]
    rows = [
        [
            " · ".join(
                part[lang]
                for part in (KINDS[one["kind"]], CHANGES.get(one["class"]))
                if part is not None
            ),
            str(one["right"]),
            str(one["of"]),
            "-" if one["share"] is None else f"{one['share']:.1%}",
            "-" if one["low"] is None else f"{one['low']:.1%} - {one['high']:.1%}",
        ]
        for one in change["accuracy"]
    ]
    yield _titles(ACCURACY, lang), rows


def _titles(texts: tuple[Text, ...], lang: Language) -> list[str]:
    return [text[lang] for text in texts]


def _severity(name: str, lang: Language) -> str:
    return SEVERITIES[name][lang] if name in SEVERITIES else name


def _ha(area: float) -> str:
    return f"{area:,.2f}"
