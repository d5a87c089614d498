"""Pages on paper: what a document says as plain pieces, and their setting as PDF.

typeset(Document, fonts=None) -> bytes
"""

from lending.paper.document import (
    Bullets,
    Document,
    Figures,
    Grid,
    Heading,
    Lines,
    Outline,
    Pairs,
    Piece,
    Sketch,
    Words,
)
from lending.paper.typesetting import typeset

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
    "typeset",
]
