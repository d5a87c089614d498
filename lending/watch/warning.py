"""Early warnings that change no value by themselves: what a bank sees, and what the registry says.

A signal is a row of a table that the bank keeps: pledge, id of lending/early_warnings.csv, day, and
a value where the policy has a threshold for it. What the policy does not name is not watched.
"""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from data_catalog.errors import GepError, TableError, UnknownNameError, raise_all
from data_catalog.names import suggestion
from data_catalog.text import Text
from lending.policy.early_warnings import early_warnings
from lending.policy.model import Policy
from lending.prices.rows import PriceRow
from lending.watch.days import Calendar
from lending.watch.notices import made
from lending.watch.pledges import Pledged
from lending.watch.watching import Found

__all__ = ["Signal", "read_signals", "sales_signals", "warning_notices"]

COLUMNS = ("pledge_id", "signal", "day")
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """Something that was seen of a pledge.

    Parameters
    ----------
    event : str
        Tells it from all others of the pledge.
    value : float or None
        In the units of the policy's threshold: km of a pest notice.
    """

    pledge_id: str
    rule: str
    day: date
    event: str
    what: Text
    value: float | None = None


def warning_notices(
    pledges: Sequence[Pledged], signals: Sequence[Signal], known: Collection[str], on: date,
    calendar: Calendar | None = None,
) -> Iterator[Found]:  # fmt: skip
    """Yield a notice for each signal that a pledge's policy watches, once; nothing is valued anew.

    The zone is that of the pledge as it stands.
    """
    of_pledge = defaultdict(list)
    for signal in signals:
        of_pledge[signal.pledge_id].append(signal)
    rules = early_warnings()
    for pledged in pledges:
        policy = pledged.valuation.inputs.policy
        for signal in sorted(of_pledge[pledged.pledge_id], key=lambda s: (s.day, s.event)):
            event = f"{signal.rule} {signal.event}"
            if signal.day > on or f"{pledged.pledge_id}/{event}" in known:
                continue
            if not _watched(signal, policy):
                continue
            rule = rules[signal.rule]
            what = Text(f"{rule.title.zh}：{signal.what.zh}", f"{rule.title.en}: {signal.what.en}")
            yield made(
                "warning", pledged, (event,), what, on, signal.day, pledged.since, None,
                calendar=calendar, rule=rule.id, action=rule.action,
            ), None  # fmt: skip


def _watched(signal: Signal, policy: Policy) -> bool:
    """Return whether a policy watches a signal, and it is beyond its threshold."""
    warnings = policy.warnings
    if signal.rule not in warnings.watched:
        return False
    if signal.rule == "pest":
        return signal.value is None or signal.value <= (warnings.pest_km or 0.0)
    return True


def sales_signals(
    pledges: Sequence[Pledged], rows: Sequence[PriceRow], on: date
) -> Iterator[Signal]:
    """Yield a signal where a market sold too little of what was listed, quarter after quarter.

    A quarter is told by the rows that end in it and say what was listed and what was sold; the
    newest ones in a row that the policy asks for must all be below its share.
    """
    for pledged in pledges:
        warnings = pledged.valuation.inputs.policy.warnings
        wanted, share = warnings.sell_through_quarters, warnings.sell_through
        if wanted is None or share is None:
            continue
        market = pledged.valuation.inputs.price.market
        sales = _by_quarter([r for r in rows if r.market == market and r.last_day <= on])
        newest = max(sales, default=0)
        run = [sales.get(newest - back) for back in range(wanted)]
        if run and all(sold is not None and sold < share for sold in run):
            year, quarter = divmod(newest, 4)
            yield Signal(
                pledge_id=pledged.pledge_id, rule="sell_through", day=on,
                event=f"{market} {year}Q{quarter + 1}",
                what=Text(
                    f"{market} 至 {year} 年第 {quarter + 1} 季度连续 {wanted} 个季度去化率低于 "
                    f"{share:.0%}（最近 {run[0]:.1%}）。",
                    f"{market} sold less than {share:.0%} of what was listed for {wanted} "
                    f"quarters, to {year} Q{quarter + 1} (the newest: {run[0]:.1%}).",
                ),
            )  # fmt: skip


def _by_quarter(rows: Sequence[PriceRow]) -> dict[int, float]:
    """Return the share of what was listed that was sold, by quarter (4 x year + 0..3)."""
    listed: dict[int, float] = defaultdict(float)
    sold: dict[int, float] = defaultdict(float)
    for row in rows:
        if row.listed and row.sold is not None:
            quarter = 4 * row.last_day.year + (row.last_day.month - 1) // 3
            listed[quarter] += row.listed
            sold[quarter] += row.sold
    return {quarter: sold[quarter] / listed[quarter] for quarter in listed}


def read_signals(file: Path) -> tuple[Signal, ...]:
    """Return the signals of a CSV file: pledge_id, signal, day, and value and note where known.

    Raises
    ------
    GepError
        If it cannot be read, or a row is none: all rows at once.
    """
    try:
        rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines(), restval=""))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(where=file.name, problem=UNREADABLE) from error
    if rows and any(name not in rows[0] for name in COLUMNS):
        raise TableError(where=file.name, problem=UNREADABLE)
    found: list[Signal] = []
    errors: list[GepError] = []
    for line, row in enumerate(rows, 2):
        try:
            found.append(_signal(f"{file.name}:{line}", row))
        except GepError as error:
            errors.append(error)
    raise_all(errors)
    return tuple(found)


def _signal(where: str, row: dict[str, str]) -> Signal:
    rule, note, text = row["signal"].strip(), row.get("note", "").strip(), row.get("value", "")
    kept = [name for name, one in early_warnings().items() if "signals" in one.seen_in]
    if rule not in kept:
        raise UnknownNameError(
            where=where, name=rule, kind=Text("预警", "signal"), hint=suggestion(rule, kept)
        )
    try:
        day = date.fromisoformat(row["day"].strip())
        value = float(text) if text.strip() else None
    except ValueError as error:
        raise TableError(where=where, problem=Text(
            f"day 为“{row['day']}”、value 为“{text}”；应为日期与数。",
            f"day is {row['day']!r} and value {text!r}; a date and a number are needed.",
        )) from error  # fmt: skip
    said = " · ".join(part for part in (text.strip(), note) if part) or day.isoformat()
    return Signal(
        pledge_id=row["pledge_id"].strip(), rule=rule, day=day, event=f"{day} {said}",
        what=Text(f"{said}（{day}）。", f"{said} ({day})."), value=value,
    )  # fmt: skip


UNREADABLE = Text(
    "无法读取：需要 UTF-8 的 CSV，列为 pledge_id、signal、day，可有 value、note。",
    "cannot be read: a CSV file in UTF-8 with the columns pledge_id, signal, day, and if known "
    "value and note, is needed.",
)
