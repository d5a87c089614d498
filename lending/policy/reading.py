"""A policy file, and the template to start one from."""

from importlib import resources
from pathlib import Path

from data_catalog.text import Language, in_language
from data_catalog.toml_files import read_checked
from lending.policy.model import Policy

__all__ = ["example_policy", "read_policy"]


def read_policy(path: Path) -> Policy:
    """Return a bank's policy.

    Raises
    ------
    ProjectError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    return read_checked(Policy, path)


def example_policy(language: Language) -> str:
    """Return a policy file whose numbers are examples, with comments in one language."""
    return in_language(resources.files("lending.policy") / "example.toml", language)
