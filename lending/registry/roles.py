"""Who may do what: the table data_catalog/lending/registry_roles.csv, as functions."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

from data_catalog.text import Text
from lending.registry.errors import NotAllowed

__all__ = [
    "Action", "Person", "actions", "may", "permit", "refuse_other_bank", "refuse_same_person",
    "roles",
]  # fmt: skip

COLUMNS = {"action", "zh", "en"}


class Person(Protocol):
    """What roles ask of a user."""

    user_id: str
    role: str
    organisation: str
    active: bool


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to the registry, and the roles that may."""

    name: str
    title: Text
    allowed: frozenset[str]


@cache
def actions() -> dict[str, Action]:
    """Return all actions by name."""
    text = (resources.files("data_catalog.lending") / "registry_roles.csv").read_text("utf-8")
    return {
        row["action"]: Action(
            row["action"],
            Text(row["zh"], row["en"]),
            frozenset(role for role in row.keys() - COLUMNS if row[role] == "1"),
        )
        for row in csv.DictReader(text.splitlines())
    }


ROLES = {
    "bank_maker": Text("银行经办", "bank maker"),
    "bank_checker": Text("银行复核", "bank checker"),
    "forestry": Text("林业部门", "forestry"),
    "auditor": Text("审计", "auditor"),
}


def roles() -> dict[str, Text]:
    """Return the titles of the four roles."""
    return ROLES


def may(role: str, action: str) -> bool:
    """Return whether a role may do this."""
    return role in actions()[action].allowed


def permit(user: Person, action: str) -> None:
    """Return if the user may do this.

    Raises
    ------
    NotAllowed
        If not; it names who may.
    """
    if not user.active:
        stopped = Text("该用户已停用。", "this user has been stopped.")
        raise NotAllowed(user=user.user_id, problem=stopped)
    if may(user.role, action):
        return
    what = actions()[action]
    allowed = [title for role, title in ROLES.items() if role in what.allowed]
    problem = Text(
        f"角色“{ROLES[user.role].zh}”无权{what.title.zh}；"
        f"可由{'、'.join(a.zh for a in allowed)}办理。",
        f"the role {ROLES[user.role].en} may not {what.title.en}; ask: "
        f"{', '.join(a.en for a in allowed)}.",
    )
    raise NotAllowed(user=user.user_id, problem=problem)


def refuse_same_person(user: Person, maker: str, pledge_id: str) -> None:
    """Refuse that somebody checks what is their own work.

    Raises
    ------
    NotAllowed
        If the user is the maker.
    """
    if user.user_id == maker:
        problem = Text(
            f"经办人不能复核自己办理的 {pledge_id}。",
            f"made {pledge_id} and cannot check it; another person must.",
        )
        raise NotAllowed(user=user.user_id, problem=problem)


def refuse_other_bank(user: Person, bank: str, what: str) -> None:
    """Refuse that somebody acts for another organisation than their own.

    Raises
    ------
    NotAllowed
        If the user is of another one.
    """
    if user.organisation != bank:
        problem = Text(
            f"{what} 属于 {bank}，不属于 {user.organisation}。",
            f"{what} is of {bank}, not of {user.organisation}.",
        )
        raise NotAllowed(user=user.user_id, problem=problem)
