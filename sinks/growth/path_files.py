"""Growth paths as files: amounts by parcel, year and pool, and what each errs by, read back whole.

Beside `paths.parquet` are `paths_errors.parquet` and `paths_error_fields.parquet`: the tables of
`sinks.uncertainty.tables`, which a run folder has of its carbon, too.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from data_catalog.errors import OutputError, RunError
from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.uncertainty.tables import error_rows, read_errors

__all__ = ["read_paths", "write_paths"]

KEYS: Mapping[str, type] = {"parcel_id": str, "year": np.int64, "pool": str}
TEXTS: Mapping[str, type] = {"source": str, "model": str}
NUMBERS = ("stock_tC", "se_tC", "effect_tC")
PARQUET = ".parquet"


def write_paths(stock: Estimates, out: Path) -> None:
    """Write paths and their errors by source, CSV or Parquet as `out` ends.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    errors, fields = error_rows(stock)
    amounts = stock.keys[list(KEYS)].assign(stock_tC=stock.value, se_tC=stock.se)
    tables = (amounts, errors.rename(columns={"effect": "effect_tC"}), fields)
    for path, table in zip(_files(out), tables, strict=True):
        try:
            if path.suffix == PARQUET:
                table.to_parquet(path, index=False)
            else:
                table.to_csv(path, index=False)
        except OSError as error:
            problem = Text("无法写入该文件。", "this file cannot be written.")
            raise OutputError(where=str(path), problem=problem) from error


def read_paths(out: Path) -> Estimates:
    """Return the paths that `write_paths` wrote, t_C, with keys parcel_id, year and pool.

    Raises
    ------
    RunError
        If one of the files is not there.
    """
    amounts, errors, fields = (_read(path) for path in _files(out))
    return read_errors(
        amounts[list(KEYS)], amounts["stock_tC"].to_numpy(np.float64),
        errors.rename(columns={"effect_tC": "effect"}), fields,
    )  # fmt: skip


def _files(out: Path) -> tuple[Path, Path, Path]:
    errors, fields = (
        out.with_name(f"{out.stem}_{name}{out.suffix}") for name in ("errors", "error_fields")
    )
    return out, errors, fields


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        problem = Text(
            "没有这个文件。请用 gep sinks grow --out 重新计算。",
            "there is no such file. Compute it again with `gep sinks grow --out`.",
        )
        raise RunError(where=str(path), problem=problem)
    if path.suffix == PARQUET:
        return pd.read_parquet(path)
    # an empty source is the rows' own error; an empty effect is one that is not known
    unknown = {column: [""] for column in NUMBERS}
    return pd.read_csv(path, dtype={**KEYS, **TEXTS}, keep_default_na=False, na_values=unknown)
