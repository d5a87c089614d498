"""Class codes of any size: as small ones while classes are aligned, and listed where unknown."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from data_catalog.errors import LayerError
from data_catalog.text import Text
from tiles.blocks import LEAST_CODE, MOST_CODE, OUTSIDE
from tiles.rasters import Raster, Raw

__all__ = ["NO_CODE", "small_codes", "true_codes", "unknown_codes"]

NO_CODE = int(np.iinfo(np.uint16).max)
"""What stands for "no class" while classes are aligned."""

Small = npt.NDArray[np.uint16]


def small_codes(raster: Raster, stored: Raw) -> tuple[Small, Raw | None]:
    """Return stored codes in 16 bits, `NO_CODE` for nodata, and what they stand for.

    Codes that fit stand for themselves: None. Others are numbered in their own order, so that the
    smallest code stays the smallest.

    Raises
    ------
    LayerError
        If there are more codes than a class map has.
    """
    nodata = None if raster.nodata_class else raster.nodata
    blank = np.zeros(stored.shape, np.bool_) if nodata is None else stored == nodata
    filled = np.where(blank, 0, stored)
    stand_for = None
    if not filled.size or (filled.min() >= 0 and filled.max() < NO_CODE):
        small = filled.astype(np.uint16)
    else:
        stand_for, numbers = np.unique(filled, return_inverse=True)
        if len(stand_for) >= NO_CODE:
            raise _no_class_map(raster)
        small = numbers.reshape(stored.shape).astype(np.uint16)
    small[blank] = NO_CODE
    return small, stand_for


def true_codes(small: Small, stand_for: Raw | None) -> Raw:
    """Return the codes that small ones stand for, `OUTSIDE` for none."""
    if stand_for is None:
        return np.where(small == NO_CODE, np.int32(OUTSIDE), small)
    wide = np.append(stand_for.astype(np.int64), OUTSIDE)
    return wide[np.minimum(small, len(stand_for))]


def unknown_codes(
    raster: Raster, codes: Raw, inside: npt.NDArray[np.bool_], counts: npt.NDArray[np.int64]
) -> dict[int, int]:
    """Return in how many cells inside parcels each code lies that the crosswalk does not know.

    Parameters
    ----------
    counts : (MOST_CODE - LEAST_CODE + 1,)
        As `to_classes` counts them: the first and the last hold all that lie beyond, too.
    """
    found = {int(i) + LEAST_CODE: int(counts[i]) for i in np.flatnonzero(counts)}
    if not found.keys() & {LEAST_CODE, MOST_CODE}:
        return found
    far = inside & ((codes <= LEAST_CODE) | (codes >= MOST_CODE))
    beyond = dict(
        zip(*(x.tolist() for x in np.unique(codes[far], return_counts=True)), strict=True)
    )
    known = {*raster.classes, OUTSIDE, raster.nodata}
    near = {c: n for c, n in found.items() if LEAST_CODE < c < MOST_CODE}
    return near | {int(c): n for c, n in beyond.items() if c not in known}


def _no_class_map(raster: Raster) -> LayerError:
    return LayerError(
        where=Path(raster.path).name,
        problem=Text(
            f"含有 {NO_CODE} 种以上的代码，不像类别图。请换用正确的文件。",
            f"has {NO_CODE} codes or more, which no class map has. Give the right file.",
        ),
    )
