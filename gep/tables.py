"""The account's files: for programs as Parquet, for people as CSV."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_catalog.units import conversion
from gep.codes import row_codes
from gep.ledger import Entry, Ledger
from gep.places import ECOSYSTEM, Places
from gep.summary import comparison, summary
from tiles.checkpoints import unwritable
from tiles.results import Result

if TYPE_CHECKING:
    from gep.entries import Posted

__all__ = ["totals_by_class", "write_parquet", "write_tables"]


def write_tables(
    result: Result,
    posted: "Sequence[Posted]",
    totals: "Sequence[pd.DataFrame]",
    indicators: pd.DataFrame | None,
    folder: Path,
) -> None:
    """Write account, items, summary, guards, parcels, indicators, extent; compare standards.

    Parameters
    ----------
    totals : sequence of DataFrame
        Each standard's account by ecosystem.
    indicators : DataFrame, optional
        parcel_id, land_cover, indicator, unit, amount, area_m2, missing_m2.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    ledgers = [p.ledger for p in posted]
    try:
        with ThreadPoolExecutor(1) as aside:  # shapes are encoded outside the interpreter's lock
            parcels = aside.submit(_write_parcels, result, ledgers[0], folder / "parcels.parquet")
            _write_accounts(posted, totals, folder)
            if indicators is not None:
                _write_indicators(indicators, folder)
            _write_extent(result, folder)
            parcels.result()
    except OSError as error:
        raise unwritable(folder, error) from error


def _write_accounts(
    posted: "Sequence[Posted]", totals: "Sequence[pd.DataFrame]", folder: Path
) -> None:
    """Write account, items, summary and guards of every standard, and their comparison."""
    ledgers = [p.ledger for p in posted]
    write_parquet(_stacked([ledger.account() for ledger in ledgers]), folder / "account.parquet")
    items = _stacked([ledger.items() for ledger in ledgers])
    if len(items):
        write_parquet(items, folder / "items.parquet")
    _write_csv(pd.concat(totals), folder / "account.csv")
    _write_csv(pd.concat(map(_items_by_class, ledgers)), folder / "items.csv")
    _write_csv(pd.concat(map(summary, posted)), folder / "summary.csv")
    guards = [f.record() for p in posted for f in p.findings]
    pd.DataFrame(guards).to_csv(folder / "guards.csv", index=False)
    if len(posted) > 1:
        comparison(posted).to_csv(folder / "comparison.csv", index=False)


def _write_csv(rows: pd.DataFrame, path: Path) -> None:
    rows.assign(code=row_codes(rows)).to_csv(path, index=False)


def _stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Return one table after the other, texts still categorical."""
    if len(frames) == 1:
        return frames[0]
    columns: dict[str, object] = {}
    for name in map(str, frames[0].columns):
        parts = [frame[name] for frame in frames]
        if isinstance(parts[0].dtype, pd.CategoricalDtype):
            columns[name] = pd.api.types.union_categoricals(parts)
        else:
            columns[name] = pd.concat(parts, ignore_index=True)
    return pd.DataFrame(columns)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table with the same bytes for the same rows; texts by their codes."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd", store_schema=False)


def totals_by_class(ledger: Ledger) -> pd.DataFrame:
    """Return the account summed over parcels: a row per service and ecosystem."""
    found = [
        _by_class(ledger.places, s.whole).assign(service=s.service.id) for s in ledger.services
    ]
    columns = [
        "service",
        "ecosystem",
        "physical_unit",
        "price_year",
        "standard",
        "physical",
        "value",
    ]
    return _ordered(found, columns, ledger.standard)


def _items_by_class(ledger: Ledger) -> pd.DataFrame:
    """Return every item's amount, unit price, value and share of GEP, by ecosystem."""
    found = [
        _by_class(ledger.places, e).assign(service=s.service.id, item=e.item, counted=s.counted)
        for s in ledger.services
        for e in s.items
    ]
    columns = ["service", "item", "ecosystem", "physical", "physical_unit", "value", "price_year",
               "standard", "counted"]  # fmt: skip
    rows = _ordered(found, columns, ledger.standard)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = (rows["value"] / rows["physical"]).replace([np.inf, -np.inf], np.nan)
        share = (rows["value"] / ledger.gep()).where(rows["counted"].astype(bool))
    rows.insert(5, "unit_price", price)
    return rows.drop(columns="counted").assign(share_of_gep=share)


def _ordered(found: list[pd.DataFrame], columns: list[str], standard: str) -> pd.DataFrame:
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
    return rows.assign(standard=standard)[columns]


def _by_class(places: Places, entry: Entry) -> pd.DataFrame:
    codes = places.classes[entry.where]
    present = np.unique(codes)
    return pd.DataFrame({
        "ecosystem": places.class_labels[present],
        "physical_unit": entry.unit,
        "price_year": entry.price_year,
        "physical": _sums(codes, entry.physical)[present],
        "value": _sums(codes, entry.value)[present],
    })  # fmt: skip


def _sums(
    groups: np.ndarray[tuple[int], np.dtype[np.int64]],
    numbers: np.ndarray[tuple[int], np.dtype[np.float64]],
    count: int = 0,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the sum of each group's numbers; NaN for a group without one."""
    known = ~np.isnan(numbers)
    sums = np.bincount(groups, np.where(known, numbers, 0.0), minlength=count)
    return np.where(np.bincount(groups, known, minlength=count) > 0, sums, np.nan)


def _write_indicators(frame: pd.DataFrame, folder: Path) -> None:
    """Write the indicators per parcel and ecosystem, and their totals for people."""
    rows = frame.rename(columns={ECOSYSTEM: "ecosystem"})
    rows["missing_share"] = rows["missing_m2"] / rows["area_m2"]
    rows = rows[["parcel_id", "ecosystem", "indicator", "unit", "amount", "missing_share"]]
    write_parquet(rows, folder / "indicators.parquet")
    totals = rows.groupby(["indicator", "ecosystem", "unit"], observed=True)["amount"].sum()
    totals.reset_index().to_csv(folder / "indicators.csv", index=False)


def _write_parcels(result: Result, ledger: Ledger, path: Path) -> None:
    """Write a row per parcel: its area on the grid, its GEP, amount and value of each service."""
    frame = result.inputs.parcels.copy()
    places = ledger.places
    count = len(places.ids) + 1
    area = np.bincount(places.parcels + 1, places.areas, minlength=count)
    frame["area_ha"] = area[1:] * conversion("m2", "ha")[0]
    found: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    gep = np.full(count, np.nan)
    for one in ledger.services:
        parcels = places.parcels[one.whole.where] + 1
        for column in ("physical", "value"):
            sums = _sums(parcels, getattr(one.whole, column), count)
            found[f"{one.service.id}_{column}"] = sums[1:]
        if one.counted:
            gep = np.where(np.isnan(gep), sums, gep + np.nan_to_num(sums))
    numbers = pd.DataFrame({"gep": gep[1:], **found}, index=frame.index)
    frame = pd.concat([frame, numbers], axis=1)
    ordered = [c for c in frame.columns if c != "geometry"]
    gpd.GeoDataFrame(frame[[*ordered, "geometry"]]).to_parquet(path, compression="zstd")


def _write_extent(result: Result, folder: Path) -> None:
    """Write the extent per parcel."""
    if ECOSYSTEM not in result.job.group_by:
        return
    areas = result.areas((ECOSYSTEM,)).rename(columns={ECOSYSTEM: "ecosystem"})
    hectares = areas["area_m2"] * conversion("m2", "ha")[0]
    extent = areas.assign(area_ha=hectares).drop(columns="area_m2")
    write_parquet(extent, folder / "extent.parquet")
