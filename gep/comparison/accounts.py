"""A finished run's account, as it is read to be compared with another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from data_catalog.errors import RunError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from tiles.runfolder import read_manifest

__all__ = ["RunAccount", "read_accounts"]

ACCOUNT, EXTENT, PARCELS = "account.parquet", "extent.parquet", "parcels.parquet"
NUMBERS = ["physical", "value", "missing_share"]
TEXTS = ["parcel_id", "ecosystem", "service", "physical_unit", "price_year", "standard"]
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
    extent : DataFrame
        parcel_id, ecosystem, area_ha.
    parcels : DataFrame
        The parcels without their shapes.
    """

    run: Path
    manifest: Mapping[str, Any]
    standard: str
    rows: pd.DataFrame
    extent: pd.DataFrame
    parcels: pd.DataFrame

    @property
    def year(self) -> int:
        """Return the accounting year."""
        return int(self.manifest["project"]["project"]["year"])

    @cached_property
    def section(self) -> Mapping[str, Any]:
        """Return what the manifest says of the account under this standard."""
        sections = [self.manifest, *self.manifest.get("standards", [])]
        return next((s for s in sections if s.get("standard") == self.standard), self.manifest)

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
        return frozenset(self.rows["service"].unique()) | (self.counted - refused - unpriced)

    @cached_property
    def ids(self) -> frozenset[str]:
        """Return the parcels of the run, and the account as a whole (an empty id)."""
        return frozenset(self.parcels["parcel_id"].astype(str)) | {""}

    @cached_property
    def gep(self) -> float:
        """Return the value of all that is counted, CNY."""
        return float(self.rows.loc[self._in_gep, "value"].sum())

    @cached_property
    def items(self) -> pd.DataFrame:
        """Return physical, value and unit by service and ecosystem, of what is counted.

        An amount is missing where a row with a value has none.
        """
        rows = self.rows[self._in_gep]
        grouped = rows.groupby(["service", "ecosystem"], observed=True, sort=True)
        sums = grouped[["physical", "value"]].sum()
        complete = grouped["physical"].count() == grouped["value"].count()
        units = grouped["physical_unit"].first().astype(str)
        found = sums.assign(physical=sums["physical"].where(complete), unit=units).reset_index()
        keys = ["service", "ecosystem"]
        return found.astype(dict.fromkeys(keys, str)).set_index(keys)

    @cached_property
    def _in_gep(self) -> "pd.Series[bool]":
        return self.rows["service"].isin(list(self.counted))


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
        rows = _table(run / ACCOUNT, [*TEXTS, *NUMBERS])
        extent = _table(run / EXTENT, ["parcel_id", "ecosystem", "area_ha"])
        names = [n for n in pq.read_schema(run / PARCELS).names if n != "geometry"]
        parcels = pd.read_parquet(run / PARCELS, columns=names)
    except (OSError, ValueError) as error:
        raise RunError(
            where=str(run),
            problem=Text(
                f"运行文件夹不完整或已损坏（{error}）。请重新计算。",
                f"the run folder is incomplete or damaged ({error}). Compute it again.",
            ),
        ) from error
    rows = rows[(rows["standard"] == standard) & rows["value"].notna()].reset_index(drop=True)
    return RunAccount(run=run, manifest=manifest, standard=standard, rows=rows, extent=extent,
                      parcels=parcels)  # fmt: skip


def _table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a table with its texts as categories: a county has many rows and few different ones."""
    texts = [c for c in columns if c in TEXTS]
    frame: pd.DataFrame = pq.read_table(path, columns=columns, read_dictionary=texts).to_pandas()
    return frame.astype({c: "category" for c in texts if frame[c].dtype != "category"})
