"""Price and volume indices of accounts of several years, and what each service contributes.

An item is a service in an ecosystem, over all parcels, and each product, pollutant or water body
that both accounts keep apart: its quantity is the amount, its price the
value over the amount. Two years are compared on the items that both measure:

* an ecosystem that is not there in one of the years has quantity zero and no price then. It takes
  the price of the other year: it moves the volume, not the prices (as in the effects, where its
  whole value is area);
* an item that only one of the accounts measured, has amounts in two units, or a value without an
  amount, is left out of both years, and the share of GEP that is left in is stated. A missing
  price is never a zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from data_catalog.errors import RunError
from data_catalog.text import Text
from gep.comparison.accounts import RunAccount, kept_apart
from gep.indices import (
    BASE,
    FORMULAS,
    Floats,
    chain,
    chained_contributions,
    constant_price_value,
    fisher_contributions,
    laspeyres_contributions,
    volume,
)

__all__ = ["IndexSeries", "Matched", "index_series"]

SIDES = ("p0", "q0", "p1", "q1")


@dataclass(frozen=True)
class Matched:
    """The items of two accounts that have a price and a quantity in both.

    Parameters
    ----------
    before, after : RunAccount
    """

    before: RunAccount
    after: RunAccount

    @cached_property
    def items(self) -> pd.DataFrame:
        """Return prices and quantities, p0, q0, p1, q1, by service, item and ecosystem."""
        sides = self._totals
        index = sides[0].index.union(sides[1].index)
        one, other = (s.reindex(index) for s in sides)
        alike = (one["unit"] == other["unit"]) | one["unit"].isna() | other["unit"].isna()
        p0, q0 = self._known(one, self.before)
        p1, q1 = self._known(other, self.after)
        found = pd.DataFrame({
            "p0": p0.where(q0 != 0, p1), "q0": q0, "p1": p1.where(q1 != 0, p0), "q1": q1,
        })  # fmt: skip
        return found[alike].dropna()

    def coverage(self) -> tuple[float, float]:
        """Return the share of each account's GEP that the items carry."""
        p0, q0, p1, q1 = self.arrays()
        return (
            _share(constant_price_value(p0, q0), self.before),
            _share(constant_price_value(p1, q1), self.after),
        )

    def left_out(self) -> list[tuple[str, str]]:
        """Return the services and items that have a value somewhere that is not matched."""
        found = {i for t in self._totals for i in t.query("value != 0").index} - {*self.items.index}
        return list(dict.fromkeys((service, item) for service, item, _ in sorted(found)))

    @cached_property
    def _totals(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        apart = kept_apart(self.before, self.after)
        return self.before.totals(apart), self.after.totals(apart)

    def arrays(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return p0, q0, p1, q1."""
        p0, q0, p1, q1 = (self.items[name].to_numpy(np.float64) for name in SIDES)
        return p0, q0, p1, q1

    def _known(
        self, items: pd.DataFrame, account: RunAccount
    ) -> tuple["pd.Series[float]", "pd.Series[float]"]:
        """Return prices and quantities; zero, without a price, on land that is not there."""
        extent = account.extent.groupby("ecosystem", observed=True)["area_ha"].sum()
        land = {str(code) for code in extent.index[extent > 0]}
        gone = [
            s in account.counted and account.measures(s, i) and e not in {*land, ""}
            for s, i, e in items.index
        ]
        quantity = items["physical"].mask(items["value"].isna() & pd.Series(gone, items.index), 0.0)
        return items["value"] / items["physical"].where(items["physical"] != 0), quantity


def _share(value: float, account: RunAccount) -> float:
    return value / account.gep if account.gep else float("nan")


@dataclass(frozen=True)
class IndexSeries:
    """Indices of accounts of several years, each linked to the year before; 100 in the first.

    Parameters
    ----------
    accounts : tuple of RunAccount
        In the order in which they are linked.
    """

    accounts: tuple[RunAccount, ...]

    @property
    def years(self) -> tuple[int, ...]:
        """Return the accounting years."""
        return tuple(a.year for a in self.accounts)

    @cached_property
    def links(self) -> tuple[Matched, ...]:
        """Return each year matched with the year before it."""
        return tuple(
            Matched(a, b) for a, b in zip(self.accounts[:-1], self.accounts[1:], strict=True)
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        """Return a row per year.

        Returns
        -------
        DataFrame
            year; gep, CNY; value_index; constant_price_value, CNY in prices of the first year,
            with constant_price_coverage, the share of GEP it is about; chained volume_* and
            price_* indices; coverage_before and coverage, the shares of the year before's and of
            the year's own GEP that the link to it is about.
        """
        gep = [a.gep for a in self.accounts]
        found: dict[str, object] = {
            "year": self.years,
            "gep": gep,
            "value_index": [BASE * _share(value, self.accounts[0]) for value in gep],
        }
        constant = [Matched(self.accounts[0], a) for a in self.accounts]
        found["constant_price_value"] = [
            constant_price_value(m.arrays()[0], m.arrays()[-1]) for m in constant
        ]
        found["constant_price_coverage"] = [m.coverage()[-1] for m in constant]
        arrays = [m.arrays() for m in self.links]
        for name, formula in FORMULAS.items():
            found[f"volume_{name}"] = chain(volume(formula, *a) for a in arrays)
        for name, formula in FORMULAS.items():
            found[f"price_{name}"] = chain(formula(*a) for a in arrays)
        shares = [m.coverage() for m in self.links]
        found["coverage_before"] = [np.nan, *(s[0] for s in shares)]
        found["coverage"] = [np.nan, *(s[1] for s in shares)]
        return pd.DataFrame(found)

    def contributions(self) -> pd.DataFrame:
        """Return what each service adds to the growth of the volume since the first year.

        Returns
        -------
        DataFrame
            year, service, laspeyres, fisher: in ratios of the first year. Over all years and
            services they add up to the chained index over 100, less 1.
        """
        table = self.table
        frames = []
        for name, parts in (("laspeyres", laspeyres_contributions),
                            ("fisher", fisher_contributions)):  # fmt: skip
            levels = table[f"volume_{name}"].to_numpy()
            found = chained_contributions(levels, [parts(*m.arrays()) for m in self.links])
            frames.append(pd.concat([
                pd.DataFrame({"year": m.after.year, "service": m.items.index.get_level_values(0),
                              name: of_link})
                for m, of_link in zip(self.links, found, strict=True)
            ]).groupby(["year", "service"])[name].sum(min_count=1))  # fmt: skip
        return pd.concat(frames, axis=1).reset_index()


def index_series(accounts: Sequence[RunAccount]) -> IndexSeries:
    """Return the indices of accounts of different years.

    Raises
    ------
    RunError
        If two of them are of the same year.
    """
    years: dict[int, RunAccount] = {}
    for account in accounts:
        if account.year in years:
            raise RunError(
                where=str(account.run),
                problem=Text(
                    f"与 {years[account.year].run} 同为 {account.year} 年；"
                    "三个以上账户的指数要求每年只有一个账户。",
                    f"is of {account.year}, as {years[account.year].run} is; a series takes one "
                    "account a year.",
                ),
            )
        years[account.year] = account
    return IndexSeries(tuple(accounts))
