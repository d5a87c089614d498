"""Strata: parts of the land that a sample was drawn in, one by one, and their areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from data_catalog.errors import TableError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text

__all__ = ["Numbers", "Places", "Strata"]

Numbers: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]
STRATUM = Text("层", "stratum")
NO_AREA = Text(
    "{where}：层“{name}”的面积（或像元数、权重）为 {area}；应为大于 0 的数。",
    "{where}: the area (or pixel count, or weight) of stratum {name!r} is {area}; it must be a "
    "number above 0.",
)
TWICE = Text(
    "{where}：层“{name}”出现了两次，请合并。",
    "{where}: stratum {name!r} is there twice: put it together.",
)
NONE = Text("{where}：没有任何层。", "{where}: there are no strata.")


@dataclass(frozen=True, kw_only=True)
class Strata:
    """Strata that fill the land without overlap.

    Parameters
    ----------
    names : tuple of str, M names
    area : (M,) array
        Size of each stratum, in `units`.
    units : str
        `ha`, `pixel`, or `1` where only shares of the land are known.
    where : str
        The file they were read from, for messages.
    """

    names: tuple[str, ...]
    area: Numbers
    units: str = "ha"
    where: str = "strata"

    def __post_init__(self) -> None:
        if not self.names:
            raise TableError(NONE, where=self.where)
        for place, (name, area) in enumerate(zip(self.names, self.area, strict=True)):
            if name in self.names[:place]:
                raise TableError(TWICE, where=self.where, name=name)
            if not (np.isfinite(area) and area > 0):
                raise TableError(NO_AREA, where=self.where, name=name, area=f"{area:g}")

    def __len__(self) -> int:
        return len(self.names)

    @property
    def total(self) -> float:
        """Return the whole area, in `units`."""
        return float(self.area.sum())

    @property
    def weight(self) -> Numbers:
        """Return the share of each stratum in the whole, (M,)."""
        return np.asarray(self.area / self.area.sum())

    def places(self, labels: Iterable[str]) -> Places:
        """Return the place of each label among the strata.

        Raises
        ------
        UnknownNameError
            If a label is no stratum.
        """
        number = {name: place for place, name in enumerate(self.names)}
        found = list(labels)
        for label in dict.fromkeys(found):
            if label not in number:
                raise UnknownNameError(
                    where=self.where, kind=STRATUM, name=label,
                    hint=suggestion(label, self.names),
                )  # fmt: skip
        return np.array([number[label] for label in found], dtype=np.int64)
