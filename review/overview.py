"""A run folder as it is read for people: its tables, its manifest, the names of its parcels."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data_catalog.classes import ecosystems
from data_catalog.errors import RunError
from data_catalog.text import Text
from gep.disclosure import DOUBTFUL
from sinks.pools import density_parameter
from tiles.runfolder import read_manifest

__all__ = ["Overview", "read_overview", "text_of"]

TEXTS = {"parcel_id": str, "ecosystem": str}
FOREST = "1"
"""The level-I class of HJ 1166 that is forest."""
REFUSALS = ("not_computed", "services_not_computed", "carbon_not_computed")


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What a run folder holds; tables that the run did not make are empty.

    Parameters
    ----------
    parcels : GeoDataFrame
        parcel_id, area_ha, gep, an amount and a value per service, geometry.
    account : DataFrame
        parcel_id, ecosystem, service, physical, value ...
    extent : DataFrame
        parcel_id, ecosystem, area_ha.
    carbon, carbon_totals : DataFrame
        Stock by parcel and pool, and by pool for all parcels with their common error.
    indicators : DataFrame
        parcel_id, ecosystem, indicator, amount: the terms of the water balance.
    """

    manifest: Mapping[str, Any]
    alignment: list[dict[str, Any]]
    parcels: gpd.GeoDataFrame
    account: pd.DataFrame
    extent: pd.DataFrame
    carbon: pd.DataFrame
    carbon_totals: pd.DataFrame
    indicators: pd.DataFrame

    @property
    def year(self) -> int:
        """Return the accounting year."""
        return int(self.manifest["project"]["project"]["year"])

    @cached_property
    def names(self) -> dict[str, Text]:
        """Return what the parcels are called, by id: the id itself where they have no name."""
        frame = self.parcels
        ids = frame["parcel_id"].astype(str)
        zh, en = (frame[c].fillna(ids) if c in frame else ids for c in ("zh", "en"))
        return {i: Text(str(z), str(e)) for i, z, e in zip(ids, zh, en, strict=True)}

    @property
    def services(self) -> list[dict[str, Any]]:
        """Return how each computed service was computed and valued, in the order of the account."""
        return list(self.manifest.get("services", []))

    @property
    def counted(self) -> list[str]:
        """Return the computed services that count towards GEP."""
        return [s["service"] for s in self.services if s["counted"]]

    @property
    def refusals(self) -> list[dict[str, Any]]:
        """Return all that was asked for and not computed, with the reasons."""
        found = [record for key in REFUSALS for record in self.manifest.get(key, [])]
        titles = {s["service"]: s for s in self.services}
        for service, reason in self.manifest.get("services_not_valued", {}).items():
            title = (
                text_of(titles[service], "title") if service in titles else Text(service, service)
            )
            found.append({
                "account": service, "title_zh": f"{title.zh}（价值量）",
                "title_en": f"{title.en} (value)",
                "reason_zh": reason["zh"], "reason_en": reason["en"],
            })  # fmt: skip
        return found

    @property
    def remarks(self) -> list[Text]:
        """Return what must be read beside the values: prices in doubt, what may count twice."""
        manifest = self.manifest
        found = [Text(r["zh"], r["en"]) for r in manifest.get("remarks", [])]
        return found + [
            text_of(guard, "found")
            for guard in manifest.get("guards", [])
            if guard["outcome"] == "warned"
        ]

    @cached_property
    def area_ha(self) -> "pd.Series[float]":
        """Return each parcel's area on the grid, by id."""
        return _by_parcel(self.parcels, "area_ha")

    @cached_property
    def gep(self) -> "pd.Series[float]":
        """Return each parcel's GEP, CNY, by id."""
        return _by_parcel(self.parcels, "gep")

    @cached_property
    def forest_ha(self) -> "pd.Series[float]":
        """Return each parcel's area of forest, by id; NaN without an extent account."""
        if self.extent.empty:
            return self.area_ha * float("nan")
        forest = self.extent[self.extent["ecosystem"].str.startswith(FOREST)]
        sums = forest.groupby("parcel_id")["area_ha"].sum()
        return sums.reindex(self.area_ha.index, fill_value=0.0)

    @cached_property
    def stock(self) -> pd.DataFrame:
        """Return the carbon stock of the accounting year, t_C: parcels by pools; maybe empty."""
        if self.carbon.empty:
            return pd.DataFrame(index=self.area_ha.index)
        rows = self.carbon[self.carbon["year"] == self.year]
        wide = rows.pivot_table(
            index="parcel_id", columns="pool", values="stock_tC", sort=False, dropna=False
        )
        return wide.reindex(self.area_ha.index)

    @cached_property
    def doubtful_pools(self) -> list[str]:
        """Return the carbon pools whose densities, of classes with an area, are doubtful."""
        classes = set(self.ecosystems())
        doubtful = {
            row["parameter"].removeprefix(density_parameter(""))
            for row in self.manifest.get("carbon_parameters", [])
            if row["grade"] in DOUBTFUL and any(c.startswith(row["key"]) for c in classes)
        }
        return [pool for pool in self.stock.columns if pool in doubtful]

    def service(self, name: str) -> dict[str, Any]:
        """Return one service's record."""
        return next(s for s in self.services if s["service"] == name)

    def ecosystems(self) -> list[str]:
        """Return the classes that have an area, in the order of the norm."""
        found = set(self.extent["ecosystem"]) if not self.extent.empty else set()
        return sorted(found, key=lambda code: (code not in ecosystems(), code))


def text_of(record: Mapping[str, Any], key: str) -> Text:
    """Return a record's pair `<key>_zh`, `<key>_en` as one text."""
    return Text(str(record.get(f"{key}_zh", "")), str(record.get(f"{key}_en", "")))


def read_overview(run: Path) -> Overview:
    """Read a finished run folder.

    Raises
    ------
    RunError
        If the folder is no finished run, or one of its files is damaged.
    """
    manifest = read_manifest(run)
    try:
        account = pd.read_parquet(run / "account.parquet")
        return Overview(
            manifest=manifest,
            alignment=json.loads((run / "alignment.json").read_text(encoding="utf-8")),
            parcels=gpd.read_parquet(run / "parcels.parquet"),
            account=account[account["standard"] == manifest["standard"]],
            extent=_parquet(run / "extent.parquet"),
            carbon=_parquet(run / "carbon.parquet"),
            carbon_totals=_table(run / "carbon.csv"),
            indicators=_parquet(run / "indicators.parquet"),
        )
    except (OSError, ValueError) as error:
        raise RunError(
            where=str(run),
            problem=Text(
                f"运行文件夹不完整或已损坏（{error}）。请重新计算。",
                f"the run folder is incomplete or damaged ({error}). Compute it again.",
            ),
        ) from error


def _by_parcel(frame: pd.DataFrame, column: str) -> "pd.Series[float]":
    return pd.Series(frame[column].to_numpy(float), index=frame["parcel_id"].astype(str).to_numpy())


def _table(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame()
    header = pd.read_csv(path, nrows=0).columns
    numbers = {c: [""] for c in header if c not in TEXTS}
    return pd.read_csv(path, dtype=TEXTS, keep_default_na=False, na_values=numbers)


def _parquet(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()
