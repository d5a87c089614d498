"""Which accounts a project's run holds: the services of its standard, and its forest carbon."""

from collections.abc import Sequence
from pathlib import Path

from data_catalog.standards import standard
from gep.account import GepAccount
from sinks.account import CarbonAccount
from tiles.compute import Account
from tiles.project import Project


def accounts_of(project: Project, standards: Sequence[str] = ()) -> tuple[Account, ...]:
    """Return the accounts of a project.

    Parameters
    ----------
    standards : sequence of str
        Ids, or TOML files as seen from here; by default the project's own standard.
    """
    if standards:
        chosen = [standard(name, Path()) for name in dict.fromkeys(standards)]
    else:
        chosen = [standard(project.project.standard, project.folder)]
    return GepAccount(*chosen), CarbonAccount()
