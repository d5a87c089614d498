"""Forest change between two classified dates, and how right it is where polygons tell.

Polygons that somebody chose are no random sample: the error matrix describes them, and no
design-based area can be made of it. The unit is the polygon, as its pixels are not independent;
intervals are Wilson's of the count of polygons.
"""

from dataclasses import dataclass
from math import nan, sqrt
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_catalog.spec import Pixels
from data_catalog.text import Text

__all__ = ["CHANGES", "Accuracy", "accuracy", "change_matrix", "change_of", "wilson"]

CHANGES = {
    "forest": Text("保持森林", "forest at both dates"),
    "loss": Text("森林减少", "forest lost"),
    "gain": Text("森林增加", "forest gained"),
    "other": Text("一直非森林", "no forest at either date"),
}
Bools = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How polygons that were held out were classified.

    Parameters
    ----------
    polygons, pixels : DataFrame
        Error matrices: rows as mapped, columns as labelled; a polygon is what most of it is.
    table : DataFrame
        Per class and overall (`class` is "overall"): kind (users, producers, overall), right, of,
        share, low, high.
    """

    polygons: pd.DataFrame
    pixels: pd.DataFrame
    table: pd.DataFrame


def change_of(before: Bools, after: Bools) -> Counts:
    """Return the place in `CHANGES` of forest before and after."""
    return np.where(before, np.where(after, 0, 1), np.where(after, 2, 3))


def change_matrix(
    before: npt.NDArray[np.integer], after: npt.NDArray[np.integer], areas: Pixels
) -> pd.DataFrame:
    """Return the area that went from each class (rows) to each class (columns).

    Parameters
    ----------
    before, after : arrays of one shape
        Class codes; negative for missing, which is left out at both dates.
    areas : array, ha
    """
    known = (before >= 0) & (after >= 0)
    pairs = pd.DataFrame({"from": before[known], "to": after[known], "ha": areas[known]})
    classes = sorted({*pairs["from"], *pairs["to"]})
    table = pairs.pivot_table(index="from", columns="to", values="ha", aggfunc="sum")
    return table.reindex(index=classes, columns=classes).fillna(0.0)


def wilson(right: int, of: int, level: float) -> tuple[float, float]:
    """Return Wilson's interval of a share; NaN where there is nothing to count."""
    if of == 0:
        return nan, nan
    z, share = NormalDist().inv_cdf((1 + level) / 2), right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def accuracy(polygon: Counts, mapped: Counts, labelled: Counts, level: float) -> Accuracy:
    """Return the accuracy of classes that were mapped without the polygons they are tested on.

    Parameters
    ----------
    polygon, mapped : (cell,) arrays
        Polygon of each cell and its mapped class, a place in `CHANGES`.
    labelled : (polygon,) array
        The class each polygon is labelled with.
    """
    votes = np.zeros((len(labelled), len(CHANGES)), np.int64)
    np.add.at(votes, (polygon, mapped), 1)
    seen = votes.any(axis=1)
    polygons = _matrix(votes.argmax(axis=1)[seen], labelled[seen])
    counts = polygons.to_numpy()
    rows = [("overall", "overall", int(np.trace(counts)), int(counts.sum()))]
    for k, name in enumerate(CHANGES):
        rows.append((name, "users", int(counts[k, k]), int(counts[k].sum())))
        rows.append((name, "producers", int(counts[k, k]), int(counts[:, k].sum())))
    table = pd.DataFrame(rows, columns=["class", "kind", "right", "of"])
    table["share"] = [r / n if n else nan for r, n in zip(table["right"], table["of"], strict=True)]
    limits = [wilson(r, n, level) for r, n in zip(table["right"], table["of"], strict=True)]
    table["low"], table["high"] = zip(*limits, strict=True)
    return Accuracy(polygons, _matrix(mapped, labelled[polygon]), table)


def _matrix(mapped: Counts, labelled: Counts) -> pd.DataFrame:
    counts = np.zeros((len(CHANGES), len(CHANGES)), np.int64)
    np.add.at(counts, (mapped, labelled), 1)
    return pd.DataFrame(counts, index=list(CHANGES), columns=list(CHANGES))
