"""Claims from a file: GeoPackage, GeoParquet, GeoJSON, or CSV with shapes as WKT.

Columns are the fields of `Claim` and the names of claim_facts.csv; others are left alone. An
empty cell is a fact that was not declared. Serials are written `batch:1-500; batch:800-900`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

import pandas as pd
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from data_catalog.errors import GepError, raise_all
from data_catalog.text import Text
from lending.conflicts.claim import Claim, ClaimError, Fact, Serials
from lending.conflicts.rules import Rules

__all__ = ["Papers", "facts_of_text", "read_claims", "read_papers"]

T = TypeVar("T")
REQUIRED = ("claim_id", "right", "vintage_from", "vintage_to")
TEXTS = ("parcel_id", "programme", "project", "instrument", "holder", "creditor",
         "registration_number", "family")  # fmt: skip
YES, NO = ("yes", "true", "1", "1.0", "是"), ("no", "false", "0", "0.0", "否")
SERIALS = re.compile(r"(?P<batch>[^:;]*):\s*(?P<first>\d{1,18})\s*-\s*(?P<last>\d{1,18})")
SHOWN = 20
"""Faults of a file that are told at once."""


def read_claims(file: Path, rules: Rules, crs: str | None = None) -> list[Claim]:
    """Return the claims of a file, in its order.

    Parameters
    ----------
    crs : str, optional
        Of the shapes; needed for a CSV file without a column `crs`.

    Raises
    ------
    ClaimError, Problems
        If the file cannot be read, lacks a column, or a cell is not what its column holds; the
        first faults are told together.
    """
    table, shapes, named = _table(file, crs)
    lacking = [name for name in REQUIRED if name not in table]
    if lacking:
        raise ClaimError(where=file, problem=Text(
            f"缺少列：{'、'.join(lacking)}。", f"has no column {', '.join(lacking)}."
        ))  # fmt: skip
    kept = [name for name in table if name in _columns(rules)]
    cells = {name: [_text(value) for value in table[name]] for name in kept}
    claims, faults = [], []
    for place, shape in enumerate(shapes):
        row = {name: column[place] for name, column in cells.items()}
        try:
            claims.append(_claim(file, place, row, shape, row.get("crs") or named, rules))
        except GepError as error:
            faults.append(error)
            if len(faults) == SHOWN:
                break
    raise_all(faults)
    return claims


@dataclass(frozen=True, slots=True)
class Papers:
    """What was seen in documents of one parcel: its holder, and facts by name."""

    holder: str
    facts: Mapping[str, Fact]


def read_papers(file: Path, rules: Rules) -> dict[str, Papers]:
    """Return what was declared of each parcel: a row each, columns as in a file of claims.

    Raises
    ------
    ClaimError, Problems
        If the file cannot be read, has no column parcel_id, tells of a parcel twice, or a cell is
        not what its column holds.
    """
    table, _, _ = _table(file, None)
    if "parcel_id" not in table:
        raise ClaimError(
            where=file, problem=Text("缺少列：parcel_id。", "has no column parcel_id.")
        )
    names = [_text(value) for value in table["parcel_id"]]
    found: dict[str, Papers] = {}
    faults: list[GepError] = []
    for place, name in enumerate(names):
        row = {str(column): _text(table[column].iloc[place]) for column in table}
        try:
            if name in found:
                raise ClaimError(where=f"{file}: {name}", problem=Text(
                    "同一宗地有两行。", "a parcel has two rows."
                ))  # fmt: skip
            facts = facts_of_text(f"{file}: {name}", row, rules)
            found[name] = Papers(row.get("holder", ""), facts)
        except GepError as error:
            faults.append(error)
    raise_all(faults)
    return found


def _columns(rules: Rules) -> set[str]:
    own = {"serials", "tonnes", "registered_at", "state", "crs"}
    return {*REQUIRED, *TEXTS, *own, *(f.name for f in rules.facts.values() if f.kind != "own")}


def _table(file: Path, crs: str | None) -> tuple[pd.DataFrame, list[BaseGeometry | None], str]:
    """Return the cells, the shapes and the CRS of a file."""
    import geopandas
    from pyogrio.errors import DataSourceError

    if not file.is_file():
        raise ClaimError(where=file, problem=Text("没有这个文件。", "there is no such file."))
    try:
        if file.suffix.lower() == ".csv":
            table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
            shapes = _shapes(file, table)
            if crs is None and "crs" not in table and any(s is not None for s in shapes):
                raise ClaimError(where=file, problem=NO_CRS)
            return table, shapes, crs or ""
        parquet = file.suffix.lower() == ".parquet"
        frame = geopandas.read_parquet(file) if parquet else geopandas.read_file(file)
    except (OSError, ValueError, DataSourceError) as error:
        raise ClaimError(where=file, problem=UNREADABLE) from error
    given = crs or (frame.crs.to_string() if frame.crs else None)
    if given is None:
        raise ClaimError(where=file, problem=NO_CRS)
    return pd.DataFrame(frame.drop(columns=frame.geometry.name)), list(frame.geometry), given


NO_CRS = Text(
    "图形没有坐标系；请用 --crs 给出，如 EPSG:4490。",
    "its shapes have no CRS; give it with --crs, such as EPSG:4490.",
)


def _shapes(file: Path, table: pd.DataFrame) -> list[BaseGeometry | None]:
    texts = table["geometry"] if "geometry" in table else pd.Series([""] * len(table))
    shapes: list[BaseGeometry | None] = []
    for line, text in enumerate(texts, 2):
        try:
            shapes.append(shapely.from_wkt(text) if text.strip() else None)
        except ShapelyError as error:
            raise ClaimError(where=file, problem=Text(
                f"第 {line} 行 geometry 不是 WKT：{text[:40]!r}。",
                f"line {line}: geometry is no WKT: {text[:40]!r}.",
            )) from error  # fmt: skip
    return shapes


def _claim(
    file: Path, place: int, row: dict[str, str], shape: BaseGeometry | None, crs: str, rules: Rules
) -> Claim:
    where = f"{file}: {row['claim_id'] or f'{place + 1}'}"
    if not row["claim_id"]:
        raise ClaimError(where=where, problem=Text("claim_id 为空。", "claim_id is empty."))
    read = _Cells(where, row)
    return Claim(
        claim_id=row["claim_id"],
        geometry=shape,
        crs=crs,
        right=row["right"],
        vintage_from=read.of("vintage_from", date.fromisoformat, DATE),
        vintage_to=read.of("vintage_to", date.fromisoformat, DATE),
        serials=read.of("serials", _serials, SERIAL_FORM) or (),
        tonnes=read.of("tonnes", Decimal, NUMBER),
        registered_at=read.of("registered_at", datetime.fromisoformat, TIME),
        state=row.get("state") or "reserved",
        facts=facts_of_text(where, row, rules),
        **{name: row.get(name, "") for name in TEXTS},
    )


def facts_of_text(where: str, row: Mapping[str, str], rules: Rules) -> dict[str, Fact]:
    """Return the declared facts of a row, by name; empty cells declare nothing.

    Raises
    ------
    ClaimError
        If a cell is not what its fact is.
    """
    read = _Cells(where, row)
    return {
        name: value
        for name, fact in rules.facts.items()
        if fact.kind != "own" and (value := _fact(read, name, fact.kind)) is not None
    }


class _Cells:
    """The cells of a row; one that cannot be read is refused with its name."""

    def __init__(self, where: str, row: Mapping[str, str]) -> None:
        self.where, self.row = where, row

    def of(self, name: str, read: Callable[[str], T], form: Text) -> T | None:
        """Return what a cell holds, or None of an empty one."""
        text = self.row.get(name, "")
        if not text:
            return None
        try:
            return read(text)
        except (ValueError, InvalidOperation) as error:
            raise ClaimError(where=self.where, problem=Text(
                f"{name} 为“{text}”，须为{form.zh}。", f"{name} is {text!r}; {form.en} is needed."
            )) from error  # fmt: skip


DATE = Text("日期（2026-01-31）", "a date (2026-01-31)")
TIME = Text(
    "带时区的时间（2026-01-31T08:00:00+08:00）", "a time with its zone (2026-01-31T08:00:00+08:00)"
)
NUMBER = Text("数字", "a number")
YES_NO = Text("是或否（yes、no）", "yes or no")
SERIAL_FORM = Text("batch:首-尾，以分号相隔", "batch:first-last, with semicolons between")


def _fact(read: _Cells, name: str, kind: str) -> Fact | None:
    ways: dict[str, tuple[Callable[[str], Fact], Text]] = {
        "yes_no": (_yes_no, YES_NO),
        "date": (date.fromisoformat, DATE),
        "number": (Decimal, NUMBER),
        "names": (_names, NUMBER),
        "text": (str, NUMBER),
    }
    way, form = ways[kind]
    return read.of(name, way, form)


def _yes_no(text: str) -> bool:
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise ValueError(text)


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split("[;；]", text) if part.strip())


def _serials(text: str) -> tuple[Serials, ...]:
    return tuple(_serial_ranges(text))


def _serial_ranges(text: str) -> Iterator[Serials]:
    for part in _names(text):
        found = SERIALS.fullmatch(part)
        if found is None:
            raise ValueError(part)
        yield Serials(found["batch"].strip(), int(found["first"]), int(found["last"]))


def _text(value: object) -> str:
    """Return a cell as text, whatever the format of the file made of it."""
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124
        return ""
    if isinstance(value, pd.Timestamp):
        midnight = value.tzinfo is None and value == value.normalize()
        return value.date().isoformat() if midnight else value.isoformat()
    return str(value).strip()


UNREADABLE = Text(
    "无法读取；应为 UTF-8 的 CSV，或矢量图层（GeoPackage、GeoJSON、Shapefile、GeoParquet）。",
    "cannot be read; it must be CSV in UTF-8, or a vector layer (GeoPackage, GeoJSON, Shapefile, "
    "GeoParquet).",
)
