"""Functional groups of the IUCN Global Ecosystem Typology, and which an HJ 1166 class may be.

A class of land cover alone seldom decides the group: climate, planting or use does. The crosswalk
therefore names candidates and what tells them apart; a class with one candidate is decided.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.text import Text


@dataclass(frozen=True, slots=True)
class FunctionalGroup:
    """One ecosystem functional group: its code (`T2.4`), title and biome."""

    code: str
    title: Text
    biome: str
    biome_title: Text


@dataclass(frozen=True, slots=True)
class Candidate:
    """A group that an HJ 1166 level-II class may be.

    `when` says for which land, `decided_by` what tells the candidates apart; `grade` is `estimate`
    where the match is in doubt.
    """

    ecosystem: str
    group: str
    when: Text
    decided_by: Text
    source: str
    where: str
    grade: str
    note: Text


@cache
def functional_groups() -> dict[str, FunctionalGroup]:
    """Return the groups that occur on land and inland water, by code."""
    return {
        row["code"]: FunctionalGroup(
            code=row["code"],
            title=Text(row["zh"], row["en"]),
            biome=row["biome"],
            biome_title=Text(row["biome_zh"], row["biome_en"]),
        )
        for row in _rows("iucn_get_groups.csv")
    }


@cache
def candidates() -> dict[str, tuple[Candidate, ...]]:
    """Return the candidates of each HJ 1166 level-II class, in the order of the crosswalk."""
    found: dict[str, tuple[Candidate, ...]] = {}
    for row in _rows("iucn_get.csv"):
        candidate = Candidate(
            ecosystem=row["ecosystem"],
            group=row["group"],
            when=Text(row["when_zh"], row["when_en"]),
            decided_by=Text(row["split_zh"], row["split_en"]),
            source=row["source"],
            where=row["where"],
            grade=row["grade"],
            note=Text(row["note_zh"], row["note_en"]),
        )
        found[candidate.ecosystem] = (*found.get(candidate.ecosystem, ()), candidate)
    return found


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("data_catalog.classes") / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
