"""`gep sinks grow`: how the carbon of an inventory's stands grows in the years to come."""

from math import isfinite, isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from sinks.growth.fit import Fit
    from sinks.growth.outlook import Outlook

FORMS = ("richards", "chapman_richards", "logistic", "gompertz", "schumacher")
SPREADS = ("constant", "proportional")
YEAR, FELLED = "year", "felled_tC"
COLUMNS = {
    YEAR: Text("年份", "year"),
    "stock_tC": Text("碳储量（t C）", "stock (t C)"),
    "se_tC": Text("标准误（t C）", "standard error (t C)"),
    "low_tC": Text("下限", "from"),
    "high_tC": Text("上限", "to"),
    "change_tC": Text("较首年变化（t C）", "change since the first (t C)"),
    "change_se_tC": Text("变化的标准误（t C）", "its standard error (t C)"),
    FELLED: Text("当年采伐（t C）", "felled in the year (t C)"),
}
TITLE = Text(
    "{count} 个宗地 {first} 至 {last} 年的林木碳储量（年末；上下限为 {level} 区间）",
    "Carbon of the trees of {count} parcels, {first} to {last} (ends of years; from and to: "
    "{level} intervals)",
)
FIT_TITLE = Text(
    "{curve}：{form}，{n} 条记录，林龄 {low:g}–{high:g} 年，RMSE {rmse:.3g} {units}，R² {r2:.3f}",
    "{curve}: {form}, {n} records, ages {low:g} to {high:g}, RMSE {rmse:.3g} {units}, R² {r2:.3f}",
)
UNKNOWN = Text("未知", "unknown")
FIT_HEADER = (Text("参数", "parameter"), Text("值", "value"), Text("标准误", "standard error"))
AT_LEAST_NOTE = Text(
    "“≥”：以下来源没有给出误差，标准误只含其余已知部分，因此不给区间：{sources}",
    "≥: of these no source gives the error; what is known of the others is shown, and no interval: "
    "{sources}",
)
WRITTEN = Text("已写入 {}", "written: {}")
BAD_CURVE = Text(
    "--curve “{text}”须写作 树种=集/组，例如 larch=co2fix-larch/larch。",
    "--curve {text!r} must be SPECIES=SET/GROUP, such as larch=co2fix-larch/larch.",
)
BAD_SET = Text(
    "--set “{text}”须写作 方法=集 或 方法.参数=集，例如 volume_linear=fang-2001。",
    "--set {text!r} must be ROUTE=SET or ROUTE.PARAMETER=SET, such as volume_linear=fang-2001.",
)
BAD_PRIOR = Text(
    "--prior “{text}”须写作 参数=均值,标准误，例如 asymptote=200,40。",
    "--prior {text!r} must be PARAMETER=MEAN,ERROR, such as asymptote=200,40.",
)


@click.command()
@click.argument("inventory", type=options.PATH)
@click.option("--to", "last", type=int, metavar="YEAR", required=True, help="The last year.")
@click.option(
    "--curve",
    "curves",
    metavar="SPECIES=SET/GROUP",
    multiple=True,
    help="Grow a species by a curve of the parameter tables, or of the project's own as "
    "FORM/GROUP; give several for several species.",
)
@click.option(
    "--fit",
    "records",
    type=options.PATH,
    help="A table growth_records; a curve is fitted for each species group in it.",
)
@click.option(
    "--form",
    type=click.Choice(FORMS),
    default="chapman_richards",
    show_default=True,
    help="The form of the fitted curves.",
)
@click.option(
    "--spread",
    type=click.Choice(SPREADS),
    default="constant",
    show_default=True,
    help="Whether stands differ from a fitted curve alike at all ages, or in proportion to it.",
)
@click.option(
    "--prior",
    "priors",
    metavar="PARAMETER=MEAN,ERROR",
    multiple=True,
    help="What is known of a parameter of the fitted curves beforehand.",
)
@click.option(
    "--route",
    metavar="ROUTE",
    default="",
    help="The route from stock to carbon: volume_fixed, volume_linear ...; by default the one that "
    "fits what the curve returns.",
)
@click.option(
    "--set",
    "sets",
    metavar="ROUTE[.PARAMETER]=SET",
    multiple=True,
    help="Read a route's numbers, or one of them, from another parameter set.",
)
@click.option(
    "--age-groups",
    metavar="SET",
    default="guangxi-2017",
    show_default=True,
    help="The parameter set of age groups, for stands whose age is not known.",
)
@click.option(
    "--events",
    type=options.PATH,
    help="A table stand_events: thinnings, harvests, plantings.",
)
@click.option(
    "--out",
    type=options.PATH,
    help="A CSV or Parquet file to write: parcel, year, pool; errors by source come beside it.",
)
@options.as_json
@options.lang
def grow(
    inventory: Path, *, last: int, curves: tuple[str, ...], records: Path | None, form: str,
    spread: Literal["constant", "proportional"], priors: tuple[str, ...],
    route: str, sets: tuple[str, ...], age_groups: str, events: Path | None, out: Path | None,
    as_json: bool, lang: Language,
) -> int:  # fmt: skip
    """Compute how the carbon of stands grows: INVENTORY is a table of parcels, or a project."""
    from sinks.growth.outlook import Asked, outlook
    from sinks.uncertainty.files import write_estimates

    asked = Asked(
        inventory=inventory, last=last, curves=dict(_curve(text) for text in curves),
        records=records, form=form, spread=spread,
        priors=dict(_prior(text) for text in priors), route=route,
        sets=dict(_set(text) for text in sets), age_groups=age_groups, events=events,
    )  # fmt: skip
    found = outlook(asked)
    if out:
        write_estimates(found.stock, "stock_tC", "se_tC", out)
    if as_json:
        _show_json(found)
    else:
        _show(found, lang)
    for error in found.refused:
        click.echo(f"gep: {error.say(lang)}", err=True)
    if out:
        click.echo(WRITTEN[lang].format(out), err=True)
    return 3 if found.refused else 0


def _curve(text: str) -> tuple[str, tuple[str, str]]:
    species, given, rest = text.partition("=")
    chosen, slash, group = rest.partition("/")
    if not (species and given and chosen and slash and group):
        raise _unreadable(BAD_CURVE, text)
    return species, (chosen, group)


def _prior(text: str) -> tuple[str, tuple[float, float]]:
    name, _, numbers = text.partition("=")
    try:
        mean, error = (float(number) for number in numbers.split(","))
    except ValueError as problem:
        raise _unreadable(BAD_PRIOR, text) from problem
    return name, (mean, error)


def _set(text: str) -> tuple[str, str]:
    name, _, chosen = text.partition("=")
    if not (name and chosen):
        raise _unreadable(BAD_SET, text)
    return name, chosen


def _unreadable(what: Text, text: str) -> Exception:
    from data_catalog.errors import GepError

    return GepError(what, text=text)


def _show(found: "Outlook", lang: Language) -> None:
    from cli.labels import listed
    from cli.terminal import show, show_table, show_title
    from data_catalog.forests import species_groups
    from data_catalog.parameters import engine_number
    from sinks.uncertainty.ledger import source_title
    from sinks.uncertainty.levels import in_percent

    for group, one in found.fits.items():
        _show_fit(species_groups()[group].title, one, lang)
    totals = found.totals()
    years, level = totals["year"], engine_number("growth_interval_level")
    first, last = years.iloc[0], years.iloc[-1]
    show_title(
        TITLE[lang].format(count=found.parcels, first=first, last=last, level=in_percent(level))
    )
    columns = [c for c in COLUMNS if c != FELLED or totals[FELLED].any()]
    rows = [[_cell(row, column, lang) for column in columns] for row in totals.to_dict("records")]
    show_table([COLUMNS[c][lang] for c in columns], rows, right=range(1, len(columns)))
    show()
    if unknown := found.unknown():
        titles = [source_title(source) for source in unknown]
        names = listed([title[lang] for title in titles], lang)
        show(AT_LEAST_NOTE[lang].format(sources=names))
    for remark in found.remarks:
        show(remark[lang])


def _cell(row: "dict[Hashable, Any]", column: str, lang: Language) -> str:
    """Return an amount, what is known of an error that is not known whole, or nothing."""
    if column == YEAR:
        return str(row[column])
    if not isnan(row[column]):
        return f"{row[column]:,.1f}"
    least = row.get(column.replace("se_tC", "se_at_least_tC"), nan)
    return "" if isnan(least) else f"≥ {least:,.1f}" if least > 0 else UNKNOWN[lang]


def _show_fit(title: Text, one: "Fit", lang: Language) -> None:
    from cli.terminal import show, show_table, show_title

    curve = one.curve
    low, high = curve.ages
    show_title(
        FIT_TITLE[lang].format(
            curve=title[lang], form=curve.form.title[lang], n=one.records, low=low, high=high,
            rmse=one.rmse, units=curve.units, r2=one.r2,
        )
    )  # fmt: skip
    called = {
        name: {
            "zh": f"{name}（{shape.symbol}，{shape.title.zh}）",
            "en": f"{name} ({shape.symbol})",
        }
        for name, shape in curve.form.parameters.items()
    }
    rows = [
        [called[name][lang] if name in called else name, f"{value:.5g}", f"{one.se[name]:.3g}"]
        for name, value in curve.parameters.items()
    ]
    show_table([text[lang] for text in FIT_HEADER], rows, right=(1, 2))
    show()


def _show_json(found: "Outlook") -> None:
    from cli.terminal import show_json

    fits = {
        group: {
            "form": one.curve.form.id, "units": one.curve.units, "records": one.records,
            "parameters": dict(one.curve.parameters), "se": _known(one.se), "rmse": one.rmse,
            "r2": one.r2, "at_limit": list(one.at_limit),
        }
        for group, one in found.fits.items()
    }  # fmt: skip
    show_json({
        "parcels": found.parcels, "totals": _records(found.totals()), "fits": fits,
        "error_unknown": list(found.unknown()),
        "remarks": [{"zh": text.zh, "en": text.en} for text in found.remarks],
        "left_out": [{"zh": e.say("zh"), "en": e.say("en")} for e in found.refused],
    })  # fmt: skip


def _records(totals: "pd.DataFrame") -> list[dict[str, object]]:
    return [_known({str(k): v for k, v in row.items()}) for row in totals.to_dict("records")]


def _known(numbers: "dict[str, float] | dict[str, object]") -> dict[str, object]:
    """Return the numbers, None where one is not known or has no end."""
    return {
        name: None if isinstance(number, float) and not isfinite(number) else number
        for name, number in numbers.items()
    }
