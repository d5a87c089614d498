"""The error of a sample's totals, as few sources whose effects on all totals are kept.

Plots that were drawn once err alike in everything that is summed from them: in the carbon of a
county and of the province it lies in, in area and volume. Every plot is one independent draw; an
orthogonal turn gives as many sources as there are totals, with the same covariance.
"""

import numpy as np
import pandas as pd

from sinks.estimates import Estimates
from sinks.sampling.strata import Numbers

__all__ = ["from_effects", "turned"]


def turned(effects: Numbers) -> Numbers:
    """Return D sources with the covariance of S ones: R of the QR decomposition, (D, D) or less.

    Parameters
    ----------
    effects : (S, D) array
        What plus one standard error of each of S independent sources does to each of D totals.
    """
    r = np.linalg.qr(effects, mode="r")
    sign = np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return np.asarray(sign[:, None] * r)


def from_effects(keys: pd.DataFrame, value: Numbers, effects: Numbers, source: str) -> Estimates:
    """Return estimates whose errors are those of one sample.

    Parameters
    ----------
    keys : DataFrame, D rows
    value : (D,) array
    effects : (S, D) array
        By independent source, in the unit of `value`.
    source : str
        What the sample is called; its parts are numbered.
    """
    rows = turned(effects)
    shared = {f"{source} [{k}]": row for k, row in enumerate(rows, start=1) if row.any()}
    return Estimates(keys=keys, value=value, shared=shared, own=np.zeros(len(value)))
