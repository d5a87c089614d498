"""The endpoints as data: data_catalog/lending/api_endpoints.csv, and who may use each.

An endpoint names the action of the registry that it does; the roles that may are those of the
action (registry_roles.csv). `public` needs no token; `own` is open to every valid token.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from data_catalog.text import Text
from lending.registry.roles import actions, permit, roles
from lending.registry.tables import User

__all__ = ["Endpoint", "allowed", "endpoints"]

PUBLIC, OWN = "public", "own"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method of one path."""

    method: str
    path: str
    operation: str
    action: str
    status: int
    title: Text

    @property
    def public(self) -> bool:
        """Whether it is answered without a token."""
        return self.action == PUBLIC

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles that may use it, in the order of the roles."""
        if self.action in {PUBLIC, OWN}:
            return tuple(roles())
        return tuple(role for role in roles() if role in actions()[self.action].allowed)


@cache
def endpoints() -> dict[str, Endpoint]:
    """Return all endpoints by operation, in the order of the document."""
    text = (resources.files("data_catalog.lending") / "api_endpoints.csv").read_text("utf-8")
    return {
        row["operation"]: Endpoint(
            row["method"], row["path"], row["operation"], row["action"], int(row["status"]),
            Text(row["zh"], row["en"]),
        )
        for row in csv.DictReader(text.splitlines())
    }  # fmt: skip


def allowed(user: User, endpoint: Endpoint) -> None:
    """Return if the user may use the endpoint.

    Raises
    ------
    NotAllowed
        If not; it names who may.
    """
    if endpoint.action not in {PUBLIC, OWN}:
        permit(user, endpoint.action)
