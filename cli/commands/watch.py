"""`gep watch`: what happened to the pledges since they were valued, and what the ladder asks."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.loan.schedule import DAY
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.registry import Registry
    from lending.valuation.result import Valuation
    from lending.watch.notices import Notice

NOTHING = Text("没有新的事件。", "Nothing new.")
COUNT = Text(
    "监测 {pledges} 笔质押，新通知 {new} 份，写入 {folder}。",
    "{pledges} pledges watched, {new} new notices, written to {folder}.",
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
@click.option("--prices", type=options.PATH, help="Dated prices of your own (.csv).")
@click.option("--calendar", is_flag=True, help="Value anew what is due by the policy's calendar.")
@click.option(
    "--user", metavar="ID",
    help="Who notes the notices beside the pledges, where PLEDGES is the registry.",
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
    confidence_column: str | None,
    least_confidence: float | None, prices: Path | None, on: datetime | None, out: Path, *,
    calendar: bool, as_json: bool, lang: Language,
) -> None:  # fmt: skip
    """Watch PLEDGES: the registry, or polygons with parcel_id, principal and valuation.

    Alerts touch the pledges that they overlap, and no other; prices those of their market. What is
    touched is valued anew, set against the bank's ladder, and told in a notice, once per event.
    """
    from cli.terminal import show
    from lending.prices import price_rows, read_prices
    from lending.watch import (
        calendar_notices,
        disturbance_notices,
        known_events,
        price_notices,
        read_book,
        read_pledges,
        write_notices,
    )
    from lending.watch.registered import note_in, pledged_in

    day = on.date() if on else date.today()  # noqa: DTZ011  (the desk's own day)
    registry = _registry(pledges)
    watched = read_pledges(Path(pledges)) if registry is None else pledged_in(registry)
    known = known_events(read_book(out))
    rows = (*price_rows(), *(read_prices(prices) if prices else ()))
    found: list[tuple[Notice, Valuation | None]] = []
    if alerts is not None:
        table = _alerts(alerts, date_column, confidence_column, least_confidence)
        found += disturbance_notices(watched, table, known, day)
    found += price_notices(watched, rows, known, day) if prices else []
    found += calendar_notices(watched, rows, known, day) if calendar else []
    write_notices(out, found)
    if registry is not None and user:
        note_in(registry, registry.user(user), [one for one, _ in found])
    if as_json:
        click.echo("\n".join(one.model_dump_json() for one, _ in found))
        return
    for one, _ in found:
        show(one.text(lang))
        show()
    if not found:
        show(NOTHING[lang])
    show(COUNT[lang].format(pledges=len(watched), new=len(found), folder=out))


def _registry(pledges: str) -> "Registry | None":
    from lending.loan_file.claims import is_database
    from lending.registry import open  # noqa: A004  (the registry's own word)

    return open(pledges) if is_database(pledges) else None


def _alerts(file: Path, day: str, confidence: str | None, least: float | None):  # type: ignore[no-untyped-def]  # noqa: ANN202  (a GeoDataFrame, imported late)
    from sinks.satellite.disturbance.alerts import read_alerts
    from sinks.satellite.scenes.declared import AlertEntry

    entry = AlertEntry(path=file.name, source=file.stem, date=day, confidence=confidence)
    table = read_alerts(entry, str(file))
    return table if least is None else table[table["confidence"] >= least]
