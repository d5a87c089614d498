"""Published numbers for one role that lie far apart: what to say when a profile takes one."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.text import Text

__all__ = ["Conflict", "conflicts"]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A role for which sources disagree.

    Parameters
    ----------
    factor : float
        By how much a number may differ from another before that is said.
    families : dict
        What kind of number each is, by parameter and set.
    """

    id: str
    title: Text
    factor: float
    why: Text
    families: Mapping[tuple[str, str], Text]

    def parameters(self) -> list[str]:
        """Return the names of the parameters with this role."""
        return list(dict.fromkeys(parameter for parameter, _ in self.families))


@cache
def conflicts() -> tuple[Conflict, ...]:
    """Return all roles for which sources disagree."""
    members = list(_rows("conflict_rows.csv"))
    return tuple(
        Conflict(
            id=row["id"], title=Text(row["title_zh"], row["title_en"]),
            factor=float(row["factor"]), why=Text(row["why_zh"], row["why_en"]),
            families={
                (m["parameter"], m["set"]): Text(m["family_zh"], m["family_en"])
                for m in members
                if m["conflict"] == row["id"]
            },
        )
        for row in _rows("conflicts.csv")
    )  # fmt: skip


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("data_catalog.standards") / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())
