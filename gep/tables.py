"""The account's files: for programs as Parquet, for people as CSV."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_catalog.units import conversion
from tiles.checkpoints import unwritable
from tiles.results import Result

ECOSYSTEM = "land_cover"
BASELINE = "land_cover_baseline"


def write_tables(
    result: Result,
    account: pd.DataFrame,
    indicators: list[pd.DataFrame],
    counted: list[str],
    folder: Path,
) -> None:
    """Write account.parquet, account.csv, parcels.parquet, indicators.csv and the extent.

    Raises
    ------
    OutputError
        If the disk is full.
    """
    try:
        write_parquet(account, folder / "account.parquet")
        _by_service(account).to_csv(folder / "account.csv", index=False)
        _write_parcels(result, account, counted, folder / "parcels.parquet")
        if indicators:
            _write_indicators(pd.concat(indicators, ignore_index=True), folder)
        _write_extent(result, folder)
    except OSError as error:
        raise unwritable(folder, error) from error


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table with the same bytes for the same rows."""
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    plain = [
        pa.field(f.name, pa.large_string() if pa.types.is_dictionary(f.type) else f.type)
        for f in table.schema
    ]
    table = table.cast(pa.schema(plain))
    pq.write_table(table, path, compression="zstd")


def _by_service(account: pd.DataFrame) -> pd.DataFrame:
    """Return the account summed over parcels."""
    keys = ["service", "ecosystem", "physical_unit", "price_year", "standard"]
    return account.groupby(keys, sort=True)[["physical", "value"]].sum(min_count=1).reset_index()


def _write_indicators(frame: pd.DataFrame, folder: Path) -> None:
    """Write the indicators per parcel and ecosystem, and their totals for people."""
    rows = frame.rename(columns={ECOSYSTEM: "ecosystem"})
    rows["missing_share"] = rows["missing_m2"] / rows["area_m2"]
    rows = rows[["parcel_id", "ecosystem", "indicator", "unit", "amount", "missing_share"]]
    write_parquet(rows, folder / "indicators.parquet")
    totals = rows.groupby(["indicator", "ecosystem", "unit"], observed=True)["amount"].sum()
    totals.reset_index().to_csv(folder / "indicators.csv", index=False)


def _write_parcels(result: Result, account: pd.DataFrame, counted: list[str], path: Path) -> None:
    """Write a row per parcel: its area on the grid, its GEP, amount and value of each service."""
    frame = result.inputs.parcels.copy()
    area = result.areas(()).set_index("parcel_id")["area_m2"] * conversion("m2", "ha")[0]
    frame["area_ha"] = frame["parcel_id"].map(area).fillna(0.0)
    sums = account.groupby(["parcel_id", "service"])[["physical", "value"]].sum(min_count=1)
    valued = account[account["service"].isin(counted)]
    gep = valued.groupby("parcel_id")["value"].sum(min_count=1)
    frame["gep"] = frame["parcel_id"].map(gep).astype(np.float64)
    for service in account["service"].unique():
        of_service = sums.xs(service, level="service")
        for column in ("physical", "value"):
            frame[f"{service}_{column}"] = frame["parcel_id"].map(of_service[column])
    ordered = [c for c in frame.columns if c != "geometry"]
    gpd.GeoDataFrame(frame[[*ordered, "geometry"]]).to_parquet(path, compression="zstd")


def _write_extent(result: Result, folder: Path) -> None:
    """Write the extent per parcel, SEEA's extent account and its change matrix."""
    if ECOSYSTEM not in result.job.group_by:
        return
    to_hectares = conversion("m2", "ha")[0]
    seea = folder / "seea"
    seea.mkdir(exist_ok=True)
    areas = result.areas((ECOSYSTEM,)).rename(columns={ECOSYSTEM: "ecosystem"})
    extent = areas.assign(area_ha=areas["area_m2"] * to_hectares).drop(columns="area_m2")
    write_parquet(extent, folder / "extent.parquet")
    by_class = extent.groupby("ecosystem", observed=True)["area_ha"].sum()
    by_class.reset_index().to_csv(seea / "extent.csv", index=False)
    if BASELINE in result.job.group_by:
        moved = result.areas((BASELINE, ECOSYSTEM))
        matrix = moved.pivot_table(
            index=BASELINE, columns=ECOSYSTEM, values="area_m2", aggfunc="sum", fill_value=0.0,
            observed=True,
        )  # fmt: skip
        matrix.index.name = "ecosystem_from"
        (matrix * to_hectares).to_csv(seea / "extent_change_matrix.csv")
