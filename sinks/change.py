"""Carbon stock change per parcel and pool: the stock difference on one and the same area.

The land-use change matrix of a parcel (area by class of the opening and of the closing year) is
the only input, so both stocks refer to the same land. Gain is positive, in t_C and as
removal_tCO2e. With one density per class, only a change of class changes the stock:

    dC = sum_c (A2_c - A1_c) d_c         se = sqrt( sum_c ((A2_c - A1_c) se_c)^2 )

since the densities, and so their errors, are the same at both dates. Growth within a class is not
in it: `sinks.area_effect` keeps what the forest's area did apart from what its density did.

What is lost on conversion of forest is lost in the same period (IPCC Tier 1). The same holds, too
generously, for land that becomes forest: it has its class's mean density at once. Soil carbon is
not lost at once, and soil outside the forest has no density here: the soil of a parcel with
conversion to or from forest is *not computed* (NaN), see `not_computed`. Between two forest
classes the soil differs as the table does, at once; Tier 1 would say 0.

References
----------
[ipcc_2006_v4] ch. 2, eq. 2.5 (stock difference), 2.15 and 2.16 (conversion).
"""

import numpy as np
import pandas as pd

from sinks.densities import NO_CLASS, DensityTable
from sinks.estimates import Estimates
from sinks.pools import SOIL
from sinks.stock import Mask, checked, parcel_ids, summed, unknown_at, weigh

__all__ = [
    "change",
    "classified",
    "closing",
    "matrix",
    "not_computed",
    "opening",
]

FROM, TO = "ecosystem_from", "ecosystem_to"


def change(transitions: pd.DataFrame, table: DensityTable) -> tuple[Estimates, ...]:
    """Return the change of carbon stock of each parcel, one pool of the table after the other.

    Parameters
    ----------
    transitions : DataFrame with parcel_id, ecosystem_from, ecosystem_to, area_ha
        All land of the parcels, also what did not change. Land of class `00` at either date is
        left out of both dates.
    table : DensityTable

    Returns
    -------
    Estimates per pool, t_C over the whole period, with keys parcel_id and pool
        Positive where the stock grew. Exactly 0 +- 0 where nothing changed; NaN where no land is
        classified at both dates, and for the soil of a parcel with conversion to or from forest.

    Raises
    ------
    ParameterMissing, Problems
        If a forest class that changed has no density.
    ParcelError
        If an area is missing, infinite or negative.
    """
    land = checked(transitions, [FROM, TO])
    moved = _moved(land)
    table.require([*moved[FROM].unique(), *moved[TO].unique()])
    parcels = parcel_ids(land)
    unknown = _unknown(land, table, table.pools)
    living = tuple(pool for pool in table.pools if pool != SOIL)
    found = list(weigh(_net(moved), table, living, parcels))
    if SOIL in table.pools:
        soil = weigh(_net(moved[~_converted(moved, table)]), table, (SOIL,), parcels)
        found[table.pools.index(SOIL) : table.pools.index(SOIL)] = soil
    return tuple(unknown_at(one, unknown[:, place]) for place, one in enumerate(found))


def matrix(transitions: pd.DataFrame) -> pd.DataFrame:
    """Return the land-use change matrix, ha; for all parcels together give them one id.

    Returns
    -------
    DataFrame, index (parcel_id, ecosystem_from), a column per ecosystem_to
        It closes: a row's sum is the class's area in the opening year, a column's sum over a
        parcel that of the closing year, the sum of all the parcel's area.
    """
    land = checked(transitions, [FROM, TO])
    wide = land.pivot_table(
        index=["parcel_id", FROM], columns=TO, values="area_ha", aggfunc="sum", observed=True
    )
    return wide.fillna(0)


def opening(transitions: pd.DataFrame) -> pd.DataFrame:
    """Return parcel_id, ecosystem, area_ha of the opening year, as `stock` takes them."""
    return _margin(transitions, FROM)


def closing(transitions: pd.DataFrame) -> pd.DataFrame:
    """Return parcel_id, ecosystem, area_ha of the closing year, as `stock` takes them."""
    return _margin(transitions, TO)


def not_computed(transitions: pd.DataFrame, table: DensityTable) -> pd.DataFrame:
    """Return the area that `change` leaves out, and why.

    Returns
    -------
    DataFrame with parcel_id, pool, reason, area_ha
        `unclassified`: no class at one of the dates, left out of every pool. `conversion`: to or
        from forest, for which the change of soil carbon is not known. Rows with area only.
    """
    land = checked(transitions, [FROM, TO])
    parcels = parcel_ids(land)
    blank = land[~classified(land)]
    converted = land[_converted(land, table)]
    reasons = [(pool, "unclassified", blank) for pool in table.pools]
    reasons += [(SOIL, "conversion", converted)] if SOIL in table.pools else []
    frames = [
        pd.DataFrame(
            {"parcel_id": parcels, "pool": pool, "reason": reason, "area_ha": summed(part, parcels)}
        )
        for pool, reason, part in reasons
    ]
    found = pd.concat(frames, ignore_index=True)
    return found[found["area_ha"] > 0].reset_index(drop=True)


def classified(land: pd.DataFrame) -> Mask:
    """Return which rows have a class at both dates."""
    return ((land[FROM] != NO_CLASS) & (land[TO] != NO_CLASS)).to_numpy(dtype=bool)


def _moved(land: pd.DataFrame) -> pd.DataFrame:
    """Return the classified land whose class changed: what did not change cancels exactly."""
    changed = (land[FROM] != land[TO]).to_numpy(dtype=bool)
    return land[classified(land) & changed & (land["area_ha"] > 0).to_numpy(dtype=bool)]


def _converted(land: pd.DataFrame, table: DensityTable) -> Mask:
    """Return which rows are classified land that counts at one date only."""
    counts = {code: table.counts(code) for code in {*land[FROM].unique(), *land[TO].unique()}}
    before, after = (land[end].map(counts).to_numpy(dtype=bool) for end in (FROM, TO))
    converted: Mask = (before != after) & (land["area_ha"] > 0).to_numpy(dtype=bool)
    return converted & classified(land)


def _unknown(land: pd.DataFrame, table: DensityTable, pools: tuple[str, ...]) -> Mask:
    """Return, parcel by pool, which change is not computed."""
    parcels = parcel_ids(land)
    unknown = np.zeros((len(parcels), len(pools)), dtype=bool)
    unknown[~pd.Index(parcels, dtype=object).isin(parcel_ids(land[classified(land)]))] = True
    if SOIL in pools:
        converted = pd.Index(parcels, dtype=object).isin(parcel_ids(land[_converted(land, table)]))
        unknown[converted, pools.index(SOIL)] = True
    return unknown


def _net(land: pd.DataFrame) -> pd.DataFrame:
    """Return the closing areas, and the opening areas with a minus."""
    lost = _margin(land, FROM)
    return pd.concat([_margin(land, TO), lost.assign(area_ha=-lost["area_ha"])])


def _margin(land: pd.DataFrame, end: str) -> pd.DataFrame:
    return land[["parcel_id", end, "area_ha"]].rename(columns={end: "ecosystem"})
