"""Estimates in a file: one table of amounts, and beside it what they err by, source by source.

`paths.csv` or `paths.parquet` is for people; `paths.errors.parquet` and `paths.fields.parquet` hold
what sums over parcels and differences between years need. Without them the standard errors of a
date are taken as one error that all parcels share, which is too much rather than too little.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.errors import OutputError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.uncertainty.tables import error_rows, read_errors

__all__ = ["read_estimates", "write_estimates"]


def write_estimates(found: Estimates, value: str, se: str, file: Path) -> None:
    """Write amounts, and their errors beside them.

    Parameters
    ----------
    value, se : str
        Names of the columns of the amounts and of their standard errors.
    file : Path
        .parquet, or else a CSV file.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    table = found.keys.assign(**{value: found.value, se: found.se})
    errors, fields = error_rows(found)
    beside = _beside(file)
    try:
        if file.suffix == ".parquet":
            table.to_parquet(file, index=False)
        else:
            table.to_csv(file, index=False)
        errors.to_parquet(beside[0], index=False)
        fields.to_parquet(beside[1], index=False)
    except OSError as error:
        problem = Text("无法写入该文件。", "this file cannot be written.")
        raise OutputError(where=str(file), problem=problem) from error


def read_estimates(
    table: pd.DataFrame, keys: Sequence[str], value: str, se: str, file: Path
) -> Estimates:
    """Return the amounts of a table with the errors kept beside its file.

    Parameters
    ----------
    table : DataFrame with the key columns, and `value`; `se` if there is one
        As it was read from `file`.
    """
    rows = table[list(keys)].reset_index(drop=True)
    amounts = table[value].to_numpy(dtype=np.float64)
    beside = _beside(file)
    if all(one.is_file() for one in beside):
        errors, fields = (pd.read_parquet(one) for one in beside)
        errors = errors.astype({name: rows[name].dtype for name in keys})
        return read_errors(rows, amounts, errors, fields)
    one_error = table[se].to_numpy(dtype=np.float64) if se in table else np.full(len(rows), np.nan)
    dates = [name for name in keys if name.startswith("year")]
    shared = {}
    for date, places in rows.groupby(dates).indices.items():
        told = "-".join(str(year) for year in (date if isinstance(date, tuple) else (date,)))
        effect = np.zeros(len(rows))
        effect[places] = one_error[places]
        shared[f"estimates of {told}"] = effect
    return Estimates(keys=rows, value=amounts, shared=shared, own=np.zeros(len(rows)))


def _beside(file: Path) -> tuple[Path, Path]:
    return file.with_suffix(".errors.parquet"), file.with_suffix(".fields.parquet")
