"""The font of what we print: Noto Sans CJK SC, cut down to GB 2312, Latin and what names need.

Made from NotoSansCJK-Regular.ttc (version 2.004, Debian package fonts-noto-cjk) with
`fontTools.subset`, without hinting: the characters of `characters.txt`. Licence: OFL.txt.
"""

from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

__all__ = ["FAMILY", "characters", "folder"]

FAMILY = "Noto Sans CJK SC"


def folder() -> Traversable:
    """Return where the font file lies."""
    return resources.files("data_catalog.fonts")


@cache
def characters() -> frozenset[str]:
    """Return every character that the font can draw."""
    return frozenset((folder() / "characters.txt").read_text(encoding="utf-8")) | {" "}
