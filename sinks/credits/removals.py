"""What credits are made of: change of carbon by parcel and period, from a run, paths or a table."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data_catalog.errors import ParcelError, RunError, TableError
from data_catalog.text import Text
from sinks.account_files import ROUTES
from sinks.estimates import Estimates, together
from sinks.pools import POOLS
from sinks.run_estimates import PARCELS, changes_of_run, stocks_of_run
from sinks.uncertainty.fields import Field, Spread
from sinks.uncertainty.files import read_estimates
from tiles.runfolder import MANIFEST, sha256

__all__ = ["EX_ANTE", "MONITORED", "Removals", "by_parcel", "read_removals"]

EX_ANTE, MONITORED = "ex_ante", "monitored"
ROUTES_TABLE = f"{ROUTES}.parquet"
STOCK, CHANGE = ("parcel_id", "year", "pool"), ("parcel_id", "year_from", "year_to", "pool")
OWN_OF_PARCELS = "the parcels' own"
"""A parcel's own error: one and the same in all its pools and vintages, no other parcel's."""
NEITHER = Text(
    "缺少列 {missing}。储量路径需要 parcel_id、year、pool、stock_tC（及 se_tC）；"
    "变化需要 parcel_id、year_from、year_to、pool、change_tC（及 se_tC）。",
    "has no column {missing}. Paths of stock have parcel_id, year, pool, stock_tC (and se_tC); "
    "changes have parcel_id, year_from, year_to, pool, change_tC (and se_tC).",
)


@dataclass(frozen=True, kw_only=True)
class Removals:
    """Changes of carbon, t_C, a gain positive.

    Parameters
    ----------
    change : Estimates with keys parcel_id, pool, year_from, year_to
    stock : Estimates with keys parcel_id, pool, year, or None
        Undiscounted; None where changes alone are known.
    kind : str
        `ex_ante` or `monitored`.
    areas : mapping of parcel_id to ha
        As far as known.
    provisional : bool
        Whether the stocks rest on numbers that are recalled or estimated.
    """

    change: Estimates
    stock: Estimates | None
    kind: str
    areas: dict[str, float]
    source: str
    sha256: str = ""
    """Of the run's manifest, or of the file."""
    provisional: bool = False

    def of_pools(self, pools: Iterable[str]) -> "Removals":
        """Return the changes and stocks of some pools together, without the key `pool`."""
        wanted = list(pools)
        stock = None if self.stock is None else _summed(self.stock, wanted, ["year"])
        change = _summed(self.change, wanted, ["year_from", "year_to"])
        return replace(self, change=change, stock=stock)

    def of_parcels(self, ids: Collection[str], where: str) -> "Removals":
        """Return the changes and stocks of some parcels alone; of all where none are named.

        Raises
        ------
        ParcelError
            Naming those that are not there.
        """
        if not ids:
            return self
        there = self.change.keys["parcel_id"]
        absent = ", ".join(sorted(set(ids) - set(there)))
        if absent:
            raise ParcelError(where=f"{where}: [parcels] ids", problem=Text(
                f"{self.source} 中没有这些宗地：{absent}。请核对编号。",
                f"{self.source} has no parcels {absent}. Check their ids.",
            ))  # fmt: skip
        stock = None if self.stock is None else _of(self.stock, ids)
        return replace(self, change=_of(self.change, ids), stock=stock)

    def pools(self) -> set[str]:
        """Return the pools there are."""
        return set(self.change.keys["pool"].unique())


def read_removals(path: Path, kind: str = "") -> Removals:
    """Return what a run folder, or a file of paths or of changes, says of the carbon of parcels.

    Parameters
    ----------
    kind : str
        `ex_ante` or `monitored`; by default paths are ex ante, runs and changes monitored.

    Raises
    ------
    RunError, TableError
        If the run or the file cannot be read as one.
    """
    if path.is_dir():
        change = changes_of_run(path)
        if len(change) == 0:
            raise RunError(where=str(path), problem=Text(
                "只有一个年份的碳储量，没有变化，也就没有可计入的量。"
                "请在项目中给出基期（baseline_year）后重新计算。",
                "has the carbon stock of one year alone: there is no change, and nothing to claim. "
                "Give the project a baseline_year and compute it again.",
            ))  # fmt: skip
        return Removals(
            change=by_parcel(change), stock=by_parcel(stocks_of_run(path)),
            kind=kind or MONITORED, areas=_areas(path / PARCELS), source=str(path),
            sha256=sha256(path / MANIFEST), provisional=_provisional(path / ROUTES_TABLE),
        )  # fmt: skip
    table = _read(path)
    digest = sha256(path)
    if "stock_tC" in table:
        table = _typed(table, STOCK, "stock_tC", path)
        stock = read_estimates(table, STOCK, "stock_tC", "se_tC", path)
        return Removals(
            change=by_parcel(_changes(stock, path)), stock=by_parcel(stock),
            kind=kind or EX_ANTE, areas={}, source=str(path), sha256=digest,
        )  # fmt: skip
    table = _typed(table, CHANGE, "change_tC", path)
    backward = table["year_to"] <= table["year_from"]
    if backward.any():
        row = int(np.flatnonzero(backward.to_numpy())[0])
        raise TableError(where=f"{path.name}:{row + 2}", problem=Text(
            "year_to 须晚于 year_from。", "year_to must be later than year_from.",
        ))  # fmt: skip
    change = read_estimates(table, CHANGE, "change_tC", "se_tC", path)
    return Removals(change=by_parcel(change), stock=None, kind=kind or MONITORED, areas={},
                    source=str(path), sha256=digest)  # fmt: skip


def _summed(found: Estimates, pools: list[str], years: list[str]) -> Estimates:
    kept = found.chosen(found.keys["pool"].isin(pools).to_numpy())
    return kept.summed([*years, "parcel_id"])


def _of(found: Estimates, ids: Collection[str]) -> Estimates:
    return found.chosen(found.keys["parcel_id"].isin(list(ids)).to_numpy())


def by_parcel(found: Estimates) -> Estimates:
    """Return the estimates with a parcel's own error as one that all its rows share."""
    number = found.keys["parcel_id"].rank(method="dense").to_numpy(dtype=np.int64)
    rows = np.arange(len(found))
    own = Spread.gathered(Field(), len(found), rows, number, 0 * rows, found.own)
    return replace(found, own=np.zeros(len(found)), spatial={**found.spatial, OWN_OF_PARCELS: own})


def _changes(stock: Estimates, path: Path) -> Estimates:
    """Return the changes between each year and the next."""
    years = sorted(stock.keys["year"].unique())
    if len(years) <= 1:
        raise TableError(where=path.name, problem=Text(
            "只有一个年份的碳储量，无法得到变化。", "has the stock of one year alone: no change.",
        ))  # fmt: skip
    at = {year: _in_order(stock, year) for year in years}
    first = at[years[0]].keys[["parcel_id", "pool"]]
    for year, of_year in at.items():
        if not of_year.keys[["parcel_id", "pool"]].equals(first):
            raise TableError(where=path.name, problem=Text(
                f"{year} 年的宗地或碳库与 {years[0]} 年不同；每年须为同样的宗地和碳库。",
                f"has other parcels or pools in {year} than in {years[0]}; every year needs the "
                "same.",
            ))  # fmt: skip
    parts = []
    for earlier, later in pairwise(years):
        part = at[later].minus(at[earlier])
        keys = first.assign(year_from=earlier, year_to=later)
        parts.append(replace(part, keys=keys))
    return together(parts)


def _in_order(stock: Estimates, year: int) -> Estimates:
    of_year = stock.chosen((stock.keys["year"] == year).to_numpy())
    return of_year.summed(["parcel_id", "pool"])


def _read(path: Path) -> pd.DataFrame:
    try:
        if path.suffix == ".parquet":
            return pd.read_parquet(path)
        return pd.read_csv(path, dtype={"parcel_id": str}, encoding="utf-8-sig")
    except FileNotFoundError as error:
        problem = Text("没有这个文件或运行文件夹。", "there is no such file or run folder.")
        raise TableError(where=str(path), problem=problem) from error
    except (OSError, ValueError) as error:
        problem = Text("无法读取该文件。", "this file cannot be read.")
        raise TableError(where=str(path), problem=problem) from error


def _typed(table: pd.DataFrame, keys: tuple[str, ...], value: str, path: Path) -> pd.DataFrame:
    missing = [name for name in (*keys, value) if name not in table]
    if missing:
        names = ", ".join(missing)
        raise TableError(where=path.name, problem=Text(
            NEITHER.zh.format(missing=names), NEITHER.en.format(missing=names)
        ))  # fmt: skip
    unknown = sorted(set(table["pool"].astype(str)) - set(POOLS))
    if unknown:
        names, known = ", ".join(unknown), ", ".join(POOLS)
        raise TableError(where=path.name, problem=Text(
            f"没有碳库“{names}”；碳库为 {known}。", f"no pool is named {names}; pools are {known}.",
        ))  # fmt: skip
    for name in (*(k for k in keys if k.startswith("year")), value, "se_tC"):
        if name in table:
            numbers = pd.to_numeric(table[name], errors="coerce")
            wrong = numbers.isna() & table[name].notna()
            if wrong.any() or (name.startswith("year") and numbers.isna().any()):
                row = int(np.flatnonzero((wrong | numbers.isna()).to_numpy())[0])
                raise TableError(where=f"{path.name}:{row + 2}", problem=Text(
                    f"{name} 列为“{table[name].iloc[row]}”，应为数。",
                    f"column {name} is {str(table[name].iloc[row])!r}; it must be a number.",
                ))  # fmt: skip
            table[name] = numbers.astype(np.int64 if name.startswith("year") else np.float64)
    table = table.astype({"parcel_id": str, "pool": str})
    twice = table.duplicated(list(keys))
    if twice.any():
        row = int(np.flatnonzero(twice.to_numpy())[0])
        raise TableError(where=f"{path.name}:{row + 2}", problem=Text(
            "同一宗地、年份和碳库出现了两次。", "a parcel, year and pool are there twice.",
        ))  # fmt: skip
    return table


def _provisional(file: Path) -> bool:
    if not file.is_file():
        return False
    routes = pd.read_parquet(file, columns=["chosen", "provisional"])
    return bool((routes["chosen"] & routes["provisional"]).any())


def _areas(file: Path) -> dict[str, float]:
    if not file.is_file():
        return {}
    frame = gpd.read_parquet(file, columns=["parcel_id", "area_ha", "geometry"])
    return dict(zip(frame["parcel_id"].astype(str), frame["area_ha"].astype(float), strict=True))
