"""Spectral indices by name, with the formulas of the Awesome Spectral Indices list (spyndex)."""

from collections.abc import Iterable, Mapping

import numpy as np

from data_catalog.errors import ProjectError, UnknownNameError
from data_catalog.names import suggestion
from data_catalog.spec import Pixels
from data_catalog.text import Text

__all__ = ["bands_of", "index_values"]

WHERE = "[disturbance] index"


def bands_of(index: str, at_hand: Iterable[str]) -> dict[str, str]:
    """Return the band of the scenes that stands for each letter of an index's formula.

    Parameters
    ----------
    index : str
        Such as NDVI, NBR, EVI.
    at_hand : iterable of str
        Names of bands: the common names (blue, green, red, nir, swir16, swir22 ...) or spyndex's
        letters (B, G, R, N, S1, S2 ...). Where there is no `nir`, `nir08` stands for it.

    Raises
    ------
    UnknownNameError
        If there is no such index; with the nearest names.
    ProjectError
        If a band that it needs is not at hand, or a kernel function is asked for.
    """
    import spyndex

    if index not in spyndex.indices:
        raise UnknownNameError(
            where=WHERE,
            kind=Text("光谱指数", "spectral index"),
            name=index,
            hint=suggestion(index, spyndex.indices),
        )
    known = set(at_hand)
    found, missing = {}, []
    for letter in spyndex.indices[index].bands:
        if _constant(letter) is not None:
            continue
        names = [letter]
        if letter in spyndex.bands:
            names.append(spyndex.bands[letter].common_name)
            names += [spyndex.bands["N2"].common_name] if letter == "N" else []
        name = next((n for n in names if n in known), None)
        if name is None:
            missing.append(names[-1] if len(names) == 1 else names[1])
        else:
            found[letter] = name
    if missing:
        lacking, there = ", ".join(missing), ", ".join(sorted(known))
        raise ProjectError(
            where=WHERE,
            problem=Text(
                f"{index} 需要波段 {lacking}，而各景只有：{there}。请在 [sensors] bands 中补充，"
                "或换用其他指数。",
                f"{index} needs {lacking}, and the scenes have {there}. Add it to the bands of "
                "the sensor, or choose another index.",
            ),
        )
    return found


def index_values(index: str, bands: Mapping[str, Pixels]) -> Pixels:
    """Return an index of reflectances; NaN where a band is, or where the formula divides by zero.

    Parameters
    ----------
    bands : mapping of spyndex's letter to array
        Reflectances, 0..1, all of one shape. Constants have the values of the list.
    """
    import spyndex

    constants = {
        letter: value
        for letter in spyndex.indices[index].bands
        if (value := _constant(letter)) is not None
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.asarray(spyndex.computeIndex(index, params={**bands, **constants}))
    return np.where(np.isfinite(values), values, np.nan)


def _constant(letter: str) -> float | None:
    """Return a constant's value in the list; None for a band, or where the list has none."""
    import spyndex

    found = spyndex.constants.get(letter)
    return None if found is None or found.default is None else float(found.default)
