"""A policy file, and the template to start one from."""

from importlib import resources
from pathlib import Path

from data_catalog.text import Language
from data_catalog.toml_files import checked, read_toml
from lending.policy.model import Policy

__all__ = ["example_policy", "read_policy"]


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
    text = (resources.files("lending.policy") / "example.toml").read_text(encoding="utf-8")
    other = "#zh" if language == "en" else "#en"
    lines = (line for line in text.splitlines() if not line.startswith(other))
    return "\n".join(line.replace(f"#{language} ", "# ", 1) for line in lines) + "\n"
