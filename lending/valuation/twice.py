"""Nothing counts twice: neither the days of a parcel nor the serials of issued units.

A serial is text that ends in a number, as `GS-501`; those of one text before the number are one
series, of whatever row, also where case, width or spaces of it differ. Both ends of a row's serials
are in it.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from data_catalog.errors import ProjectError, raise_all
from data_catalog.parameters import engine_number
from data_catalog.text import Text
from lending.valuation.result import Vintage

__all__ = ["check_counted_once", "issued_beside_others"]

SERIAL = re.compile(r"(?P<series>.*?)(?P<number>\d{0,18})")


class _Serials(NamedTuple):
    """Serials of a row, in the order in which they are compared."""

    series: str
    first: int
    last: int
    row: int
    said: str

    @property
    def units(self) -> int:
        """Return how many there are; text that is first and last alike may name a whole block."""
        return self.last - self.first + 1

    def of(self, first: int, last: int) -> str:
        """Return serials of the series as they are written."""
        return f"{self.series}{first}–{self.series}{last}"


def check_counted_once(rows: Sequence[Vintage], where: str = "vintages") -> None:
    """Refuse vintages of which something would count twice.

    Parameters
    ----------
    where : str
        The file they are of.

    Raises
    ------
    ProjectError or Problems
        Rows that are not issued and share days of a parcel, issued ones without serials that are
        alike, rows that share serials, more tonnes than serials, and serials that cannot be
        compared: all at once.
    """
    serials: list[_Serials] = []
    unit = engine_number("credit_unit")
    wrong: list[ProjectError] = []
    for number, row in enumerate(rows, start=1):
        if row.serial_from or row.serial_to:
            found = _serials(row, number)
            if found is None:
                wrong.append(_no_range(row, number, where))
            elif row.serial_from != row.serial_to and row.net_tCO2e > found.units * unit:
                wrong.append(_too_few(row, found, where))
            else:
                serials.append(found)
    raise_all([*_days(rows, where), *_alike(rows, where), *wrong, *_shared(serials, where)])


def issued_beside_others(rows: Iterable[Vintage]) -> list[Vintage]:
    """Return the issued rows of parcels and days that a row counts too that is not issued."""
    by_parcel: dict[str, list[Vintage]] = {}
    for row in rows:
        by_parcel.setdefault(row.parcel_id, []).append(row)
    return [
        one
        for own in by_parcel.values()
        for one in own
        if one.kind == "issued"
        and any(
            other.kind != "issued"
            and other.vintage_from < one.vintage_to
            and one.vintage_from < other.vintage_to
            for other in own
        )
    ]


def _days(rows: Iterable[Vintage], where: str) -> Iterator[ProjectError]:
    """Yield an error for each two rows of a parcel that follow each other and share days."""
    ordered = sorted(
        (row for row in rows if row.kind != "issued"),
        key=lambda row: (row.parcel_id, row.vintage_from, row.vintage_to),
    )
    for one, other in pairwise(ordered):
        if one.parcel_id == other.parcel_id and other.vintage_from < one.vintage_to:
            a, b = (f"[{r.vintage_from}, {r.vintage_to})" for r in (one, other))
            yield ProjectError(where=where, problem=Text(
                f"宗地 {one.parcel_id} 的 {a}（{one.kind}）与 {b}（{other.kind}）重叠，同一时段的"
                "碳汇量会计两次。请只留其一。",
                f"parcel {one.parcel_id} has {a} ({one.kind}) and {b} ({other.kind}): the days of "
                "both would count twice. Keep one of them.",
            ))  # fmt: skip


def _alike(rows: Iterable[Vintage], where: str) -> Iterator[ProjectError]:
    """Yield an error for each issued row without serials that is in the table before."""
    first: dict[Vintage, int] = {}
    for number, row in enumerate(rows, start=1):
        if row.kind != "issued" or row.serial_from or row.serial_to:
            continue
        if row in first:
            yield ProjectError(where=where, problem=Text(
                f"第 {number} 行与第 {first[row]} 行完全相同（issued，无序列号），同一单位会计"
                "两次。"
                "请只留其一；确为两批的，请填写序列号。",
                f"row {number} is the same as row {first[row]} (issued, without serials): the same "
                "units would count twice. Keep one of them, or give the serials of both.",
            ))  # fmt: skip
        first.setdefault(row, number)


def _serials(row: Vintage, number: int) -> _Serials | None:
    """Return the serials of a row; None where they are no range."""
    first, last = (SERIAL.fullmatch(_plain(end)) for end in (row.serial_from, row.serial_to))
    if first is None or last is None or first["series"] != last["series"]:
        return None
    begin, end = (int(one["number"] or 0) for one in (first, last))
    if begin > end or bool(first["number"]) != bool(last["number"]):
        return None
    return _Serials(first["series"], begin, end, number, f"{row.serial_from}–{row.serial_to}")


def _plain(serial: str) -> str:
    """Return a serial as it is compared: upper case, of half width, without spaces and marks."""
    wide = unicodedata.normalize("NFKC", serial).upper()
    return "".join(c for c in wide if not c.isspace() and unicodedata.category(c) != "Cf")


def _no_range(row: Vintage, number: int, where: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(
        f"第 {number} 行的序列号为“{row.serial_from}”至“{row.serial_to}”，不是同一系列的首尾号。"
        "请填写完整的首号与尾号，如 GS-1 与 GS-100。",
        f"row {number} has the serials {row.serial_from!r} to {row.serial_to!r}, which are no "
        "first and last of one series. Give both in full, as GS-1 and GS-100.",
    ))  # fmt: skip


def _too_few(row: Vintage, found: _Serials, where: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(
        f"第 {found.row} 行有 {row.net_tCO2e:,.3f} t，而序列号 {found.said} 只有 {found.units:,} "
        "个。请核对吨数与首尾号。",
        f"row {found.row} has {row.net_tCO2e:,.3f} t and {found.units:,} serials, {found.said}. "
        "Check the tonnes, and the first and last serial.",
    ))  # fmt: skip


def _shared(serials: Iterable[_Serials], where: str) -> Iterator[ProjectError]:
    """Yield an error for each row whose serials meet those of one before it."""
    reach: _Serials | None = None
    for one in sorted(serials):
        if reach is not None and one.series == reach.series and one.first <= reach.last:
            last = min(one.last, reach.last)
            count, both = last - one.first + 1, one.of(one.first, last)
            a, b = sorted((reach, one), key=lambda held: held.row)
            yield ProjectError(where=where, problem=Text(
                f"第 {a.row} 行（{a.said}）与第 {b.row} 行（{b.said}）有 {count} 个相同的序列号"
                f"（{both}），同一单位会计两次。请核对两行；不同登记簿的序列号请连同前缀写全。",
                f"row {a.row} ({a.said}) and row {b.row} ({b.said}) share {count} serials "
                f"({both}): the same units would count twice. Check both rows; write serials of "
                "different registries in full, with what stands before the number.",
            ))  # fmt: skip
        if reach is None or one.series != reach.series or one.last > reach.last:
            reach = one
