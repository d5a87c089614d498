"""The long-term average of a rotation: what a stand that is felled again and again holds.

Credits of planted stands that will be harvested end there, not at the peak before the harvest.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data_catalog.text import Text
from sinks.estimates import Estimates
from sinks.growth.curve import GrowthError
from sinks.growth.paths import Grower, paths
from sinks.growth.stands import EVENT_COLUMNS, HARVEST, THINNING

__all__ = ["long_term_average"]


def long_term_average(
    grower: Grower, rotation: int, thinnings: Mapping[int, float] | None = None
) -> Estimates:
    """Return the mean carbon stock of a hectare over a rotation, t_C/ha by pool.

    Parameters
    ----------
    rotation : int
        Age in years at which the stand is felled and planted anew.
    thinnings : mapping of age to share, optional
        The share of the standing stock that is felled at that age.

    Returns
    -------
    Estimates with pool, t_C/ha
        The mean of the stocks at the ends of the years 1 to `rotation`, the last being that after
        the harvest: sum_t C(t) / n.

    Raises
    ------
    GrowthError
        If the rotation is no whole number of years above zero.
    """
    if rotation < 1 or rotation != int(rotation):
        raise GrowthError(where=grower.curve.name, problem=Text(
            f"轮伐期 {rotation} 年须为不小于 1 的整数。",
            f"a rotation of {rotation} years must be a whole number of 1 or more.",
        ))  # fmt: skip
    parcel = "rotation"
    planted = pd.DataFrame([{
        "parcel_id": parcel, "group": "", "area_ha": 1.0, "year": 0, "age": 0.0, "age_se": 0.0,
        "stock": np.nan, "stock_se": np.nan,
    }])  # fmt: skip
    cuts = [(parcel, age, THINNING, share, "") for age, share in (thinnings or {}).items()]
    cuts.append((parcel, rotation, HARVEST, 1.0, ""))
    events = pd.DataFrame(cuts, columns=list(EVENT_COLUMNS))
    found = paths(planted, {"": grower}, range(1, rotation + 1), events)
    return found.summed(["pool"]).times(1 / rotation, {})
