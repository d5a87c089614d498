"""What may follow what in the life of a pledge: the tables of data_catalog/lending, as functions.

applied -> screened -> due_diligence -> approved -> signed -> registered -> drawn
        -> monitored (again and again) -> repaid -> released
                                       -> defaulted -> disposed -> closed
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.text import Text
from lending.registry.errors import ImpossibleTransition
from lending.registry.roles import actions

__all__ = ["BEFORE_ALL", "OVER", "State", "active_states", "following", "next_state", "states"]

BEFORE_ALL = ""
"""What an application starts from."""
OVER = ("withdrawn", "released", "closed")
"""States of pledges that no longer secure their loan."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of a pledge; an active one bars others from the same right, place and years."""

    name: str
    claim: str
    active: bool
    title: Text


@cache
def states() -> dict[str, State]:
    """Return the states by name, in the order of a pledge's life."""
    return {
        row["state"]: State(
            row["state"], row["claim"], row["active"] == "1", Text(row["zh"], row["en"])
        )
        for row in _rows("pledge_states.csv")
    }


@cache
def transitions() -> dict[tuple[str, str], str]:
    """Return the state that an action leads to, by the state before and the action."""
    return {(row["from"], row["action"]): row["to"] for row in _rows("pledge_transitions.csv")}


def active_states() -> tuple[str, ...]:
    """Return the states in which a pledge bars others."""
    return tuple(name for name, state in states().items() if state.active)


def following(state: str) -> dict[str, str]:
    """Return what may follow a state, by action."""
    return {action: to for (before, action), to in transitions().items() if before == state}


def next_state(pledge_id: str, state: str, action: str) -> str:
    """Return the state that an action leads to.

    Raises
    ------
    ImpossibleTransition
        If the action cannot follow.
    """
    ways = following(state)
    if action not in ways:
        known = actions()
        raise ImpossibleTransition(
            pledge=pledge_id, state=states()[state].title, action=known[action].title,
            possible=Text(
                "、".join(known[way].title.zh for way in ways) or "无",
                ", ".join(known[way].title.en for way in ways) or "nothing",
            ),
        )  # fmt: skip
    return ways[action]


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("data_catalog.lending") / name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
