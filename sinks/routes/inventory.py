"""An inventory made ready: words led to codes, numbers checked, everything wrong told at once."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from data_catalog.errors import GepError, TableError, raise_all
from data_catalog.forests import chain, code_of, species_group, species_groups
from data_catalog.tables import Table, tables
from data_catalog.text import Text

__all__ = ["keys_of", "place_name", "ready"]

KEYS = ("parcel_id", "year")
WORDS = ("forest_kind", "origin", "age_group", "culm_age")


def place_name(parcel_id: object, year: float) -> str:
    """Return how a parcel's year is told of."""
    return f"{parcel_id}, {year:g}"


def ready(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the rows of a table of forests with all its columns, species by group, words as codes.

    Parameters
    ----------
    frame : DataFrame
        What is missing of the declared columns is not known of any row.
    name : str
        inventory, trees or bamboo.

    Raises
    ------
    GepError or Problems
        Unknown species and words, numbers out of range, parcels given twice for one year.
    """
    table = tables()[name]
    found = pd.DataFrame(index=pd.RangeIndex(len(frame)))
    for column in table.columns.values():
        given = frame.get(column.name)
        if column.kind == "text":
            texts = [""] * len(frame) if given is None else given.fillna("").astype(str)
            found[column.name] = np.array(texts, dtype=object)
        else:
            found[column.name] = np.nan if given is None else given.to_numpy(dtype=np.float64)
    where = [place_name(p, y) for p, y in zip(found["parcel_id"], found["year"], strict=True)]
    errors: list[GepError] = [*_out_of_range(found, table, where), *_twice(found, table, where)]

    def coded(column: str, of: Callable[[str, str], str]) -> None:
        codes: dict[str, str] = {"": ""}
        for text, at in zip(found[column], where, strict=True):
            if text not in codes:
                try:
                    codes[text] = of(text, at)
                except GepError as error:
                    codes[text] = ""
                    errors.append(error)
        found[f"{column}_group" if column == "species" else column] = found[column].map(codes)

    if "species" in found:
        coded("species", species_group)
    for word in (w for w in WORDS if w in found):
        coded(word, lambda text, at, word=word: code_of(word, text, at))  # type: ignore[misc]
    raise_all(errors)
    if "forest_kind" in found:
        kinds = {group.id: group.kind for group in species_groups().values()} | {"": ""}
        unknown = found["forest_kind"] == ""
        found.loc[unknown, "forest_kind"] = found.loc[unknown, "species_group"].map(kinds)
    return found


def keys_of(column: str, key: str) -> tuple[str, ...]:
    """Return a group's key and those of the wider groups that may stand in for it."""
    if column == "species_group":
        return chain(key) if key else (key,)
    if column == "age_class":
        origin, group, age = key.split("/")
        return tuple(f"{origin}/{one}/{age}" for one in chain(group))
    return (key,)


def _out_of_range(found: pd.DataFrame, table: Table, where: list[str]) -> Iterator[TableError]:
    for column in table.columns.values():
        if column.kind != "number":
            continue
        numbers = found[column.name].to_numpy(dtype=np.float64)
        bad = (numbers < column.low) | (numbers > column.high)
        if column.required:
            bad |= np.isnan(numbers)
        for place in np.flatnonzero(bad):
            got = f"{numbers[place]:g} {column.units}"
            limits = f"{column.low:g}", f"{column.high:g} {column.units}"
            yield TableError(
                where=where[place],
                problem=Text(
                    f"{column.name}（{column.title.zh}）为 {got}，应在 {limits[0]} 至 {limits[1]} "
                    "之间。请改正该数或其单位。",
                    f"{column.name} is {got}; it must be within {limits[0]} to {limits[1]}. "
                    "Correct the number or its unit.",
                ),
            )


def _twice(found: pd.DataFrame, table: Table, where: list[str]) -> Iterator[TableError]:
    keys = [c.name for c in table.columns.values() if c.key]
    if keys:
        for place in np.flatnonzero(found.duplicated(keys)):
            problem = Text(
                f"{table.title.zh}中有两行。请只留一行。", "has two rows in the table. Keep one."
            )
            yield TableError(where=where[place], problem=problem)
