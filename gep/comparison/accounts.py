"""A finished run's account, as it is read to be compared with another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from data_catalog.errors import RunError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from tiles.runfolder import damaged, read_manifest

__all__ = ["RunAccount", "kept_apart", "read_accounts"]

ACCOUNT, EXTENT, PARCELS = "account.parquet", "extent.parquet", "parcels.parquet"
ITEMS = "items.parquet"
NUMBERS = ["physical", "value", "missing_share"]
TEXTS = ["parcel_id", "ecosystem", "service", "item", "physical_unit", "price_year", "standard"]
KEYS = ["service", "item", "ecosystem"]
REFUSALS = ("not_computed", "services_not_computed")


@dataclass(frozen=True, kw_only=True)
class RunAccount:
    """The account of one run under one standard.

    Parameters
    ----------
    run : Path
        The run folder, as people named it.
    manifest : mapping
        The whole manifest.
    standard : str
        Whose rows these are.
    rows : DataFrame
        The rows of account.parquet that have a value; texts categorical.
    apart : DataFrame
        The rows of items.parquet (products, pollutants, water bodies) that have a value, of the
        services that are the sum of their items; with a column item.
    extent : DataFrame
        parcel_id, ecosystem, area_ha.
    parcels : DataFrame
        The parcels without their shapes.
    """

    run: Path
    manifest: Mapping[str, Any]
    standard: str
    rows: pd.DataFrame
    apart: pd.DataFrame
    extent: pd.DataFrame
    parcels: pd.DataFrame
    _kept: dict[frozenset[str], pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def year(self) -> int:
        """Return the accounting year."""
        return int(self.manifest["project"]["project"]["year"])

    @cached_property
    def section(self) -> Mapping[str, Any]:
        """Return what the manifest says of the account under this standard."""
        others: Mapping[str, Mapping[str, Any]] = self.manifest.get("other_standards", {})
        return others.get(self.standard, self.manifest)

    @cached_property
    def records(self) -> dict[str, Mapping[str, Any]]:
        """Return how each computed service was computed and valued, by id, in account order."""
        return {r["service"]: r for r in self.section.get("services", [])}

    @cached_property
    def counted(self) -> frozenset[str]:
        """Return the services whose value is part of GEP."""
        return frozenset(self.section.get("counted", []))

    @cached_property
    def measured(self) -> frozenset[str]:
        """Return the services that this account holds.

        One without a row is held, too, if it was to be computed and nothing stopped it: the land
        it is about is not there, and its value is truly nothing.
        """
        refused = {r["account"] for key in REFUSALS for r in self.section.get(key, [])}
        unpriced = set(self.section.get("services_not_valued", {}))
        return self._with_rows | (self.counted - refused - unpriced)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Return the parcels of the run, and the account as a whole (an empty id)."""
        return frozenset(self.parcels["parcel_id"].astype(str)) | {""}

    @cached_property
    def gep(self) -> float:
        """Return the value of all that is counted, CNY."""
        return float(self.rows.loc[self._in_gep, "value"].sum())

    def measures(self, service: str, item: str = "") -> bool:
        """Return whether this account holds a service, and an item of it.

        It holds an item that it declares or has a row of, and all of a service whose land is not
        there.
        """
        if service not in self.measured or not item:
            return service in self.measured
        declared = {i["item"] for i in self.records.get(service, {}).get("items", [])}
        return item in declared | self.items_of(service) or service not in self._with_rows

    def items_of(self, service: str) -> frozenset[str]:
        """Return the items that a service is the sum of; none where it is not kept apart."""
        return frozenset(self.apart.loc[self.apart["service"] == service, "item"].unique())

    def totals(self, apart: frozenset[str]) -> pd.DataFrame:
        """Return physical, value and unit by service, item and ecosystem, of what is counted.

        An amount is missing where a row with a value has none.

        Parameters
        ----------
        apart : frozenset
            Services of which each item stands alone.
        """
        if apart not in self._kept:
            items = self.apart[self.apart["service"].isin(list(self.counted & apart))]
            whole = self.rows[self.rows["service"].isin(list(self.counted - apart))]
            self._kept[apart] = pd.concat([_totals(whole), _totals(items)])
        return self._kept[apart]

    @cached_property
    def _with_rows(self) -> frozenset[str]:
        return frozenset(self.rows["service"].unique())

    @cached_property
    def _in_gep(self) -> "pd.Series[bool]":
        return self.rows["service"].isin(list(self.counted))


def kept_apart(one: RunAccount, other: RunAccount) -> frozenset[str]:
    """Return the services whose items both accounts keep apart, as far as they have rows."""
    tables = [(frozenset(a.apart["service"].unique()), a.rows["service"]) for a in (one, other)]
    (first, rows), (second, other_rows) = tables
    return (
        (first & second)
        | {s for s in first if not (other_rows == s).any()}
        | {s for s in second if not (rows == s).any()}
    )


def _totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Return physical, value and unit by service, item (empty where there is none), ecosystem."""
    grouped = rows.groupby([k for k in KEYS if k in rows], observed=True, sort=True)
    sums = grouped[["physical", "value"]].sum()
    complete = grouped["physical"].count() == grouped["value"].count()
    units = grouped["physical_unit"].first().astype(str)
    found = sums.assign(physical=sums["physical"].where(complete), unit=units).reset_index()
    if "item" not in found:
        found["item"] = ""
    return found.astype(dict.fromkeys(KEYS, str)).set_index(KEYS)


def read_accounts(runs: Sequence[Path], standard: str | None = None) -> tuple[RunAccount, ...]:
    """Read the runs' accounts under one standard, where they share one.

    Parameters
    ----------
    runs : sequence of Path
        Finished run folders.
    standard : str, optional
        By default the standard that all of them hold; where each run holds only its own, that.

    Raises
    ------
    RunError
        If a folder is no finished run with a GEP account, or it is not clear which standard to
        compare.
    UnknownNameError
        If a run does not hold the standard asked for.
    """
    manifests = {run: read_manifest(run) for run in runs}
    held = {run: _standards(run, manifest) for run, manifest in manifests.items()}
    chosen = _chosen(held, standard)
    return tuple(_read(run, manifests[run], chosen[run]) for run in runs)


def _standards(run: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Return the standards whose account a run holds; the main one is the first."""
    if not (run / ACCOUNT).is_file() or not (run / EXTENT).is_file():
        raise RunError(
            where=str(run),
            problem=Text(
                "没有 GEP 账户（account.parquet 与 extent.parquet）。请用 gep compute 计算。",
                "holds no GEP account (account.parquet and extent.parquet). Make one with "
                "`gep compute`.",
            ),
        )
    found = set(_table(run / ACCOUNT, ["standard"])["standard"].unique())
    main = str(manifest.get("standard", ""))
    return [main, *sorted(found - {main})]


def _chosen(held: Mapping[Path, list[str]], wanted: str | None) -> dict[Path, str]:
    if wanted is not None:
        for run, standards in held.items():
            if wanted not in standards:
                raise UnknownNameError(
                    where=str(run),
                    kind=Text("标准", "standard"),
                    name=wanted,
                    hint=suggestion(wanted, standards),
                )
        return dict.fromkeys(held, wanted)
    first, *others = held.values()
    common = [s for s in first if all(s in o for o in others)]
    if common:
        return dict.fromkeys(held, common[0])
    several = next((run for run, standards in held.items() if len(standards) > 1), None)
    if several is not None:
        names = ", ".join(held[several])
        raise RunError(
            where=str(several),
            problem=Text(
                f"含多个标准（{names}），其中没有各次运行共有的。请用共有的标准重新计算。",
                f"holds several standards ({names}), and none that all the runs have. Compute "
                "the runs under one standard.",
            ),
        )
    return {run: standards[0] for run, standards in held.items()}


def _read(run: Path, manifest: Mapping[str, Any], standard: str) -> RunAccount:
    try:
        rows = _valued(run / ACCOUNT, [t for t in TEXTS if t != "item"], standard)
        items = _valued(run / ITEMS, TEXTS, standard) if (run / ITEMS).is_file() else None
        extent = _table(run / EXTENT, ["parcel_id", "ecosystem", "area_ha"])
        names = [n for n in pq.read_schema(run / PARCELS).names if n != "geometry"]
        parcels = pd.read_parquet(run / PARCELS, columns=names)
    except (OSError, ValueError) as error:
        raise damaged(run, error) from error
    apart = _no_items(rows) if items is None else _made_up_of(rows, items)
    return RunAccount(run=run, manifest=manifest, standard=standard, rows=rows, apart=apart,
                      extent=extent, parcels=parcels)  # fmt: skip


def _valued(path: Path, texts: list[str], standard: str) -> pd.DataFrame:
    """Return a table's rows of one standard that have a value."""
    rows = _table(path, [*texts, *NUMBERS])
    return rows[(rows["standard"] == standard) & rows["value"].notna()].reset_index(drop=True)


def _no_items(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[:0].assign(item=pd.Categorical([]))


def _made_up_of(rows: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of services whose items' values add up to the service's."""
    whole, parts = (
        t.groupby("service", observed=True)["value"].sum().rename(index=str) for t in (rows, items)
    )
    same = [s for s in parts.index if s in whole and np.isclose(whole[s], parts[s])]
    return items[items["service"].isin(same)].reset_index(drop=True)


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a table with its texts as categories: a county has many rows and few different ones."""
    texts = [c for c in columns if c in TEXTS]
    frame: pd.DataFrame = pq.read_table(path, columns=columns, read_dictionary=texts).to_pandas()
    return frame.astype({c: "category" for c in texts if frame[c].dtype != "category"})
