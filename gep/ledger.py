"""Amounts and values by place, put together: items into services, services into the account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.text import Text
from gep.places import Places
from gep.service import Service

__all__ = ["COLUMNS", "Entry", "Ledger", "ServiceEntries"]

COLUMNS = ("parcel_id", "ecosystem", "service", "physical", "physical_unit", "value", "price_year",
           "standard", "missing_share")  # fmt: skip

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
N = TypeVar("N", bound=np.generic)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One item's amounts in the places where it has any, in ascending order.

    Parameters
    ----------
    unit : str
        Of `physical`.
    missing : array
        The share of the place's area whose inputs are missing.
    """

    item: str
    title: Text
    unit: str
    price_year: str
    where: Ints
    physical: Floats
    value: Floats
    missing: Floats

    def total(self) -> tuple[float, float]:
        """Return amount and value over all places; NaN where no place has one."""
        return _sum(self.physical), _sum(self.value)


@dataclass(frozen=True, kw_only=True)
class ServiceEntries:
    """A service's items, and their sum."""

    service: Service
    counted: bool
    items: tuple[Entry, ...]
    whole: Entry

    @classmethod
    def of(
        cls, service: Service, items: Sequence[Entry], places: int, *, counted: bool
    ) -> "ServiceEntries":
        """Return a service with its items added up; an item in a unit of its own adds value alone.

        Parameters
        ----------
        places : int
            How many there are.
        """
        return cls(
            service=service, counted=counted, items=tuple(items),
            whole=_added(service, items, places),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """All services of one standard."""

    standard: str
    places: Places
    services: tuple[ServiceEntries, ...] = field(default_factory=tuple)

    def gep(self) -> float:
        """Return the value of all services that count."""
        return _sum(np.array([s.whole.total()[1] for s in self.services if s.counted]))

    def account(self) -> pd.DataFrame:
        """Return the long account by place, then by service; its texts are categorical."""
        entries = [s.whole for s in self.services]
        names = [s.service.id for s in self.services]
        rows = _interleaved(entries, len(self.places.keys))
        frame = _frame(self.places, entries, rows, self.standard)
        frame["service"] = _repeated(names, entries, rows)
        return frame[list(COLUMNS)]

    def items(self) -> pd.DataFrame:
        """Return the rows of services that are kept apart by item, item after item."""
        kept = [(s, e) for s in self.services for e in s.items if e.item]
        entries = [e for _, e in kept]
        rows = np.arange(sum(len(e.where) for e in entries))
        frame = _frame(self.places, entries, rows, self.standard)
        for column, texts in (
            ("service", [s.service.id for s, _ in kept]),
            ("item", [e.item for e in entries]),
        ):
            frame[column] = _repeated(texts, entries, rows)
        return frame[["parcel_id", "ecosystem", "service", "item", *COLUMNS[3:]]]


def _added(service: Service, items: Sequence[Entry], places: int) -> Entry:
    first = items[0]
    if len(items) == 1 and first.unit == service.total:
        return first
    sums = np.zeros((2, places))
    known = np.zeros((2, places), dtype=bool)
    missing = np.zeros(places)
    touched = np.zeros(places, dtype=bool)
    for entry in items:
        touched[entry.where] = True
        missing[entry.where] = np.maximum(missing[entry.where], entry.missing)
        mixed = entry.unit != service.total
        for place, numbers in enumerate((entry.physical, entry.value)):
            has = ~np.isnan(numbers) & (not mixed or place == 1)
            sums[place][entry.where[has]] += numbers[has]
            known[place][entry.where[has]] = True
    where = np.flatnonzero(touched)
    physical, value = (np.where(k, s, np.nan)[where] for s, k in zip(sums, known, strict=True))
    years = sorted({year for e in items for year in e.price_year.split("/") if year})
    return Entry(
        item="", title=service.title, unit=service.total, price_year="/".join(years),
        where=where, physical=physical, value=value, missing=missing[where],
    )  # fmt: skip


def _interleaved(entries: Sequence[Entry], places: int) -> Ints:
    """Return the row of each entry's amounts when places come first, then entries in order."""
    count = np.zeros(places + 1, np.int64)
    for entry in entries:
        count[entry.where + 1] += 1
    free = np.cumsum(count)[:-1]
    rows = []
    for entry in entries:
        rows.append(free[entry.where])
        free[entry.where] += 1
    return np.concatenate(rows) if rows else np.zeros(0, np.int64)


def _frame(places: Places, entries: Sequence[Entry], rows: Ints, standard: str) -> pd.DataFrame:
    where = _at(_joined([e.where for e in entries], np.int64), rows)
    columns: Mapping[str, object] = {
        "parcel_id": pd.Categorical.from_codes(places.parcels[where] + 1, places.parcel_labels),
        "ecosystem": pd.Categorical.from_codes(places.classes[where], places.class_labels),
        "physical": _at(_joined([e.physical for e in entries], np.float64), rows),
        "physical_unit": _repeated([e.unit for e in entries], entries, rows),
        "value": _at(_joined([e.value for e in entries], np.float64), rows),
        "price_year": _repeated([e.price_year for e in entries], entries, rows),
        "standard": pd.Categorical.from_codes(
            np.zeros(len(where), np.int8), pd.Index([standard], dtype=object)
        ),
        "missing_share": _at(_joined([e.missing for e in entries], np.float64), rows),
    }
    return pd.DataFrame(columns)


def _joined(parts: list[npt.NDArray[N]], kind: type[N]) -> npt.NDArray[N]:
    return np.concatenate(parts) if parts else np.zeros(0, kind)


def _at(numbers: npt.NDArray[N], rows: Ints) -> npt.NDArray[N]:
    """Return numbers moved to their rows."""
    moved = np.empty_like(numbers)
    moved[rows] = numbers
    return moved


def _repeated(texts: list[str], entries: Sequence[Entry], rows: Ints) -> pd.Categorical:
    """Return each entry's text for all of its rows."""
    labels = pd.Index(sorted(set(texts)), dtype=object)
    codes = labels.get_indexer(pd.Index(texts, dtype=object)).astype(np.int16)
    repeated = np.repeat(codes, [len(e.where) for e in entries])
    return pd.Categorical.from_codes(_at(repeated, rows), labels)


def _sum(numbers: Floats) -> float:
    known = numbers[~np.isnan(numbers)]
    return float(known.sum()) if len(known) else float("nan")
