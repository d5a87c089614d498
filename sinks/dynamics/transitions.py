"""Soil, dead wood and litter of a run's land, by class before and after and year of conversion.

The year of conversion is the first of the transition: at the end of the year before it the land
holds the old stock, at the end of the D-th year (the conversion's own year is the first) exactly
the new one. What is lost at once is lost in the year of conversion.

- Mineral soil goes linearly from the old class's stock to the new one's (2.25), both ways.
- Dead wood and litter of new forest build up linearly from nothing (2.23); those of cleared forest
  are lost at once (IPCC Tier 1). Between two forest classes, more builds up, less is lost at once.
- Land that stays in its class changes nothing (Tier 1).

All parcels share the stocks, so their errors are shared sources of the `Estimates`; where a row
has no standard error, the error of what it decides is not known (NaN). A second conversion within
the transition starts from the old class's full stock, as 2.25 does.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import numpy as np
import pandas as pd

from data_catalog.classes import NOT_FOREST, ecosystems
from data_catalog.errors import ParcelError
from data_catalog.parameters import Row
from data_catalog.text import Text
from sinks.change import FROM, TO
from sinks.densities import FOREST, NO_CLASS, DensityTable
from sinks.dynamics.dead_organic import share_in_period
from sinks.dynamics.soil import linear_share
from sinks.dynamics.soil_stocks import SoilStocks
from sinks.estimates import Estimates, Numbers, together
from sinks.pools import SOIL
from sinks.stock import Mask, checked

__all__ = ["DEAD_ORGANIC", "dead_organic_change", "land_of", "soil_change"]

Amount: TypeAlias = tuple[float, Mapping[str, float]]
"""A stock of a hectare, t_C/ha, and what plus one standard error of each source does to it."""
CONVERTED = "year_converted"
DEAD_ORGANIC = ("dead_wood", "litter")
NO_CLASSES = {NO_CLASS, NO_CLASS[:1]}
NOT_A_FOREST = f"{NOT_FOREST:02d}"
LEVEL_2 = {*ecosystems(), NOT_A_FOREST}
NO_FOREST = {code[:n] for code in LEVEL_2 for n in (1, 2) if not code.startswith(FOREST)}
"""Classes of levels I and II that have no dead wood and litter of their own (IPCC Tier 1)."""


def soil_change(
    land: pd.DataFrame, soils: SoilStocks, year_from: int, year_to: int, transition: Row
) -> Estimates:
    """Return the change of soil carbon of each parcel over a period.

    Parameters
    ----------
    land : DataFrame with parcel_id, ecosystem_from, ecosystem_to, year_converted, area_ha
        All land, classes of level I or II; year_converted is not read where the class stayed. Land
        of class `00` is left out. See `land_of`.
    soils : SoilStocks
    year_from, year_to : int
        The change is that from the end of the one to the end of the other year.
    transition : Row
        `soil_transition_years[ipcc-2006]`, years.

    Returns
    -------
    Estimates with keys parcel_id, pool; t_C over the period, a gain is positive.

    Raises
    ------
    ParameterMissing
        If a class that changed has no soil stock.
    ParcelError
        If an area or a year is not usable.
    """
    years = transition.in_units("year")

    def of(code: str) -> Amount:
        stock = soils.of(code)
        return stock.value, stock.effects

    def share(before: Numbers, after: Numbers, over: Numbers, over_next: Numbers) -> Numbers:  # noqa: ARG001
        return linear_share(over, over_next, np.array(years))

    return _change(land, SOIL, of, share, (year_from, year_to))


def dead_organic_change(
    land: pd.DataFrame, densities: DensityTable, year_from: int, year_to: int, transition: Row
) -> Estimates:
    """Return the change of dead wood and litter of each parcel over a period.

    Parameters
    ----------
    land, year_from, year_to, transition
        As of `soil_change`.
    densities : DensityTable
        Of mature forest; the pools it has no rows of are not computed. Land that is no forest has
        none, but for classes with a row.

    Returns
    -------
    Estimates with keys parcel_id, pool; t_C over the period, a gain is positive.

    Raises
    ------
    ParameterMissing
        If a forest class that changed has no density.
    ParcelError
        If an area or a year is not usable.
    """
    years = transition.in_units("year")

    def of(pool: str, code: str) -> Amount:
        found = densities.find(pool, code)
        if found is None and code in NO_FOREST:
            return 0.0, {}
        if found is None:
            densities.counts(code)
            found = densities.of(pool, code)
        return found.value, {densities.source(found): found.se}

    def share(before: Numbers, after: Numbers, over: Numbers, over_next: Numbers) -> Numbers:
        return share_in_period(before, after, over, over_next, np.array(years))

    return together(
        _change(land, pool, partial(of, pool), share, (year_from, year_to))
        for pool in DEAD_ORGANIC
        if pool in densities.pools
    )


def land_of(states: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the land of a year as this module takes it, from the states of land use.

    Parameters
    ----------
    states : DataFrame with parcel_id, year, land_use_from, land_use_to, since, area_ha
        `since` is the year of the first map that shows the new use.
    """
    land = states[states["year"] == year]
    return pd.DataFrame(
        {
            "parcel_id": land["parcel_id"], FROM: land["land_use_from"], TO: land["land_use_to"],
            CONVERTED: land["since"], "area_ha": land["area_ha"],
        }
    )  # fmt: skip


def _change(
    land: pd.DataFrame,
    pool: str,
    of: Callable[[str], Amount],
    share: Callable[[Numbers, Numbers, Numbers, Numbers], Numbers],
    period: tuple[int, int],
) -> Estimates:
    """Return the sums per parcel of area x (stock after - before) x share in the period."""
    rows = checked(land, [FROM, TO])
    over, over_next = (_years_over(rows, year) for year in period)
    moved = _moved(rows) & (over_next > over)
    known = {code: of(code) for column in (FROM, TO) for code in rows.loc[moved, column].unique()}

    def both(of_class: Mapping[str, float]) -> tuple[Numbers, Numbers]:
        before, after = (
            np.asarray(rows[end].map(of_class), dtype=np.float64) for end in (FROM, TO)
        )
        return before, after

    stocks = both({code: value for code, (value, _) in known.items()})
    moving = np.where(moved, share(*stocks, over, over_next), 0.0)
    area = rows["area_ha"].to_numpy(dtype=np.float64)

    def change(before: Numbers, after: Numbers) -> Numbers:
        # nothing errs by nothing, also where the error of a stock is unknown
        return np.where(moving > 0, area * moving * (after - before), 0.0)

    sources = dict.fromkeys(source for _, effects in known.values() for source in effects)
    return Estimates(
        keys=pd.DataFrame({"parcel_id": rows["parcel_id"].to_numpy(), "pool": pool}),
        value=change(*stocks),
        shared={
            source: change(*both({code: e.get(source, 0.0) for code, (_, e) in known.items()}))
            for source in sources
        },
        own=np.zeros(len(rows)),
    ).summed(["parcel_id", "pool"])


def _moved(rows: pd.DataFrame) -> Mask:
    """Return which land changed its class, and has one at both dates."""
    known = ~rows[FROM].isin(NO_CLASSES) & ~rows[TO].isin(NO_CLASSES)
    moved: Mask = (known & (rows[FROM] != rows[TO])).to_numpy(dtype=bool)
    return moved


def _years_over(rows: pd.DataFrame, year: int) -> Numbers:
    """Return the years of the transition that are over at the end of a year; 0 before it."""
    converted = rows[CONVERTED].to_numpy(dtype=np.float64)
    lost = np.isnan(converted) & _moved(rows)
    if lost.any():
        parcel, before, after = rows.loc[lost, ["parcel_id", FROM, TO]].iloc[0]
        raise ParcelError(
            where=f"parcel_id {parcel}",
            problem=Text(
                f"由 {before} 变为 {after} 的土地没有 {CONVERTED}（转变年份），请补充。",
                f"land that went from {before} to {after} has no {CONVERTED}. Give the year in "
                "which it changed.",
            ),
        )
    over: Numbers = np.nan_to_num(np.maximum(year - converted + 1, 0))
    return over
