"""Which pixels of a scene show the ground: by scene classification, or by quality bits."""

from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from data_catalog.quality_masks import QualityMask

__all__ = ["clear_pixels"]

Codes = npt.NDArray[np.integer]


def clear_pixels(
    codes: Codes, mask: QualityMask, clear: AbstractSet[int] | None = None
) -> npt.NDArray[np.bool_]:
    """Return which pixels are clear.

    Parameters
    ----------
    codes : array of int, any shape
        Stored codes; negative where there is none, which is not clear.
    clear : set of int, optional
        Classes, or bits that may be set, instead of the kind's own.
    """
    chosen = mask.clear if clear is None else clear
    if mask.form == "class":
        return np.asarray(np.isin(codes, sorted(chosen)))
    hiding = sum(1 << bit for bit in mask.titles if bit not in chosen)
    return np.asarray((codes >= 0) & (codes & hiding == 0))
