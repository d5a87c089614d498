"""The files of the forest carbon account in a run folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_catalog.parameters import Row
from data_catalog.units import conversion
from sinks import change
from sinks.estimates import Estimates, together
from sinks.intervals import GROUP, LEDGER, in_groups, interval, ledger_of
from sinks.land_use import dates_of, matrices, states
from sinks.methods.class_density import transitions
from sinks.methods.part import CLASS_LAYERS, Found
from sinks.pools import TOTAL
from sinks.stock import totals
from sinks.uncertainty.tables import error_rows
from tiles.results import Result

__all__ = ["ERRORS", "FIELDS", "FILE", "GROUPS", "LEDGER_FILE", "WHOLE", "Said", "write"]

FILE, ERRORS, FIELDS = "carbon.parquet", "carbon_errors.parquet", "carbon_error_fields.parquet"
TOTALS, WHOLE, MATRIX = "carbon.csv", "carbon_total.csv", "carbon_change_matrix.csv"
GROUPS, LEDGER_FILE = "carbon_groups.csv", "carbon_ledger.csv"
EFFECTS, ROUTES = "carbon_change_effects", "carbon_routes"
LAND_USE, LAND_USE_MATRIX = "carbon_land_use.parquet", "carbon_land_use_matrix.csv"
COLUMNS = ("parcel_id", "pool", "year", "stock_tC", "se_tC", "year_from", "year_to", "change_tC",
           "removal_tCO2e")  # fmt: skip
NUMBERS = ("stock_tC", "se_tC", "change_tC", "removal_tCO2e")
YEARS = ("year", "year_from", "year_to")
Dates = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Said:
    """How the tables say what was found.

    Parameters
    ----------
    co2_per_carbon : Row, optional
        Needed where there is a change.
    transition : Row
        How long land counts as converted, years.
    level : float
        Of the intervals of totals.
    groups : mapping of parcel_id to group, optional
        Whose totals are written, too.
    """

    co2_per_carbon: Row | None
    transition: Row
    level: float
    groups: Mapping[str, str] | None = None


def write(found: Found, result: Result, said: Said, folder: Path) -> None:
    """Write every table of the account; the same bytes for any tiling and order of the work."""
    account = result.inputs.project.project
    period = {"year_from": account.baseline_year or 0, "year_to": account.year}
    to_co2 = said.co2_per_carbon.in_units("t_CO2e/t_C") if said.co2_per_carbon else np.nan
    kinds: list[tuple[Dates, tuple[Estimates, ...]]] = [
        ({"year": year}, stocks) for year, stocks in found.stocks.items()
    ]
    kinds.append((period, found.changes))
    kinds = [(dates, parts) for dates, parts in kinds if parts]
    rows, sums, whole, costs = [], [], [], []
    for dates, parts in kinds:
        rows += [_rows(part, dates, to_co2) for part in parts]
        by_pool = totals(parts)
        sums += [_rows(part, dates, to_co2) for part in by_pool]
        whole.append(_rows(together(by_pool).summed(()), dates, to_co2))
        costs.append(ledger_of(by_pool, said.level).assign(**dates))
    _parquet(_framed(rows), folder / FILE)
    _framed(sums).drop(columns="parcel_id").to_csv(folder / TOTALS, index=False)
    # the pools of a date share errors, so their sum errs by more than a root of squares
    known = interval(_framed(whole).drop(columns=["parcel_id", "pool"]), said.level)
    known.to_csv(folder / WHOLE, index=False)
    _with_years(pd.concat(costs)).reindex(columns=[*YEARS, *LEDGER]).to_csv(
        folder / LEDGER_FILE, index=False
    )
    _write_errors(kinds, folder)
    if said.groups is not None:
        _write_groups(kinds, said.groups, to_co2, said.level, folder)
    pair = next((p for p in CLASS_LAYERS if set(p) <= set(result.job.group_by)), None)
    if pair is not None:
        moved = transitions(result, pair).assign(parcel_id="")
        change.matrix(moved).droplevel("parcel_id").to_csv(folder / MATRIX)
    if found.routes is not None:
        _write_routes(found.routes, folder)
    _write_land_use(result, said.transition, folder)
    if not found.effects.empty:
        _write_effects(found.effects.assign(**period), folder)


def _write_routes(routes: pd.DataFrame, folder: Path) -> None:
    """Write every route of every parcel, for programs and for people."""
    _parquet(routes.astype({"year": np.int16}), folder / f"{ROUTES}.parquet")
    routes.to_csv(folder / f"{ROUTES}.csv", index=False)


def _write_land_use(result: Result, period_row: Row, folder: Path) -> None:
    """Write land use matrices of every period, and which land is converted and since when."""
    maps = result.job.group_by
    of = next((now for now, _ in CLASS_LAYERS if now in maps), "")
    dates = dates_of(result.inputs.project, maps, of)
    if len(dates) <= 1:
        return
    areas = result.areas(tuple(dates.values()))
    history = areas.assign(area_ha=areas["area_m2"] * conversion("m2", "ha")[0])
    each = states(history, dates, period_row.in_units("year"))
    _parquet(each.astype(dict.fromkeys(("year", "since", "years"), np.int16)), folder / LAND_USE)
    by_state = [c for c in each if c not in {"parcel_id", "area_ha"}]
    each.groupby(by_state, as_index=False)["area_ha"].sum().to_csv(
        folder / LAND_USE.replace(".parquet", ".csv"), index=False
    )
    matrices(history, dates).to_csv(folder / LAND_USE_MATRIX, index=False)


def _write_groups(
    kinds: list[tuple[Dates, tuple[Estimates, ...]]], groups: Mapping[str, str], to_co2: float,
    level: float, folder: Path,
) -> None:  # fmt: skip
    """Write the sums over groups of parcels, by pool and over all pools; every group is named."""
    names = sorted(set(groups.values()))
    rows = []
    for dates, parts in kinds:
        by_pool = totals([in_groups(part, groups) for part in parts])
        whole = together(by_pool).summed([GROUP])
        pools = [*(str(part.keys["pool"].iloc[0]) for part in parts), TOTAL]
        for pool, part in zip(pools, [*by_pool, whole], strict=True):
            frame = _rows(part, dates, to_co2).set_index(GROUP).reindex(names)
            rows.append(frame.assign(**dates, pool=pool).reset_index())
    columns = [GROUP, *(c for c in COLUMNS if c != "parcel_id")]
    found = interval(_framed(rows, columns), level)
    found.to_csv(folder / GROUPS, index=False)


def _rows(part: Estimates, dates: Dates, to_co2: float) -> pd.DataFrame:
    frame = part.keys.assign(**dates, se_tC=part.se)
    if "year" in dates:
        return frame.assign(stock_tC=part.value)
    return frame.assign(change_tC=part.value, removal_tCO2e=part.value * to_co2)


def _framed(rows: list[pd.DataFrame], columns: Sequence[str] = COLUMNS) -> pd.DataFrame:
    """Return all rows with all columns, years as whole numbers or empty."""
    known = [c for c in columns if c not in {*NUMBERS, *YEARS}]
    frame = pd.concat([row.reindex(columns=known) for row in rows], ignore_index=True)
    for column in NUMBERS:
        numbers = [row.get(column, np.full(len(row), np.nan)) for row in rows]
        frame[column] = np.concatenate(numbers, dtype=np.float64)
    for column in YEARS:
        years = [row[column].to_numpy() if column in row else np.zeros(len(row)) for row in rows]
        given = np.concatenate(years).astype(np.int16)
        frame[column] = pd.arrays.IntegerArray(given, mask=given == 0)
    return frame[list(columns)]


def _with_years(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reindex(columns=list(dict.fromkeys([*frame, *YEARS]))).astype(
        dict.fromkeys(YEARS, "Int16")
    )


def _parquet(frame: pd.DataFrame, path: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd")


ERROR_SCHEMA = pa.schema([
    ("parcel_id", pa.string()), ("pool", pa.string()), ("year", pa.int16()),
    ("year_from", pa.int16()), ("year_to", pa.int16()), ("source", pa.string()),
    ("cell_x", pa.int64()), ("cell_y", pa.int64()), ("effect_tC", pa.float64()),
])  # fmt: skip
FIELD_TYPES = {"source": str, "model": str, "range_m": float, "side_m": float, "pixels": np.int64}


def _write_errors(kinds: list[tuple[Dates, tuple[Estimates, ...]]], folder: Path) -> None:
    """Write what each row of carbon.parquet errs by, source after source; 0 is left out.

    Errors that only near parcels share have a cell of a field, which the second table describes.
    """
    fields: list[pd.DataFrame] = []
    with pq.ParquetWriter(folder / ERRORS, ERROR_SCHEMA, compression="zstd") as file:
        for dates, parts in kinds:
            for part in parts:
                rows, of_part = error_rows(part.chosen(~np.isnan(part.value)))
                fields.append(of_part)
                if len(rows) == 0:
                    continue
                empty = pa.nulls(len(rows), pa.int16())
                years = {
                    year: pa.array(np.full(len(rows), dates[year], np.int16))
                    if year in dates else empty for year in YEARS
                }  # fmt: skip
                columns = {
                    "parcel_id": pa.array(rows["parcel_id"].astype(str), pa.string()),
                    "pool": pa.array(rows["pool"].astype(str), pa.string()), **years,
                    "source": pa.array(rows["source"], pa.string()),
                    "cell_x": pa.array(rows["cell_x"].astype(np.int64)),
                    "cell_y": pa.array(rows["cell_y"].astype(np.int64)),
                    "effect_tC": pa.array(rows["effect"].to_numpy(np.float64), from_pandas=False),
                }  # fmt: skip
                file.write_table(pa.table(columns, schema=ERROR_SCHEMA))
    known = pd.concat(fields, ignore_index=True).drop_duplicates() if fields else pd.DataFrame()
    _parquet(known.reindex(columns=list(FIELD_TYPES)).astype(FIELD_TYPES), folder / FIELDS)


def _write_effects(effects: pd.DataFrame, folder: Path) -> None:
    """Write the effects of area and density per parcel, and their sums by pool."""
    years = ["year_from", "year_to"]
    effects = effects.astype(dict.fromkeys(years, np.int16))
    effects["parcel_id"] = effects["parcel_id"].astype(str)
    _parquet(effects, folder / f"{EFFECTS}.parquet")
    summed = [c for c in effects if c not in {"parcel_id", "pool", *years}]
    known = effects.groupby("parcel_id")["change_tC"].transform("count") > 0
    whole = effects[known] if known.any() else effects
    by_pool = whole.groupby(["pool", *years], sort=False)[summed]
    # a parcel that lacks a change in one pool alone leaves that pool's total unknown
    sums = by_pool.sum().where(by_pool.count() == by_pool.size().to_numpy()[:, np.newaxis])
    sums.reset_index().to_csv(folder / f"{EFFECTS}.csv", index=False)
