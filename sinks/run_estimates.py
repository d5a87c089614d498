"""Stock and change of a finished run with their errors by source: what sums of parcels err by.

The standard errors in carbon.parquet are those of single parcels; a township or a portfolio errs
by its parcels' effects of each shared source added up, which carbon_errors.parquet keeps.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from data_catalog.errors import RunError
from data_catalog.names import suggestion
from data_catalog.text import Text
from sinks.account_files import ERRORS, FIELDS, FILE
from sinks.estimates import Estimates
from sinks.intervals import GROUP, in_groups
from sinks.uncertainty.tables import ERROR_COLUMNS, read_errors
from tiles.runfolder import read_manifest

__all__ = [
    "changes_of_run",
    "groups_of",
    "groups_of_run",
    "no_column",
    "of_groups",
    "of_parcels",
    "stocks_of_run",
]

PARCELS = "parcels.parquet"
YEARS = {"stock_tC": ["year"], "change_tC": ["year_from", "year_to"]}


def stocks_of_run(run: Path) -> Estimates:
    """Return every stock of a run, t_C, with keys parcel_id, pool and year.

    Raises
    ------
    RunError
        If the folder is no finished run, or one without carbon.
    """
    return _read(run, "stock_tC")


def changes_of_run(run: Path) -> Estimates:
    """Return every change of stock of a run, t_C, with keys parcel_id, pool, year_from, year_to.

    Raises
    ------
    RunError
        If the folder is no finished run, or one without carbon.
    """
    return _read(run, "change_tC")


def of_groups(found: Estimates, groups: Mapping[str, str], *, by_pool: bool = True) -> Estimates:
    """Return the sums over groups of parcels, with errors that the parcels share added up.

    Parameters
    ----------
    found : Estimates of a run
    groups : mapping of parcel_id to group
        Such as townships; parcels without one are left out. One group for all gives the total.
    by_pool : bool
        Whether to keep the pools apart, or add them up, too.

    Returns
    -------
    Estimates with keys group, the years, and pool
        NaN where an amount of a parcel is not known.
    """
    dates = [name for name in map(str, found.keys) if name.startswith("year")]
    return in_groups(found, groups).summed([GROUP, *dates, *(["pool"] if by_pool else [])])


def of_parcels(found: Estimates, parcels: Iterable[str], *, by_pool: bool = True) -> Estimates:
    """Return the sums over a portfolio: a list of parcels, each counted once.

    Raises
    ------
    RunError
        Naming the parcels that the run does not have.
    """
    known = set(found.keys["parcel_id"])
    wanted = list(dict.fromkeys(parcels))
    missing = [parcel for parcel in wanted if parcel not in known]
    if missing:
        names = ", ".join(missing)
        raise RunError(
            where=FILE,
            problem=Text(
                f"该运行没有这些宗地的碳储量：{names}。请核对编号。",
                f"has no carbon of the parcels {names}. Check their ids.",
            ),
        )
    return of_groups(found, dict.fromkeys(wanted, ""), by_pool=by_pool)


def groups_of_run(run: Path, column: str) -> dict[str, str]:
    """Return the group of each parcel: a column of the project's [parcels.columns].

    Raises
    ------
    RunError
        If the run has no parcels' table, or that no such column.
    """
    file = run / PARCELS
    if not file.is_file():
        problem = Text("没有宗地表 parcels.parquet。", "has no parcels.parquet.")
        raise RunError(where=str(run), problem=problem)
    frame = gpd.read_parquet(file)
    if column not in frame:
        raise no_column(str(Path(run.name, PARCELS)), column, frame)
    return groups_of(frame, column)


def groups_of(parcels: pd.DataFrame, column: str) -> dict[str, str]:
    """Return the group of each parcel; parcels without one are left out."""
    known = parcels[parcels[column].notna()]
    return dict(zip(known["parcel_id"].astype(str), known[column].astype(str), strict=True))


def no_column(where: str, column: str, parcels: pd.DataFrame) -> RunError:
    """Return the error that parcels have no such column, with the nearest that they have."""
    hint = suggestion(column, map(str, parcels.columns))
    return RunError(
        where=where,
        problem=Text(
            f"没有“{column}”列，或该列全为空。请在项目的 [parcels.columns] 中写明。{hint.zh}",
            f"has no column {column!r} with values. Name it in the project's [parcels.columns]. "
            f"{hint.en}",
        ),
    )


def _read(run: Path, amount: str) -> Estimates:
    read_manifest(run)
    if not (run / ERRORS).is_file():
        problem = Text(
            "没有森林碳储量，或是旧版本的运行。请重新计算。",
            "has no forest carbon, or is of an older version. Compute it again.",
        )
        raise RunError(where=str(run), problem=problem)
    keys = ["parcel_id", "pool", *YEARS[amount]]
    rows = pd.read_parquet(run / FILE, columns=[*keys, amount])
    rows = rows[rows[YEARS[amount][0]].notna()].reset_index(drop=True)
    rows[YEARS[amount]] = rows[YEARS[amount]].astype(np.int64)
    rows = rows.astype({"parcel_id": str, "pool": str})
    value = rows.pop(amount).to_numpy(np.float64)
    errors = pd.read_parquet(run / ERRORS)
    errors = errors[errors[YEARS[amount][0]].notna()]
    errors = errors[[*keys, *ERROR_COLUMNS[:-1], "effect_tC"]].astype(rows.dtypes.to_dict())
    fields = pd.read_parquet(run / FIELDS)
    return read_errors(rows, value, errors.rename(columns={"effect_tC": "effect"}), fields)
