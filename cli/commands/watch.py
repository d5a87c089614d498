"""`gep watch`: what happened to the pledges since they were valued, and what the ladder asks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.loan.schedule import DAY
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    import geopandas as gpd

    from lending.registry import Registry, User
    from lending.watch import Notice, Pledged, Seen, Watchlist
    from lending.watch.layers import Layer
    from lending.watch.warning import Signal

NOTHING = Text(
    "没有新的事件。监测的质押：{pledges} 笔。", "Nothing new. Pledges watched: {pledges}."
)
COUNT = Text(
    "监测的质押 {pledges} 笔，新通知 {new} 份，写入 {folder}。",
    "Pledges watched: {pledges}; new notices: {new}, written to {folder}.",
)
UNVALUED = Text("没有估值文件，无法监测：{}。", "Without a valuation, and so not watched: {}.")
UNMATCHED = Text(
    "新的年份表涉及但无法对照（估值不是按年份表作出，或年份划分不同）：{}。",
    "Touched by the new vintages and not to be compared (valued without vintages, or of other "
    "intervals): {}.",
)
NO_USER = Text("登记库需要 --user。", "the registry is watched by somebody: --user is needed.")
HALF = Text(
    "--land-cover 需要 --before、--forest 与 --seen-on。",
    "--land-cover needs --before, --forest and --seen-on.",
)


@click.command()
@click.argument("pledges")
@click.option(
    "--alerts", type=options.PATH,
    help="Polygons of disturbance (GeoJSON, GeoPackage) with their days.",
)  # fmt: skip
@click.option(
    "--date-column", default="date", show_default=True, metavar="COLUMN",
    help="The alerts' column of days.",
)  # fmt: skip
@click.option("--confidence-column", metavar="COLUMN", help="The alerts' column of confidence.")
@click.option(
    "--least-confidence", type=click.FloatRange(0, 1),
    help="Leave out alerts of less confidence, and those that tell none.",
)  # fmt: skip
@click.option(
    "--change", type=options.PATH,
    help="A new map of change: the folder of `gep sinks disturbance`, or its date.tif.",
)  # fmt: skip
@click.option("--land-cover", type=options.PATH, help="A new map of land cover.")
@click.option("--before", type=options.PATH, help="The land cover before it, on the same grid.")
@click.option("--forest", metavar="CODES", help="Codes of forest in both, such as 10,11.")
@click.option(
    "--seen-on", type=DAY, metavar="YYYY-MM-DD", help="The day that the new land cover shows."
)
@click.option(
    "--vintages", type=options.PATH, help="Tonnes monitored or issued (.csv or .parquet)."
)
@click.option("--prices", type=options.PATH, help="Dated prices of your own (.csv).")
@click.option("--signals", type=options.PATH, help="Early warnings that the bank keeps (.csv).")
@click.option("--calendar", is_flag=True, help="Value anew what is due by the policy's calendar.")
@click.option(
    "--holidays", type=options.PATH,
    help="Days off and weekends that are worked (.csv: day, kind); without it days are counted as "
         "they come.",
)  # fmt: skip
@click.option(
    "--user", metavar="ID", envvar="GEP_PLEDGE_USER",
    help="Who notes the notices beside the pledges, where PLEDGES is the registry "
         "(GEP_PLEDGE_USER).",
)  # fmt: skip
@click.option(
    "--on", type=DAY, metavar="YYYY-MM-DD", help="The day of the watch; by default today."
)
@click.option(
    "--out", type=options.PATH, required=True,
    help="The folder of the notices; what is in it already is not told again.",
)  # fmt: skip
@options.as_json
@options.lang
def watch(
    pledges: str, user: str | None, alerts: Path | None, date_column: str,
    confidence_column: str | None, least_confidence: float | None, change: Path | None,
    land_cover: Path | None, before: Path | None, forest: str | None, seen_on: datetime | None,
    vintages: Path | None, prices: Path | None, signals: Path | None, holidays: Path | None,
    on: datetime | None, out: Path, *, calendar: bool, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Watch PLEDGES: the registry, or polygons with parcel_id, principal and valuation.

    Alerts and layers touch the pledges that they overlap, and no other; prices those of their
    market. What is touched is valued anew, set against the bank's ladder, and told in a notice,
    once per event.
    """
    from lending.prices import price_rows, read_prices
    from lending.watch import Seen, keep, keep_in, read_book, read_calendar, read_pledges, round_of
    from lending.watch.registered import noted_in, pledged_in

    day = on.date() if on else date.today()  # noqa: DTZ011  (the desk's own day)
    own = read_prices(prices) if prices else ()
    cover = (land_cover, before, forest, seen_on.date() if seen_on else None)
    seen = Seen(
        alerts=(_alerts(alerts, date_column, confidence_column, least_confidence),)
        if alerts else (),
        layers=tuple(_layers(change, cover, lang)), vintages=_vintages(vintages),
        prices=(*price_rows(), *own), moved=bool(prices), due=calendar, signals=_signals(signals),
        calendar=read_calendar(holidays) if holidays else None,
    )  # fmt: skip
    with _registry(pledges, user, lang) as asked:
        if asked is None:
            watched = read_pledges(Path(pledges))
            found = keep(out, round_of(watched.pledges, read_book(out), seen, day))
        else:
            registry, who = asked
            watched = pledged_in(registry, who.organisation)
            told = noted_in(registry, who.organisation)
            seen = _with_records(seen, registry, watched.pledges, day)
            found = keep_in(registry, who, out, round_of(watched.pledges, told, seen, day))
    _show(found, watched, seen, out, as_json=as_json, lang=lang)


def _show(
    found: "Sequence[Notice]", watched: "Watchlist", seen: "Seen", out: Path, *, as_json: bool,
    lang: Language,
) -> None:  # fmt: skip
    """Show the notices; and what could not be watched, for the eye alone."""
    from cli.terminal import show
    from lending.watch import unmatched

    comma = "、" if lang == "zh" else ", "
    for words, names in (
        (UNVALUED, watched.unvalued), (UNMATCHED, unmatched(watched.pledges, seen.vintages)),
    ):  # fmt: skip
        if names:
            click.echo(words[lang].format(comma.join(names)), err=True)
    if as_json:
        click.echo("\n".join(one.model_dump_json() for one in found))
        return
    for one in found:
        show(one.text(lang))
        show()
    words = COUNT if found else NOTHING
    show(words[lang].format(pledges=len(watched.pledges), new=len(found), folder=out))


@contextmanager
def _registry(
    pledges: str, user: str | None, lang: Language
) -> "Iterator[tuple[Registry, User] | None]":
    """Open the registry for one who may note; None for a file."""
    from lending.loan_file.claims import is_database
    from lending.registry import open  # noqa: A004  (the registry's own word)
    from lending.registry.roles import permit

    if not is_database(pledges):
        yield None
        return
    if not user:
        raise click.UsageError(NO_USER[lang])
    found = open(pledges)
    try:
        who = found.user(user)
        permit(who, "note")
        yield found, who
    finally:
        found.close()


def _with_records(
    seen: "Seen", registry: "Registry", pledges: "tuple[Pledged, ...]", day: date
) -> "Seen":
    """Return what came in with what the registry itself tells."""
    from dataclasses import replace

    from lending.watch.recorded import recorded_signals

    return replace(seen, signals=(*seen.signals, *recorded_signals(registry, pledges, day)))


def _layers(
    change: Path | None, cover: "tuple[Path | None, Path | None, str | None, date | None]",
    lang: Language,
) -> "Iterator[Layer]":  # fmt: skip
    from lending.watch import change_map, forest_lost

    if change is not None:
        yield change_map(change)
    new, before, forest, day = cover
    if any(cover):
        if new is None or before is None or forest is None or day is None:
            raise click.UsageError(HALF[lang])
        codes = [part.strip() for part in forest.split(",")]
        if not all(code.isdigit() for code in codes):
            raise click.UsageError(HALF[lang])
        yield forest_lost(new, before, [int(code) for code in codes], day)


def _vintages(file: Path | None):  # type: ignore[no-untyped-def]  # noqa: ANN202  (rows, imported late)
    from lending.valuation.value import vintages_of
    from sinks.credits.vintages import read_vintages

    return () if file is None else vintages_of(read_vintages(file))


def _signals(file: Path | None) -> "tuple[Signal, ...]":
    from lending.watch import read_signals

    return () if file is None else read_signals(file)


def _alerts(
    file: Path, day: str, confidence: str | None, least: float | None
) -> "gpd.GeoDataFrame":
    from sinks.satellite.disturbance.alerts import read_alerts
    from sinks.satellite.scenes.declared import AlertEntry

    entry = AlertEntry(path=file.name, source=file.stem, date=day, confidence=confidence)
    table = read_alerts(entry, str(file))
    return table if least is None else table[table["confidence"] >= least]
