"""Datasets that come with the toolkit: real, small and coarse, for the demonstration."""

from importlib import resources
from pathlib import Path

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

__all__ = ["datasets", "folder"]


def datasets() -> tuple[str, ...]:
    """Return the names of the bundled datasets; each folder's README.md says what is in it."""
    return tuple(sorted(f.parent.name for f in _root().glob("*/README.md")))


def folder(name: str) -> Path:
    """Return the folder of a bundled dataset.

    Raises
    ------
    UnknownNameError
        With the names that are known.
    """
    known = datasets()
    if name not in known:
        raise UnknownNameError(
            where="datasets",
            kind=Text("数据集", "dataset"),
            name=name,
            hint=suggestion(name, known),
        )
    return _root() / name


def _root() -> Path:
    return Path(str(resources.files("data_catalog.datasets")))
