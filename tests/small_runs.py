"""Run folders written by hand: a few rows whose arithmetic can be redone on paper."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gep.comparison import RunAccount

NAN = float("nan")
SERVICES = {
    "water_conservation": ("水源涵养", "Water conservation", "m3/year"),
    "oxygen_release": ("释氧", "Oxygen release", "t_O2/year"),
    "leisure": ("休闲游憩", "Leisure", "hour/year"),
    "agricultural_products": ("农业产品", "Agricultural products", "t/year"),
}
PRICE = {"parameter": "reservoir_storage_cost", "set": "somewhere", "key": "", "value": 2.0,
         "units": "CNY/m3"}  # fmt: skip
FACTOR = {"parameter": "runoff_coefficient", "set": "somewhere", "key": "11", "value": 0.05,
          "units": "1"}  # fmt: skip
GRID = {"crs": "EPSG:4549", "transform": [30.0, 0.0, 0.0, 0.0, -30.0, 0.0], "rows": 9, "cols": 9}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of an account, and the land it is about; with an item, a part of such a row."""

    parcel: str = "0001"
    ecosystem: str = "11"
    service: str = "water_conservation"
    physical: float = NAN
    value: float = NAN
    missing: float = 0.0
    unit: str = ""
    standard: str = "cn-open"
    item: str = ""


@dataclass(frozen=True, kw_only=True)
class SmallRun:
    """What a run folder is written from; areas in hectares by parcel and ecosystem."""

    year: int
    rows: tuple[Row, ...]
    area: Mapping[tuple[str, str], float]
    counted: tuple[str, ...] = ("water_conservation", "oxygen_release")
    parameters: tuple[Mapping[str, object], ...] = (PRICE, FACTOR)
    layers: Mapping[str, Mapping[str, object]] = field(
        default_factory=lambda: {"land_cover": {"path": "cover.tif", "classes": "clcd"},
                                 "precipitation": {"path": "rain.tif", "units": "mm/year"}}
    )  # fmt: skip
    digests: Mapping[str, str] = field(
        default_factory=lambda: {"land_cover": "c1", "precipitation": "r1"}
    )
    standard: str = "cn-open"
    variant: str = "balance"
    price_year: str = "2012"
    software: str = "0.1.0"
    refused: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    other_standards: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    townships: Mapping[str, str] = field(default_factory=dict)

    def but(self, **changes: Any) -> "SmallRun":
        """Return the same run with something else in it."""
        return replace(self, **changes)

    def write(self, folder: Path) -> Path:
        """Write the run folder; return it."""
        folder.mkdir(parents=True)
        whole = [r for r in self.rows if not r.item]
        items = [r for r in self.rows if r.item]
        sums: dict[tuple[str, str, str], float] = {}
        for r in items:
            key = (r.parcel, r.ecosystem, r.service)
            sums[key] = sums.get(key, 0.0) + r.value
        whole += [Row(parcel=p, ecosystem=e, service=s, value=v) for (p, e, s), v in sums.items()]
        self._table(whole).drop(columns="item").to_parquet(folder / "account.parquet")
        if items:
            self._table(items).to_parquet(folder / "items.parquet")
        extent = pd.DataFrame([(p, e, a) for (p, e), a in self.area.items()],
                              columns=["parcel_id", "ecosystem", "area_ha"])  # fmt: skip
        extent.to_parquet(folder / "extent.parquet")
        ids = sorted({parcel for parcel, _ in self.area})
        pd.DataFrame({"parcel_id": ids, "area_ha": 1.0,
                      "township": [self.townships.get(i, "东乡") for i in ids]}
                     ).to_parquet(folder / "parcels.parquet")  # fmt: skip
        text = json.dumps(self.manifest(), ensure_ascii=False)
        (folder / "manifest.json").write_text(text, encoding="utf-8")
        return folder

    def _table(self, rows: list[Row]) -> pd.DataFrame:
        return pd.DataFrame({
            "parcel_id": [r.parcel for r in rows],
            "ecosystem": [r.ecosystem for r in rows],
            "service": [r.service for r in rows],
            "item": [r.item for r in rows],
            "physical": np.array([r.physical for r in rows], dtype=float),
            "physical_unit": [r.unit or SERVICES[r.service][-1] for r in rows],
            "value": np.array([r.value for r in rows], dtype=float),
            "price_year": self.price_year,
            "standard": [r.standard for r in rows],
            "missing_share": np.array([r.missing for r in rows], dtype=float),
        })  # fmt: skip

    def manifest(self) -> dict[str, Any]:
        """Return the manifest: what a comparison reads of it."""
        services = list(dict.fromkeys(r.service for r in self.rows))
        return {
            "schema": 1,
            "software": {"gep-toolkit": self.software},
            "project": {"project": {"year": self.year}, "layers": dict(self.layers), "tables": {}},
            "grid": GRID,
            "inputs": [{"layer": n, "path": f"{n}.tif", "sha256": d}
                       for n, d in self.digests.items()],
            "modelled": [],
            "not_computed": [{"account": s} for s in self.refused],
            "parameters": list(self.parameters),
            "standard": self.standard,
            "counted": list(self.counted),
            "services": [self._record(s) for s in services],
            "services_not_valued": {},
            "services_not_computed": [],
            "other_standards": dict(self.other_standards),
        }  # fmt: skip

    def _record(self, service: str) -> dict[str, object]:
        zh, en, unit = SERVICES[service]
        inputs = [{"name": "precipitation", "kind": "layer"}]
        return {
            "service": service, "title_zh": zh, "title_en": en, "unit": unit,
            "counted": service in self.counted, "price_year": self.price_year,
            "variants": [{"id": self.variant, "classes": ["1"], "inputs": inputs}],
            "valuations": [{"id": "storage_cost"}],
            "items": [{"item": item} for item in self.items],
        }  # fmt: skip


def written(folder: Path, runs: Iterable[SmallRun]) -> list[Path]:
    """Write runs into a folder as 0, 1, 2 ...; return their folders."""
    return [run.write(folder / str(place)) for place, run in enumerate(runs)]


def in_memory(
    year: int, rows: pd.DataFrame, extent: pd.DataFrame, counted: Iterable[str], ids: Iterable[str]
) -> RunAccount:
    """Return an account that no folder holds."""
    texts = ["parcel_id", "ecosystem", "service", "physical_unit", "price_year", "standard"]
    full = rows.assign(price_year="2012", standard="cn-open")
    valued = full[full["value"].notna()].reset_index(drop=True)
    run = SmallRun(year=year, rows=(), area={}, counted=tuple(counted))
    return RunAccount(
        run=Path(str(year)), manifest=run.manifest(), standard="cn-open",
        rows=valued.astype(dict.fromkeys(texts, "category")),
        apart=valued.iloc[:0].assign(item="").astype(dict.fromkeys([*texts, "item"], "category")),
        extent=extent.astype({"parcel_id": "category", "ecosystem": "category"}),
        parcels=pd.DataFrame({"parcel_id": list(ids)}),
    )  # fmt: skip
