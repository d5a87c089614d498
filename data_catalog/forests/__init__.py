"""The words of forest inventories: species and their groups, kinds of forest, origins, age groups.

A species group is what numbers are known for. Where a parameter set has no row of a group itself,
that of its wider group is read (Masson pine stands for itself, slash pine for the other pines),
and the parameter rows of a result say so. Names are looked up whatever their case and blanks.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

__all__ = ["SpeciesGroup", "chain", "code_of", "species_group", "species_groups"]

SPECIES = Text("树种", "species")
TITLES = {
    "forest_kind": Text("地类", "kind of forest"),
    "origin": Text("起源", "origin"),
    "age_group": Text("龄组", "age group"),
    "culm_age": Text("竹龄", "age of culms"),
}


@dataclass(frozen=True, slots=True)
class SpeciesGroup:
    """Species that one number is read for; `wider` is the group it belongs to, "" for none.

    `kind` is arbor, bamboo or shrub; `bcef` and `roots` are the types under which Tables 4.5 and
    4.4 of IPCC 2006, vol. 4, list it, "" for mixed stands.
    """

    id: str
    wider: str
    kind: str
    bcef: str
    roots: str
    title: Text


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("data_catalog.forests") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def species_groups() -> Mapping[str, SpeciesGroup]:
    """Return all species groups by id."""
    return {
        row["group"]: SpeciesGroup(
            id=row["group"],
            wider=row["wider"],
            kind=row["kind"],
            bcef=row["bcef"],
            roots=row["roots"],
            title=Text(row["zh"], row["en"]),
        )
        for row in _rows("species_groups.csv")
    }


@cache
def _names() -> Mapping[str, str]:
    named = {_plain(row["name"]): row["group"] for row in _rows("species_names.csv")}
    return {_plain(group): group for group in species_groups()} | named


@cache
def _words(column: str) -> Mapping[str, str]:
    return {_plain(r["word"]): r["code"] for r in _rows("words.csv") if r["column"] == column}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def species_group(name: str, where: str) -> str:
    """Return the group of a species as it is written in a file.

    Parameters
    ----------
    where : str
        Where it is written, for the message.

    Raises
    ------
    UnknownNameError
        If no group is known for it, with the nearest names.
    """
    if group := _names().get(_plain(name)):
        return group
    known = {row["name"] for row in _rows("species_names.csv")}
    raise UnknownNameError(where=where, kind=SPECIES, name=name, hint=suggestion(name, known))


def code_of(column: str, word: str, where: str) -> str:
    """Return what a word means in a column of an inventory: `近熟林` is `near_mature`.

    Raises
    ------
    UnknownNameError
        If it means nothing there, with the words that do.
    """
    words = _words(column)
    if code := words.get(_plain(word)):
        return code
    raise UnknownNameError(
        where=where, kind=TITLES[column], name=word, hint=suggestion(word, words)
    )


@cache
def chain(group: str) -> tuple[str, ...]:
    """Return a group and the wider groups it belongs to, nearest first."""
    found = [group]
    while wider := species_groups()[found[-1]].wider:
        found.append(wider)
    return tuple(found)
