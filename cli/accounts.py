"""Which accounts a project's run holds: the services of its standard, and its forest carbon."""

from data_catalog.standards import standard
from gep.account import GepAccount
from sinks.account import CarbonAccount
from tiles.compute import Account
from tiles.project import Project


def accounts_of(project: Project) -> tuple[Account, ...]:
    """Return the accounts of a project."""
    chosen = standard(project.project.standard, project.folder)
    return GepAccount(chosen), CarbonAccount()
