"""What a document is made of: pieces of text in one language, before anything is set."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from data_catalog.text import Language

__all__ = [
    "Bullets",
    "Document",
    "Figures",
    "Grid",
    "Heading",
    "Lines",
    "Outline",
    "Pairs",
    "Piece",
    "Sketch",
    "Words",
]

Row: TypeAlias = tuple[str, ...]
NOT_SAID = {"language", "widths"}
"""Fields that are no text of the pages."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `loud` is what nobody may overlook."""

    text: str
    loud: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of short statements."""

    items: Row


@dataclass(frozen=True, slots=True)
class Figures:
    """The few figures that a reader looks for first: (what, figure, remark) of each."""

    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and what belongs to them, in two columns of pairs if `wide`."""

    rows: tuple[tuple[str, str], ...]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Parameters
    ----------
    widths : tuple of str
        Of each column: `auto`, or its part of what is left (`1fr`, `2fr`).
    right : tuple of int
        Places of the columns that hold numbers.
    """

    header: Row
    rows: tuple[Row, ...]
    widths: Row
    right: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines to write on by hand: who signs, and the date."""

    labels: Row


@dataclass(frozen=True, slots=True)
class Outline:
    """A shape of a sketch: its rings (outer ones and holes alike) and where its label stands.

    Points are (right, down) from the upper left corner, mm.
    """

    label: str
    at: tuple[float, float]
    rings: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Sketch:
    """Shapes drawn to scale, mm; `scale` is the length of a bar that stands for `scale_label`."""

    width: float
    height: float
    outlines: tuple[Outline, ...]
    scale: float
    scale_label: str
    note: str


Piece: TypeAlias = Heading | Words | Bullets | Figures | Pairs | Grid | Lines | Sketch


@dataclass(frozen=True, slots=True)
class Document:
    """A document in one language.

    Parameters
    ----------
    banner : str
        Said on every page, at its top: what the document is not.
    foot : str
        Said on every page, at its bottom.
    one_page : bool
        All of it has to stand on one page, in smaller letters if need be.
    """

    language: Language
    title: str
    subtitle: str
    banner: str
    foot: str
    pieces: tuple[Piece, ...] = field(default=())
    one_page: bool = False

    def content(self) -> dict[str, Any]:
        """Return the document for the template: each piece with its kind."""
        pieces = [{"kind": type(one).__name__.lower()} | asdict(one) for one in self.pieces]
        return asdict(self) | {"pieces": pieces}

    def texts(self) -> Iterator[str]:
        """Yield every text that is on the pages."""
        yield from _texts(asdict(self))


def _texts(found: object) -> Iterator[str]:
    if isinstance(found, str):
        yield found
    elif isinstance(found, Mapping):
        for name, one in found.items():
            if name not in NOT_SAID:
                yield from _texts(one)
    elif isinstance(found, tuple | list):
        for one in found:
            yield from _texts(one)
