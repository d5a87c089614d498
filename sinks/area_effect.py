"""A change of stock as two effects: of the forest's area, and of its density.

    A2 c2 - A1 c1 = (c1 + c2)/2 (A2 - A1) + (A1 + A2)/2 (c2 - c1)

for the forest of each parcel, A its area (ha) and c its mean density (t_C/ha) at each date. Forest
that is new, or gone altogether, has no density at the other date: all of it is area effect.

References
----------
[ipcc_2006_v4] ch. 2, eq. 2.5: both stocks refer to the same land, or a change of area is taken
for one of density.
"""

import numpy as np
import pandas as pd

from sinks.estimates import Estimates
from sinks.stock import Numbers

__all__ = ["COLUMNS", "area_effect", "effects"]

COLUMNS = ("parcel_id", "pool", "forest_from_ha", "forest_to_ha", "change_tC", "area_effect_tC",
           "density_effect_tC")  # fmt: skip


def area_effect(
    area_from: Numbers, stock_from: Numbers, area_to: Numbers, stock_to: Numbers
) -> Numbers:
    """Return the part of a change that is owed to the forest's area.

    Parameters
    ----------
    area_from, area_to : (parcel,) array, ha
        Forest at each date, on land known at both.
    stock_from, stock_to : (parcel,) array, t_C
        Its carbon.

    Returns
    -------
    (parcel,) array, t_C
        Negative where forest was lost; 0 where the area is the same.
    """
    first, last = _density(stock_from, area_from), _density(stock_to, area_to)
    first, last = np.where(area_from > 0, first, last), np.where(area_to > 0, last, first)
    return np.where(area_to == area_from, 0.0, (first + last) / 2 * (area_to - area_from))


def effects(
    change: Estimates, area_from: Numbers, area_to: Numbers, by_area: Numbers
) -> pd.DataFrame:
    """Return one pool's effects, which make up its change exactly.

    Parameters
    ----------
    change : Estimates with keys parcel_id and pool, t_C
    area_from, area_to : (parcel,) array, ha
    by_area : (parcel,) array, t_C
        As `area_effect` returns it.

    Returns
    -------
    DataFrame with parcel_id, pool, forest_from_ha, forest_to_ha, change_tC, area_effect_tC,
    density_effect_tC
        NaN where the change is not known. Without standard errors: those of the change are not
        shared out.
    """
    part = np.where(np.isnan(change.value), np.nan, by_area)
    return change.keys[["parcel_id", "pool"]].assign(
        forest_from_ha=area_from,
        forest_to_ha=area_to,
        change_tC=change.value,
        area_effect_tC=part,
        density_effect_tC=change.value - part,
    )


def _density(stock: Numbers, area: Numbers) -> Numbers:
    return np.divide(stock, area, out=np.zeros_like(stock), where=area > 0)
