"""How far the numbers behind a value can be trusted, in words."""

import math
from collections.abc import Mapping

from data_catalog.text import Text
from review.figures import share

__all__ = ["GRADES", "in_doubt"]

GRADES: Mapping[str, Text] = {
    "standard": Text("规范", "standard"),
    "literature": Text("文献", "literature"),
    "local": Text("本地", "local"),
    "recalled": Text("凭记忆，未核对原文", "recalled, not checked"),
    "estimate": Text("估计", "estimate"),
}
MARKS: Mapping[str, Text] = {
    "recalled": Text("未核对", "unchecked"),
    "estimate": Text("估计", "estimate"),
}
"""The doubtful grades in a word."""


def in_doubt(fraction: float | None, grade: str = "") -> Text:
    """Return the mark of a value that rests on doubtful numbers; empty where it does not.

    Parameters
    ----------
    fraction : float, optional
        The share of the value that rests on them.
    grade : str
        The weakest of them; by default only the share is told.
    """
    if not fraction or not math.isfinite(fraction):
        return Text("", "")
    word = MARKS.get(grade, Text("", ""))
    return Text(f"{word.zh} {share(fraction)}%".strip(), f"{word.en} {share(fraction)} %".strip())
