"""Memory that a thread's tiles use one after the other.

Memory that is asked for anew is cleared by the operating system first: for every array of every
tile that takes a tenth of a run.
"""

import math
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["room"]

_of_this_thread = threading.local()


def room(name: str, shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return an array of any content, which is good until this thread asks for the name again."""
    rooms: dict[str, npt.NDArray[Any]] = vars(_of_this_thread)
    size = math.prod(shape)
    kept = rooms.get(name)
    if kept is None or kept.size < size or kept.dtype != dtype:
        kept = rooms[name] = np.empty(size, dtype)
    return kept[:size].reshape(shape)
