"""A policy file, and the template to start one from."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from data_catalog.text import Language
from data_catalog.toml_files import checked, read_toml
from lending.policy.model import Policy

__all__ = ["commented", "example_policy", "read_policy"]


def read_policy(path: Path) -> Policy:
    """Return a bank's policy.

    Raises
    ------
    ProjectError or Problems
        If there is no such file, or something in it is unknown, missing or wrong: all at once.
    """
    return checked(Policy, read_toml(path, path.name), path.name)


def example_policy(language: Language) -> str:
    """Return a policy file whose numbers are examples, with comments in one language."""
    return commented(resources.files("lending.policy") / "example.toml", language)


def commented(file: Traversable, language: Language) -> str:
    """Return a template with the comments of one language: `#zh ...` and `#en ...` mark them."""
    other = "#zh" if language == "en" else "#en"
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = (line for line in lines if not line.startswith(other))
    return "\n".join(line.replace(f"#{language} ", "# ", 1) for line in kept) + "\n"
