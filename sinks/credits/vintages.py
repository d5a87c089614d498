"""Vintages: the tonnes of a parcel in an interval of years, with a lower bound, and their file."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data_catalog.errors import GepError, OutputError, TableError, raise_all
from data_catalog.text import Text

__all__ = ["COLUMNS", "KINDS", "interval", "read_vintages", "shared_out", "vintages_file",
           "write_vintages"]  # fmt: skip

Units = npt.NDArray[np.int64]
COLUMNS: Mapping[str, Text] = {
    "parcel_id": Text("宗地编号", "parcel"),
    "vintage_from": Text("年份起（含）", "vintage from"),
    "vintage_to": Text("年份止（不含）", "vintage to (not included)"),
    "gross_tCO2e": Text("毛移除量（t CO2e，减少为负）", "gross removal (t CO2e, loss negative)"),
    "net_tCO2e": Text("可签发量（t CO2e）", "issuable (t CO2e)"),
    "se_tCO2e": Text("可签发量的标准误", "standard error of what is issuable"),
    "lower_tCO2e": Text("可签发量的单侧置信下限", "one-sided lower bound of what is issuable"),
    "confidence": Text("下限的置信水平", "level of the lower bound"),
    "methodology": Text("方法学", "methodology"),
    "kind": Text("性质", "kind"),
    "serial_from": Text("序列号起", "serial from"),
    "serial_to": Text("序列号止（含）", "serial to (included)"),
}
"""Columns of a table of vintages: dates are the first day of a half-open interval and of what
follows it; serials are text, empty unless issued."""
KINDS: Mapping[str, Text] = {
    "ex_ante": Text("事前", "ex ante"),
    "monitored": Text("已监测", "monitored"),
    "issued": Text("已签发", "issued"),
}
DATES = ("vintage_from", "vintage_to")
NUMBERS = ("gross_tCO2e", "net_tCO2e", "se_tCO2e", "lower_tCO2e", "confidence")
SCHEMA = pa.schema([
    (name, pa.date32() if name in DATES else pa.float64() if name in NUMBERS else pa.string())
    for name in COLUMNS
])  # fmt: skip
FILE = "vintages"


def interval(year_from: int, year_to: int) -> tuple[date, date]:
    """Return the half-open interval of a change between the ends of two years.

    From the end of 2015 to the end of 2020 is [2016-01-01, 2021-01-01).
    """
    return date(year_from + 1, 1, 1), date(year_to + 1, 1, 1)


def shared_out(units: int, weights: npt.NDArray[np.float64]) -> Units:
    """Return whole units in proportion to weights, none of them lost: largest remainders first.

    Parameters
    ----------
    units : int
    weights : (n,) array, not negative
        Rows of weight 0 get nothing; equal remainders go to the first row.
    """
    total = weights.sum()
    if units == 0 or total == 0:
        return np.zeros(len(weights), dtype=np.int64)
    exact = units * (weights / total)
    whole: Units = np.floor(exact).astype(np.int64)
    left = units - int(whole.sum())
    order = np.argsort(-np.where(weights > 0, exact - whole, -1.0), kind="stable")
    whole[order[:left]] += 1
    return whole


def write_vintages(table: pd.DataFrame, folder: Path) -> tuple[Path, Path]:
    """Write vintages.csv and vintages.parquet into a folder, and return the two files.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    ordered = table[list(COLUMNS)].sort_values(["parcel_id", *DATES], ignore_index=True)
    files = folder / f"{FILE}.csv", folder / f"{FILE}.parquet"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ordered.to_csv(files[0], index=False, lineterminator="\n")
        pq.write_table(
            pa.Table.from_pandas(ordered, SCHEMA, preserve_index=False).replace_schema_metadata(),
            files[1], compression="zstd",
        )  # fmt: skip
    except OSError as error:
        problem = Text("无法写入年份表。", "the vintages cannot be written.")
        raise OutputError(where=str(folder), problem=problem) from error
    return files


def vintages_file(path: Path) -> Path:
    """Return a table of vintages itself, or that in a folder: of a claim, or of a run it is in.

    Raises
    ------
    TableError
        If the folder has none; says which command writes it.
    """
    if not path.is_dir():
        return path
    for name in (f"{FILE}.parquet", f"{FILE}.csv"):
        if (path / name).is_file():
            return path / name
    run = path.as_posix()
    how = f"gep sinks credits {run} --methodology ID --project facts.toml --out {run}"
    raise TableError(where=run, problem=Text(
        f"没有年份表（vintages.csv）。吨数须先按一种方法学算出：{how}；或给出年份表文件。",
        f"has no vintages.csv. Tonnes come of a methodology first: `{how}`; or give a table of "
        "vintages.",
    ))  # fmt: skip


def read_vintages(file: Path) -> pd.DataFrame:
    """Return the vintages of a CSV or Parquet file: dates as dates, text as text.

    Raises
    ------
    TableError or Problems
        If the file cannot be read, lacks columns, or holds an interval that ends before it begins
        or a kind that there is not; all that is wrong at once.
    """
    try:
        if file.suffix == ".parquet":
            table = pd.read_parquet(file)
        else:
            table = pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError, UnicodeDecodeError) as error:
        problem = Text("无法读取该年份表。", "this table of vintages cannot be read.")
        raise TableError(where=str(file), problem=problem) from error
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        names = ", ".join(missing)
        raise TableError(where=file.name, problem=Text(
            f"缺少列 {names}。年份表的列为 {', '.join(COLUMNS)}。",
            f"has no column {names}. A table of vintages has {', '.join(COLUMNS)}.",
        ))  # fmt: skip
    errors: list[GepError] = []
    for name in DATES:
        days = pd.to_datetime(table[name], errors="coerce")
        errors += _wrong(file, table, days.isna(), name)
        table[name] = days.dt.date
    for name in NUMBERS:
        numbers = pd.to_numeric(table[name], errors="coerce")
        errors += _wrong(file, table, numbers.isna() & (table[name].astype(str) != ""), name)
        table[name] = numbers
    errors += _wrong(file, table, ~table["kind"].isin(list(KINDS)), "kind")
    raise_all(errors)
    raise_all(_wrong(file, table, table["vintage_to"] <= table["vintage_from"], "vintage_to"))
    for name in set(COLUMNS) - {*DATES, *NUMBERS}:
        table[name] = table[name].fillna("").astype(str)
    return table[list(COLUMNS)]


def _wrong(file: Path, table: pd.DataFrame, rows: "pd.Series[bool]", name: str) -> list[GepError]:
    """Return the first row that is wrong in a column, with its number."""
    if not rows.any() or (name in NUMBERS and file.suffix == ".parquet"):
        return []
    first = int(np.flatnonzero(rows.to_numpy())[0])
    return [TableError(where=f"{file.name}:{first + 2}", problem=Text(
        f"{name}（{COLUMNS[name].zh}）为“{table[name].iloc[first]}”，不能使用。",
        f"{name} is {str(table[name].iloc[first])!r}, which cannot be used.",
    ))]  # fmt: skip
