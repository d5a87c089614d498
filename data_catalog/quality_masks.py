"""What the codes of a scene's quality band mean: classes, or bits that are set."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal, cast

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

__all__ = ["QualityMask", "quality_mask", "quality_masks"]

Form = Literal["class", "bit"]


@dataclass(frozen=True, slots=True)
class QualityMask:
    """A kind of quality band.

    Parameters
    ----------
    form : "class" or "bit"
        Whether a pixel has one of the codes, or any number of bits.
    titles : dict
        What each class, or each bit (counted from 0), says.
    clear : frozenset of int
        Classes of a pixel whose ground is seen; or bits that may be set on such a pixel.
    """

    kind: str
    form: Form
    titles: dict[int, Text]
    clear: frozenset[int]


@cache
def quality_masks() -> dict[str, QualityMask]:
    """Return all kinds by name."""
    text = (resources.files("data_catalog") / "quality_masks.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return {
        kind: QualityMask(
            kind=kind,
            form=cast("Form", next(r["form"] for r in rows if r["kind"] == kind)),
            titles={int(r["code"]): Text(r["zh"], r["en"]) for r in rows if r["kind"] == kind},
            clear=frozenset(int(r["code"]) for r in rows if (r["kind"], r["clear"]) == (kind, "1")),
        )
        for kind in dict.fromkeys(r["kind"] for r in rows)
    }


def quality_mask(kind: str, where: str) -> QualityMask:
    """Return one kind.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    known = quality_masks()
    if kind not in known:
        raise UnknownNameError(
            where=where,
            kind=Text("质量波段类型", "kind of quality band"),
            name=kind,
            hint=suggestion(kind, known),
        )
    return known[kind]
