"""Every physical variable a layer may be: its name, labels, units, kind and valid range."""

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Literal, TypeAlias, cast

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

Kind: TypeAlias = Literal["class", "continuous"]
"""Classes are aligned by the majority of area, continuous values by the area-weighted mean."""
Bands: TypeAlias = Literal["one", "sum", "mean", "series"]
"""What several bands become: nothing allowed, a year's sum, a year's mean, or kept as a series."""
Epoch: TypeAlias = Literal["account", "baseline", "dated"]
DATED = re.compile(r"(land_cover|forest)_((?:19|20|21)\d\d)")
"""A class map of one more year: `land_cover_2005`."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One physical variable, or one class map.

    `low` and `high` bound the values a cell may have, in `units`; a value outside is an error
    (most often nodata that the file does not declare).
    """

    name: str
    title: Text
    units: str
    kind: Kind
    bands: Bands
    epoch: Epoch
    low: float
    high: float
    note: str


@cache
def variables() -> dict[str, Variable]:
    """Return all variables by name."""
    text = (resources.files("data_catalog") / "variables.csv").read_text(encoding="utf-8")
    return {
        row["name"]: Variable(
            name=row["name"],
            title=Text(row["zh"], row["en"]),
            units=row["units"],
            kind=cast("Kind", row["kind"]),
            bands=cast("Bands", row["bands"]),
            epoch=cast("Epoch", row["epoch"]),
            low=float(row["low"]),
            high=float(row["high"]),
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def dated_year(name: str) -> int | None:
    """Return the year of a class map that is neither of the account nor of the baseline."""
    found = DATED.fullmatch(name)
    return int(found[2]) if found else None


def find_variable(name: str) -> Variable | None:
    """Return a variable, also a class map of one more year; None where there is no such."""
    found = DATED.fullmatch(name)
    if found is None:
        return variables().get(name)
    of, year = variables()[found[1]], found[2]
    title = Text(f"{year} 年{of.title.zh}", f"{of.title.en} of {year}")
    return replace(of, name=name, title=title, epoch="dated", note="")


def variable(name: str) -> Variable:
    """Return one variable.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    found = find_variable(name)
    if found is None:
        raise UnknownNameError(
            where="[layers]",
            kind=Text("变量", "variable"),
            name=name,
            hint=suggestion(name, variables()),
        )
    return found
