"""The inventory of a run's parcels: from the columns of the parcels' file, and from its table."""

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, ParcelError, ProjectError, TableError, raise_all
from data_catalog.tables import TableColumn, tables
from data_catalog.text import Text
from sinks.routes.inventory import ready
from tiles.inputs import Inputs

__all__ = ["BASELINE", "inventory_problems", "inventory_rows", "table_of", "unknown_parcels"]

TABLE = "inventory"
BASELINE = "_baseline"
"""How the name of a column of the baseline year ends."""
KEYS = ("parcel_id", "year", "area_ha")
SHOWN = 5
"""Values listed in a message."""


def inventory_rows(inputs: Inputs) -> pd.DataFrame:
    """Return a row per parcel and year with an inventory; a table's row before the file's columns.

    Raises
    ------
    GepError or Problems
        If there is no inventory, or a text stands where a number belongs.
    """
    account = inputs.project.project
    years = {"": account.year, BASELINE: account.baseline_year}
    frames = [table_of(inputs, TABLE)]
    errors: list[GepError] = []
    for suffix, year in years.items():
        if year is not None:
            frames.append(_of_columns(inputs, suffix, year, errors))
    raise_all(errors)
    found = [frame for frame in frames if frame is not None]
    if not found:
        raise ProjectError(
            where="[carbon] method",
            problem=Text(
                "inventory 方法需要小班调查数据：在 [tables] inventory 给出表，"
                "或在 [parcels.columns] 中写明树种、蓄积量等列。",
                "the method inventory needs an inventory: a table in [tables] inventory, or "
                "columns such as species and volume in [parcels.columns].",
            ),
        )
    rows = pd.concat(found, ignore_index=True)
    kept = rows["year"].isin([year for year in years.values() if year is not None])
    return rows[kept].drop_duplicates(["parcel_id", "year"]).reset_index(drop=True)


def table_of(inputs: Inputs, name: str) -> pd.DataFrame | None:
    """Return one of the project's tables of forests, of the account's years; None without it."""
    given = inputs.tables.get(name)
    return None if given is None else given.frame.drop(columns="line")


def inventory_problems(inputs: Inputs) -> list[GepError]:
    """Return everything that is wrong with a project's inventory, before anything is computed."""
    errors: list[GepError] = []
    try:
        ready(inventory_rows(inputs), TABLE)
    except GepError as error:
        errors.extend(getattr(error, "errors", (error,)))
    errors.extend(unknown_parcels(inputs, (TABLE, "trees", "bamboo")))
    return errors


def _of_columns(
    inputs: Inputs, suffix: str, year: int, errors: list[GepError]
) -> pd.DataFrame | None:
    """Return the rows of one year from the parcels' columns; parcels without any value left out."""
    declared = tables()[TABLE].columns
    columns = {
        name: column
        for name, column in declared.items()
        if name not in KEYS and f"{name}{suffix}" in inputs.parcels
    }
    if not columns:
        return None
    frame = pd.DataFrame({"parcel_id": inputs.parcels["parcel_id"].astype(str), "year": year})
    empty = np.ones(len(frame), dtype=np.bool_)
    for name, column in columns.items():
        given = inputs.parcels[f"{name}{suffix}"]
        if column.kind == "text":
            texts = given.fillna("").astype(str).str.strip()
            frame[name], known = texts.to_numpy(object), (texts != "").to_numpy()
        else:
            numbers = pd.to_numeric(given, errors="coerce")
            errors.extend(_no_numbers(inputs, f"{name}{suffix}", given, numbers, column))
            frame[name], known = numbers.to_numpy(np.float64), numbers.notna().to_numpy()
        empty &= ~known
    return frame[~empty]


def _no_numbers(
    inputs: Inputs, name: str, given: pd.Series, numbers: pd.Series, column: TableColumn
) -> Iterator[GepError]:
    """Yield an error for the texts in a column of numbers."""
    wrong = given.notna() & numbers.isna() & (given.astype(str).str.strip() != "")
    if wrong.any():
        ids = inputs.parcels.loc[wrong, "parcel_id"].astype(str)
        shown = ", ".join(f"{i}: {v}" for i, v in zip(ids[:SHOWN], given[wrong], strict=False))
        yield ParcelError(
            where=f"[parcels.columns] {name}",
            problem=Text(
                f"{column.title.zh}应为数（{column.units}），{wrong.sum()} 块宗地不是：{shown}。"
                "请更正，或留空。",
                f"must be numbers ({column.units}), but {wrong.sum()} parcels have a text: "
                f"{shown}. Correct them, or leave them empty.",
            ),
        )


def unknown_parcels(inputs: Inputs, names: Iterable[str]) -> Iterator[GepError]:
    """Yield an error for rows of tables whose parcels are not the project's."""
    known = set(inputs.parcels["parcel_id"].astype(str))
    for name in names:
        given = inputs.tables.get(name)
        if given is None:
            continue
        strange = [p for p in dict.fromkeys(given.frame["parcel_id"]) if p not in known]
        if strange:
            shown = ", ".join(map(str, strange[:SHOWN]))
            yield TableError(
                where=given.source,
                problem=Text(
                    f"有 {len(strange)} 个宗地编号不在宗地文件中：{shown}。请核对编号。",
                    f"has {len(strange)} parcels that are not in the parcels' file: {shown}. "
                    "Check their ids.",
                ),
            )
