"""A run folder as it is read for people: its tables, its manifest, the names of its parcels."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from data_catalog.classes import ecosystems
from data_catalog.text import Text
from gep.codes import GEP
from gep.disclosure import DOUBTFUL
from gep.services import services
from review.figures import YI
from review.refusals import Refusal, refusals
from sinks.pools import density_parameter
from tiles.runfolder import damaged, read_manifest

__all__ = ["Overview", "read_overview", "remarks_of", "text_of"]

TEXTS = ("parcel_id", "ecosystem", "item", "unit", "physical_unit", "price_year", "group",
         "not_computed_zh", "not_computed_en")  # fmt: skip
"""Columns whose cells are text, though they may look like numbers or like nothing."""
FOREST = "1"
"""The level-I class of HJ 1166 that is forest."""
CITY = "00"
"""How the six-digit code of a city or a province ends."""


@dataclass(frozen=True, kw_only=True)
class Overview:
    """What a run folder holds; tables that the run did not make are empty.

    Parameters
    ----------
    parcels : GeoDataFrame
        parcel_id, area_ha, gep, an amount and a value per service, geometry.
    account : DataFrame
        parcel_id, ecosystem, service, physical, value ...; both places empty in a row of what is
        not shared out.
    summary : DataFrame
        By service: amount, unit price, value, shares of its group and of GEP; and a row of GEP.
    items : DataFrame
        What services keep apart within themselves, by ecosystem.
    comparison : DataFrame
        Service by standard, where the run has several standards.
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
    summary: pd.DataFrame
    items: pd.DataFrame
    comparison: pd.DataFrame
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
    def refusals(self) -> list[Refusal]:
        """Return all that was asked for and not computed, under its reasons."""
        return refusals(self.manifest)

    @property
    def others(self) -> dict[str, Mapping[str, Any]]:
        """Return what the manifest says of the run's other standards, by id."""
        return dict(self.manifest.get("other_standards", {}))

    @property
    def asked(self) -> set[str]:
        """Return the services of the standard: what is computed of them, and what is not."""
        computed = {s["service"] for s in self.services}
        refused = {account for r in self.refusals for account in r.accounts}
        return computed | (refused & {s.id for s in services()})

    @property
    def above_county(self) -> bool:
        """Return whether the account is of a city or more; by its parcels where no code says it."""
        code = str(self.manifest["project"]["project"].get("region") or "")
        return code.endswith(CITY) if code.isdigit() else self.large

    @property
    def large(self) -> bool:
        """Return whether a parcel's GEP is as a rule at least 100 million CNY (1 亿元)."""
        return bool(self.gep.median() >= YI)

    @property
    def of_counties(self) -> bool:
        """Return whether the parcels are the counties of the project's region."""
        project = self.manifest["project"]
        code = str(project["project"].get("region") or "")
        return code.isdigit() and not project.get("parcels")

    @property
    def remarks(self) -> list[Text]:
        """Return what must be read beside the values: prices in doubt, what may count twice."""
        return remarks_of(self.manifest)

    @cached_property
    def area_ha(self) -> "pd.Series[float]":
        """Return each parcel's area on the grid, by id."""
        return _by_parcel(self.parcels, "area_ha")

    @cached_property
    def gep(self) -> "pd.Series[float]":
        """Return each parcel's GEP, CNY, by id; that of the account is `total`."""
        return _by_parcel(self.parcels, "gep")

    @property
    def total(self) -> float:
        """Return the GEP of the account, CNY: of the parcels, and what is not shared out."""
        return float(self.row_of(GEP)["value"])

    def row_of(self, service: str) -> dict[str, Any]:
        """Return a service's row of the summary, or that of `gep`."""
        rows = self.summary[self.summary["service"] == service]
        return {str(k): v for k, v in rows.iloc[0].items()}

    @cached_property
    def unshared(self) -> pd.DataFrame:
        """Return the rows of the account that are in no parcel."""
        return self.account[self.account["parcel_id"] == ""]

    def not_shared_out(self, service: str, column: str) -> float:
        """Return the amount or the value of a service that is in no parcel; NaN without any."""
        rows = self.unshared[self.unshared["service"] == service]
        return float(rows[column].sum(min_count=1))

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
        return in_order(found)

    def valued_ecosystems(self) -> list[str]:
        """Return the classes that have an area or a value: a lake is smaller than a cell."""
        return in_order({*self.ecosystems(), *self.account["ecosystem"]} - {""})


def in_order(codes: Collection[str]) -> list[str]:
    """Return classes in the order of the norm, unknown ones at the end."""
    known = list(ecosystems())
    return sorted(codes, key=lambda code: (code not in known, code))


def remarks_of(section: Mapping[str, Any]) -> list[Text]:
    """Return what a standard's section of the manifest says must be read beside its values."""
    found = [Text(r["zh"], r["en"]) for r in section.get("remarks", [])]
    return found + [
        text_of(guard, "found")
        for guard in section.get("guards", [])
        if guard["outcome"] == "warned"
    ]


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
        summary = _csv(run / "summary.csv") if manifest.get("services") else pd.DataFrame()
        standard = manifest["standard"]
        return Overview(
            manifest=manifest,
            alignment=json.loads((run / "alignment.json").read_text(encoding="utf-8")),
            parcels=gpd.read_parquet(run / "parcels.parquet"),
            account=account[account["standard"] == standard],
            summary=_under(summary, standard),
            items=_under(_table(run / "items.csv"), standard),
            comparison=_table(run / "comparison.csv"),
            extent=_parquet(run / "extent.parquet"),
            carbon=_parquet(run / "carbon.parquet"),
            carbon_totals=_table(run / "carbon.csv"),
            indicators=_parquet(run / "indicators.parquet"),
        )
    except (OSError, ValueError) as error:
        raise damaged(run, error) from error


def _by_parcel(frame: pd.DataFrame, column: str) -> "pd.Series[float]":
    return pd.Series(frame[column].to_numpy(float), index=frame["parcel_id"].astype(str).to_numpy())


def _table(path: Path) -> pd.DataFrame:
    return _csv(path) if path.is_file() else pd.DataFrame()


def _csv(path: Path) -> pd.DataFrame:
    header = pd.read_csv(path, nrows=0).columns
    numbers = {c: [""] for c in header if c not in TEXTS}
    texts = dict.fromkeys(TEXTS, str)
    return pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=numbers)


def _under(rows: pd.DataFrame, standard: str) -> pd.DataFrame:
    return rows if rows.empty else rows[rows["standard"] == standard]


def _parquet(path: Path) -> pd.DataFrame:
    return pd.read_parquet(path) if path.is_file() else pd.DataFrame()
