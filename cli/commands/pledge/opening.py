"""How a command of `gep pledge` finds the registry and who acts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options

if TYPE_CHECKING:
    from lending.registry import Registry, User

__all__ = ["Desk", "at_a_desk", "database", "sealing_key"]

database = click.option(
    "--db", "place", required=True, envvar="GEP_PLEDGE_DB", metavar="PLACE",
    help="The registry: a file of SQLite, or postgresql://user@host/name (GEP_PLEDGE_DB).",
)  # fmt: skip
sealing_key = click.option(
    "--sealing-key", type=options.PATH, envvar="GEP_PLEDGE_SEALING_KEY",
    help="File of the key of personal fields (GEP_PLEDGE_SEALING_KEY).",
)  # fmt: skip
acting = click.option(
    "--user",
    "user_id",
    required=True,
    envvar="GEP_PLEDGE_USER",
    metavar="ID",
    help="Who acts (GEP_PLEDGE_USER).",
)


@dataclass(frozen=True)
class Desk:
    """An opened registry and who sits before it."""

    registry: "Registry"
    user: "User"

    def permit(self, action: str) -> None:
        """Return if the user may do this."""
        from lending.registry.roles import permit

        permit(self.user, action)


def at_a_desk(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command its `desk`, from --db, --user and --sealing-key."""

    @wraps(command)
    def opened(place: str, user_id: str, sealing_key: Path | None, **rest: Any) -> None:  # noqa: ANN401
        from lending import registry

        found = registry.open(place, sealing_key=sealing_key)
        try:
            command(Desk(found, found.user(user_id)), **rest)
        finally:
            found.close()

    for option in (sealing_key, acting, database):
        opened = option(opened)
    return opened
