"""A run folder as one HTML page: map, tables, methods, what is missing, where all came from.

The page holds everything it needs and opens from a folder without a network.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from data_catalog.classes import ecosystems
from data_catalog.parameter_titles import parameter_title
from data_catalog.parameters import GRADES as ORDER
from data_catalog.references import references
from data_catalog.tables import tables
from data_catalog.text import Language, Text
from data_catalog.units import conversion
from data_catalog.variables import find_variable
from gep.disclosure import DOUBTFUL
from gep.service import METHODS
from review.figures import figure, in_words, same, share, unit
from review.grades import GRADES
from review.overview import Overview, read_overview, text_of
from review.parcel_map import NO_COLOUR, ParcelMap, parcel_map
from review.refusals import Refusal, refusals
from review.summary import computed_of, standard_title
from review.table import Table
from review.tables import all_tables
from tiles.checkpoints import unwritable
from tiles.lineage import name_of

__all__ = ["FILE", "page", "write_page"]

FILE = "page.html"
NO_VALUE = Text("没有价值量", "no value")
GIVEN = Text("只依据项目自己的统计表", "the project's own tables alone")
SHARE_OF_VALUE = Text(
    "价值中依据估计或未核对参数的占比", "Share of the value on estimated or unchecked parameters"
)


def write_page(
    run: Path,
    language: Language = "zh",
    *,
    more: Iterable[Table] = (),
    warnings: Iterable[Text] = (),
    formula: Callable[[str], str] = str,
) -> Path:
    """Write a finished run's page into its folder, and return the page's path.

    Parameters
    ----------
    run : Path
        A finished run folder; nothing else is read.
    language : {"zh", "en"}
        The language the page opens in; it holds both.
    more : iterable of Table
        Tables beside those of the account, such as a comparison with published figures.
    warnings : iterable of Text
        What must be read before the numbers.
    formula : callable
        Turns the declarations' formulas, in LaTeX, into readable text.

    Raises
    ------
    RunError
        If the folder is no finished run.
    OutputError
        If the page cannot be written.
    """
    text = page(read_overview(run), language, more=more, warnings=warnings, formula=formula)
    target = run / FILE
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(run, error) from error
    return target


def page(
    overview: Overview,
    language: Language = "zh",
    *,
    more: Iterable[Table] = (),
    warnings: Iterable[Text] = (),
    formula: Callable[[str], str] = str,
) -> str:
    """Return the page's text; see `write_page`."""
    drawing = parcel_map(overview)
    manifest = overview.manifest
    return _template().render(
        language=language,
        overview=overview,
        manifest=manifest,
        project=manifest["project"]["project"],
        standard=text_of(manifest, "standard_title"),
        beside=[standard_title(section) for section in overview.others.values()],
        headline=headline(overview),
        warnings=[*warnings, *overview.remarks],
        map=drawing,
        map_record=_map_record(drawing),
        no_colour=NO_COLOUR,
        tables=[*all_tables(overview), *more],
        services=[_service(overview, s, formula) for s in overview.services],
        refusals=_refusals(overview),
        doubtful=_doubtful(overview),
        grades=GRADES,
        layers=[_layer(record) for record in overview.alignment],
        crs=manifest["grid"]["crs"],
    )


def _refusals(overview: Overview) -> list[tuple[Text, list[Refusal]]]:
    """Return what each of the run's standards does not get, the page's own standard first."""
    return [
        (standard_title(section), refusals(section))
        for section in (overview.manifest, *overview.others.values())
    ]


def headline(overview: Overview) -> list[tuple[Text, Text]]:
    """Return the few numbers that matter most, each with its label."""
    lines = [
        (Text("核算年", "Accounting year"), same(str(overview.year))),
        (Text("面积", "Area"), _area_words(overview.area_ha.sum())),
    ]
    if overview.services:
        lines.append((Text("GEP 合计", "GEP total"), in_words(overview.total, "CNY")))
        lines.append((Text("计算的服务", "Services computed"), computed_of(overview)))
    if len(overview.stock.columns):
        title = Text("森林碳储量", "Forest carbon stock")
        lines.append((title, in_words(overview.stock.sum().sum(), "t_C")))
    doubtful = overview.manifest.get("doubtful_share")
    if doubtful is not None:
        lines.append((SHARE_OF_VALUE, same(f"{share(doubtful)} %")))
    return lines


def _area_words(hectares: float) -> Text:
    """Return an area in km2 or ha, and in mu."""
    km2 = hectares * conversion("ha", "km**2")[0]
    mu = in_words(hectares * conversion("ha", "mu_area")[0], "mu", 1)
    metric = f"{figure(km2, 1)} km²" if km2 >= 1 else f"{figure(hectares)} ha"
    return Text(f"{metric}（{mu.zh}）", f"{metric} ({mu.en})")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": False}
    environment.globals |= {"text_of": text_of, "layer_title": _layer_title}
    return environment.get_template("page.html.j2")


def _map_record(drawing: ParcelMap) -> dict[str, Any]:
    """Return what the page's script needs to colour the map by another column."""
    return {
        "parcels": [{"id": o.parcel, "zh": o.name.zh, "en": o.name.en} for o in drawing.outlines],
        "themes": [
            {
                "zh": t.title.zh, "en": t.title.en, "unit_zh": t.unit.zh, "unit_en": t.unit.en,
                "figures": t.figures,
                "colours": [t.colour(i) for i in range(len(drawing.outlines))],
                "legend": [[c.colour, c.label] for c in t.legend],
            }
            for t in drawing.themes
        ],
    }  # fmt: skip


def _service(
    overview: Overview, record: Mapping[str, Any], formula: Callable[[str], str]
) -> dict[str, Any]:
    name = record["service"]
    whole = overview.row_of(name)
    given = {variant["table"] for variant in record["variants"] if variant.get("table")}
    return {
        "title": text_of(record, "title"),
        "id": name,
        "physical": text_of(record, "physical"),
        "amount": _known(whole["physical"], record["unit"]),
        "value": _known(whole["value"], "CNY") or NO_VALUE,
        "price_year": record["price_year"],
        "grade": GRADES.get(record["grade"], GIVEN),
        "doubtful": record["grade"] in DOUBTFUL,
        "counted": record["counted"],
        "note": text_of(record, "note"),
        "variants": [
            _model(m, given, formula) | {"classes": _class_titles(m["classes"])}
            for m in record["variants"]
        ],
        "valuations": [
            _model(m, given, formula) | {"method": METHODS.get(m["method"], same(m["method"]))}
            for m in record["valuations"]
        ],
    }


def _known(value: float, name: str) -> Text | None:
    return in_words(value, name) if math.isfinite(value) else None


def _model(
    record: Mapping[str, Any], of: Iterable[str], formula: Callable[[str], str]
) -> dict[str, Any]:
    symbols = [
        (formula(given["symbol"]), _input_title(given, of), unit(given["units"]))
        for given in record["inputs"]
        if "symbol" in given
    ]
    return {
        "title": text_of(record, "title"),
        "formula": formula(record["formula"]),
        "source": _cited(record["source"], record["where"]),
        "note": text_of(record, "note"),
        "symbols": symbols,
    }


def _input_title(given: Mapping[str, Any], of: Iterable[str]) -> Text:
    """Return what an input is called; a column by the declaration of one of these tables."""
    name = given["name"]
    if given["kind"] == "physical":
        return Text("功能量", "physical amount")
    if given["kind"] == "layer":
        return text_of(given, "title")
    if given["kind"] == "parameter":
        return parameter_title(given["parameter"])
    known = (tables()[table].columns for table in of)
    return next((columns[name].title for columns in known if name in columns), same(name))


def _class_titles(codes: Iterable[str]) -> Text:
    """Return the names of classes of level I or II."""
    known = ecosystems()
    level1 = {e.level1: e.level1_title for e in known.values()}
    titles = [known[c].title if c in known else level1.get(c, same(c)) for c in codes]
    return Text("、".join(t.zh for t in titles), ", ".join(t.en for t in titles))


def _layer_title(name: str) -> Text:
    known = find_variable(name)
    return known.title if known else same(name)


def _cited(key: str, where: str) -> str:
    known = references().get(key)
    return ", ".join(part for part in (known.title if known else key, where) if part)


def _doubtful(overview: Overview) -> list[dict[str, Any]]:
    """Return the parameter rows that were used and are recalled or estimated."""
    wanted = {name for s in overview.services for name in s["doubtful"]}
    classes = set(overview.ecosystems())
    rows = [r for r in overview.manifest.get("parameters", []) if name_of(r) in wanted]
    if overview.doubtful_pools:
        rows += [
            row
            for row in overview.manifest.get("carbon_parameters", [])
            if row["grade"] in DOUBTFUL and any(c.startswith(row["key"]) for c in classes)
        ]
    rows.sort(key=lambda r: (-ORDER.index(r["grade"]), r["parameter"], r["set"], r["key"]))
    return [row | {"cited": _cited(row["source"], row["where"])} for row in rows]


def _layer(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of the alignment receipt."""
    pixel = record.get("pixel")
    seen = ""
    if "least" in record:
        seen = f"{figure(record['least'])} – {figure(record['most'])}"
    return {
        "title": Text(record["zh"], record["en"]),
        "source": Path(record["source"]).name if record["source"] != "constant" else "",
        "constant": record["source"] == "constant",
        "value": record.get("value"),
        "crs": record.get("crs", ""),
        "pixel": " × ".join(f"{p:g}" for p in pixel) if pixel else "",
        "year": record.get("year"),
        "method": text_of(record, "method"),
        "seen": seen,
        "units": record.get("range_units", ""),
        "cells": figure(record["cells_in_parcels"], 0),
        "missing": figure(record["cells_missing"], 0),
        "factor": record.get("scaled_to_mean_by"),
        "overrides": [str(o) for o in record.get("overrides", [])],
        "modelled": bool(record.get("modelled_by")),
        "note": record.get("note", ""),
    }
