"""How far the numbers of a run can be trusted: the rows behind them, and the doubtful ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from data_catalog.parameters import GRADES, Row

DOUBTFUL = ("recalled", "estimate")
"""Grades whose share of the value every report states."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The rows behind a value on some ecosystems: those of modelled layers and prices included.

    `scope` holds class numbers, and none for all classes.
    """

    scope: frozenset[int]
    rows: tuple[Row, ...]

    def of(self, ecosystem: str) -> tuple[Row, ...]:
        """Return the rows that a value on one level-II class rests on; empty: not shared out."""
        if not ecosystem:
            return () if self.scope else self.rows
        if self.scope and int(ecosystem) not in self.scope:
            return ()
        return tuple(r for r in self.rows if not r.key.isdigit() or ecosystem.startswith(r.key))


def rows_behind(bases: Iterable[Basis], ecosystems: Iterable[str]) -> list[Row]:
    """Return all rows that values on these level-II classes rest on."""
    classes = list(ecosystems)
    return [row for basis in bases for code in classes for row in basis.of(code)]


def weakest(rows: Iterable[Row]) -> str:
    """Return the least trusted grade among rows; empty if there are none."""
    return max((r.grade for r in rows), key=GRADES.index, default="")


def doubtful_share(values: pd.DataFrame, rests_on: Mapping[str, Iterable[Basis]]) -> float | None:
    """Return the share of the value that rests on recalled or estimated rows; None without value.

    A service's value on an ecosystem counts whole if one such row is behind it: nobody knows what
    part of it the row decides.

    Parameters
    ----------
    values : DataFrame
        service, ecosystem, value; a row for each pair.
    """
    total = values["value"].sum()
    if not total:
        return None
    keys = zip(values["service"], values["ecosystem"], strict=True)
    doubtful = [_doubtful(rests_on[service], ecosystem) for service, ecosystem in keys]
    return float(values.loc[doubtful, "value"].sum() / total)


def _doubtful(bases: Iterable[Basis], ecosystem: str) -> bool:
    return any(r.grade in DOUBTFUL for r in rows_behind(bases, [ecosystem]))
