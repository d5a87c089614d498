"""The change of one account into another, cell by cell: parcel x ecosystem x service.

Products, pollutants and water bodies that both accounts keep apart have cells of their own: their
amounts have units of their own, and what is grown instead of what is no change of a price.

A cell's value is a product, ::

    value = area x covered share x (amount / covered area) x (value / amount)

whose change `shapley` shares out over ecosystem area, coverage, condition and price. Where a
factor is not defined in one of the years it is taken from the other, so it has no part:

* an ecosystem that is not there in one year has no amount per area: its whole value is area;
* an amount of zero has no price: the whole value is condition;
* a service, parcel or ecosystem that only one of the runs measured has no area and no amount in
  the other: its whole value is coverage, never a change of nature. So is the part of a cell that
  has no input in one of the years.

A cell without an area of its own (what a standard does not share out over parcels; objects) is
amount x price. A value without an amount, or with amounts in two different units, is area x
coverage x value per area: condition and price cannot be told apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.errors import RunError
from data_catalog.text import Text
from gep.comparison.accounts import RunAccount, kept_apart
from gep.comparison.shapley import shapley

__all__ = ["BOTH", "REAL", "Pair"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
REAL = ("area", "condition", "price", "value_per_area", "coverage")
"""What the change between two years is split into."""
BOTH = ("before", "after")
STEPS = 8
"""Floating-point steps that two quotients of the same numbers may lie apart."""


@dataclass(frozen=True)
class _Side:
    """One year of some cells: whether measured at all, and what of them is known."""

    inside: Truths
    there: Truths
    area: Floats
    missing: Floats
    physical: Floats
    value: Floats


@dataclass(frozen=True)
class Pair:
    """Two accounts on the cells of both.

    Parameters
    ----------
    before, after : RunAccount
    counted : frozenset
        Services of which only what an account counts in GEP is looked at.
    """

    before: RunAccount
    after: RunAccount
    counted: frozenset[str]

    @cached_property
    def services(self) -> tuple[str, ...]:
        """Return the services with a value in either account, those of the later one first."""
        known = dict.fromkeys([*self.after.records, *self.before.records])
        found = {
            str(s) for a in (self.before, self.after)
            for s in a.rows["service"].unique() if self.holds(a, s)
        }  # fmt: skip
        return tuple(s for s in (*known, *sorted(found - set(known))) if s in found)

    def holds(self, account: RunAccount, service: str, item: str = "") -> bool:
        """Return whether an account measures a service, and counts it where that is asked for."""
        counts = service not in self.counted or service in account.counted
        return counts and account.measures(service, item)

    @cached_property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """Return services and items (empty: the service as a whole), in order."""
        return tuple(
            (service, item)
            for service in self.services
            for item in (sorted(self.after.items_of(service) | self.before.items_of(service))
                         if service in self._apart else ("",))
        )  # fmt: skip

    def effects(self) -> pd.DataFrame:
        """Return every cell's value in both years, and its change split into `REAL` effects.

        Raises
        ------
        RunError
            If neither account has a value.
        """
        if not self.services:
            raise RunError(
                where=str(self.after.run),
                problem=Text(
                    "两个账户都没有价值量，无从比较。", "neither account has a value to compare."
                ),
            )
        return pd.concat([self._of_kind(*kind) for kind in self.kinds], ignore_index=True)

    def _of_kind(self, service: str, item: str) -> pd.DataFrame:
        accounts = (self.before, self.after)
        rows = [self._rows(a, service, item) for a in accounts]
        zones = np.union1d(*(self._zones.of(r) for r in rows))
        one, other = (
            self._side(a, r, zones, self.holds(a, service, item))
            for a, r in zip(accounts, rows, strict=True)
        )
        units = {str(u) for r in rows for u in r["physical_unit"].unique()}
        parts = _parts(one, other, one_unit=len(units) <= 1)
        named = self._zones.names(zones)
        for column, text, known in (
            ("service", service, self.services),
            ("item", item, tuple(dict.fromkeys(i for _, i in self.kinds))),
        ):
            place = np.full(len(zones), known.index(text))
            named[column] = pd.Categorical.from_codes(place, pd.Index(known))
        return named.assign(before=one.value, after=other.value, **parts)

    @cached_property
    def _apart(self) -> frozenset[str]:
        return kept_apart(self.before, self.after)

    def _rows(self, account: RunAccount, service: str, item: str) -> pd.DataFrame:
        rows = account.apart if service in self._apart else account.rows
        chosen = (rows["service"] == service) & self.holds(account, service)
        return rows[chosen & (rows["item"] == item)] if service in self._apart else rows[chosen]

    def _side(self, account: RunAccount, rows: pd.DataFrame, zones: Codes, held: bool) -> _Side:
        place = np.searchsorted(zones, self._zones.of(rows))
        there = np.zeros(len(zones), dtype=bool)
        there[place] = True

        def spread(column: str) -> Floats:
            found = np.zeros(len(zones))
            found[place] = rows[column].to_numpy(np.float64)
            return found

        return _Side(
            inside=held & self._zones.within(zones, self._surveyed[account is self.after]),
            there=there,
            area=self._areas(account, zones),
            missing=np.nan_to_num(spread("missing_share")),
            physical=spread("physical"),
            value=spread("value"),
        )

    def _areas(self, account: RunAccount, zones: Codes) -> Floats:
        known = self._zones.of(account.extent)
        area = np.zeros(len(zones))
        where = np.searchsorted(zones, known)
        found = (where < len(zones)) & (zones[np.minimum(where, len(zones) - 1)] == known)
        np.add.at(area, where[found], account.extent["area_ha"].to_numpy(np.float64)[found])
        return area

    @cached_property
    def _surveyed(self) -> tuple[Truths, Truths]:
        """Return which parcels of all are in the account before, and which in the one after."""
        known = self._zones.parcels
        one, other = (known.isin(list(a.ids)) for a in (self.before, self.after))
        return one, other

    @cached_property
    def _zones(self) -> "_Zones":
        return _Zones.of_tables(
            f for a in (self.before, self.after) for f in (a.rows, a.apart, a.extent)
        )


@dataclass(frozen=True)
class _Zones:
    """Whole numbers for parcels x ecosystems, the same for both accounts."""

    parcels: pd.Index
    ecosystems: pd.Index

    @classmethod
    def of_tables(cls, tables: Iterator[pd.DataFrame]) -> "_Zones":
        found = list(tables)
        return cls(*(
            pd.Index(sorted({str(x) for t in found for x in t[column].unique()}))
            for column in ("parcel_id", "ecosystem")
        ))  # fmt: skip

    def of(self, table: pd.DataFrame) -> Codes:
        parcel, ecosystem = (
            _codes(table[column], known)
            for column, known in (("parcel_id", self.parcels), ("ecosystem", self.ecosystems))
        )
        return parcel * len(self.ecosystems) + ecosystem

    def names(self, zones: Codes) -> pd.DataFrame:
        parcel, ecosystem = np.divmod(zones, len(self.ecosystems))
        return pd.DataFrame({
            "parcel_id": pd.Categorical.from_codes(parcel, self.parcels),
            "ecosystem": pd.Categorical.from_codes(ecosystem, self.ecosystems),
        })  # fmt: skip

    def within(self, zones: Codes, parcels: Truths) -> Truths:
        return parcels[zones // len(self.ecosystems)]


def _codes(texts: "pd.Series[str]", known: pd.Index) -> Codes:
    """Return the places of categorical texts in a list that holds all of them."""
    places = known.get_indexer(texts.cat.categories.astype(str)).astype(np.int64)
    return places[texts.cat.codes.to_numpy()]


def _parts(one: _Side, other: _Side, *, one_unit: bool) -> dict[str, Floats]:
    """Return the cells' effects by name."""
    sides = (one, other)
    on_land = np.logical_and.reduce([~s.there | (s.area > 0) for s in sides])
    on_land &= np.logical_or(one.area > 0, other.area > 0)
    no_amount = np.logical_or.reduce([s.there & ~_explains(s) for s in sides]) | (not one_unit)
    before, after = (_factors(s, on_land, no_amount) for s in sides)
    defined = [_defined(a, b) for a, b in zip(before, after, strict=True)]
    area, coverage, amount, price = shapley(*zip(*defined, strict=True))
    return {
        "area": area,
        "condition": np.where(no_amount, 0.0, amount),
        "price": price,
        "value_per_area": np.where(no_amount, amount, 0.0),
        "coverage": coverage,
    }


def _explains(side: _Side) -> Truths:
    """Return where the value is an amount times a price."""
    explained: Truths = np.isfinite(side.physical) & ((side.physical != 0) | (side.value == 0))
    return explained


def _factors(
    side: _Side, on_land: Truths, no_amount: Truths
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return area, covered share, amount per covered area and price; NaN where not defined."""
    area = np.where(on_land, np.where(side.inside, side.area, np.nan), 1.0)
    seen = np.where(side.there, 1 - side.missing, np.where(on_land, 0.0, 1.0))
    covered = np.where(side.inside, np.where(area > 0, seen, np.nan), 0.0)
    amount = np.where(no_amount, side.value, side.physical)
    return area, covered, _over(amount, area * covered), _over(side.value, amount)


def _over(top: Floats, bottom: Floats) -> Floats:
    known = np.nan_to_num(bottom) != 0
    found: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=known)
    return found


def _defined(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """Return a factor of both years, each taken from the other where it is not defined.

    Two quotients that differ by rounding alone are one: an unchanged price has no effect.
    """
    first = np.nan_to_num(np.where(np.isnan(one), other, one))
    second = np.nan_to_num(np.where(np.isnan(other), one, other))
    rounded = np.abs(second - first) <= STEPS * np.spacing(np.abs(first))
    return first, np.where(rounded, first, second)
