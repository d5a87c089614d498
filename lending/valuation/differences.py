"""What a file says beside what its own inputs give: each figure that differs, by its place."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from data_catalog.text import Text

__all__ = ["Difference", "differences", "told"]

NAMES = ("id", "rule", "name", "kind", "method", "parcel_id")
"""Fields by which a row of a list is known, the first that it has."""
VERSION = "software"
"""What made the record: another version that gives the same figures is no difference."""
SHOWN = 3
"""Differences that a sentence lists."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that differs: where it is, what the file says, what computing again gives."""

    place: str
    said: object
    again: object


def differences(said: BaseModel, again: BaseModel) -> Iterator[Difference]:
    """Yield what differs between a record and the same made again, in the order of the record.

    Money and tonnes are compared exactly, floating-point numbers as close as two machines agree.
    """
    yield from _between((), said.model_dump(), again.model_dump())


def _between(place: tuple[str, ...], said: Any, again: Any) -> Iterator[Difference]:  # noqa: ANN401
    if isinstance(said, Mapping) and isinstance(again, Mapping):
        for name in (n for n in dict.fromkeys([*said, *again]) if n != VERSION):
            yield from _between((*place, str(name)), said.get(name), again.get(name))
    elif _rows(said) and _rows(again) and len(said) == len(again):
        for number, (one, other) in enumerate(zip(said, again, strict=True), start=1):
            yield from _between((*place, _named(one, number)), one, other)
    elif not _same(said, again):
        yield Difference(".".join(place), said, again)


def _rows(found: object) -> bool:
    return isinstance(found, Sequence) and not isinstance(found, str)


def _named(row: object, number: int) -> str:
    if isinstance(row, Mapping):
        return next((str(row[name]) for name in NAMES if row.get(name)), str(number))
    return str(number)


def _same(said: object, again: object) -> bool:
    if isinstance(said, float) and isinstance(again, float):
        return math.isclose(said, again) or (math.isnan(said) and math.isnan(again))
    return said == again


def told(found: Iterable[Difference]) -> Text | None:
    """Return a sentence on the figures that differ, the first of them in full; None of none."""
    rows = list(found)
    if not rows:
        return None
    first = [f"{one.place}: {_shown(one.said)} → {_shown(one.again)}" for one in rows[:SHOWN]]
    return Text(
        f"与由其自身输入重算不符的数：{len(rows)} 个（文件 → 重算）：{'；'.join(first)}。",
        f"figures that are not what the file's own inputs give: {len(rows)} (file → made again): "
        f"{'; '.join(first)}.",
    )


def _shown(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, Decimal):
        return f"{value:,}"
    return f"{len(value)} rows" if isinstance(value, list | tuple) else str(value)
