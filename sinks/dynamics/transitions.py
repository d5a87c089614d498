"""Soil, dead wood and litter of a run's land, by class before and after and year of conversion.

The year of conversion is the first of the transition: at the end of the year before it the land
holds the old stock, at the end of the D-th year (the conversion's own year is the first) exactly
the new one. What is lost at once is lost in the year of conversion.

- Mineral soil goes linearly from the old class's stock to the new one's (2.25), both ways.
- Dead wood and litter of new forest build up linearly from nothing (2.23); those of cleared forest
  are lost at once (IPCC Tier 1). Between two forest classes they go linearly too.
- Land that stays in its class changes nothing (Tier 1).

All parcels share the stocks, so their errors are shared sources of the `Estimates`; where a row
has no standard error, the error of what it decides is not known (NaN). A second conversion within
the transition starts from the old class's full stock, as 2.25 does.
"""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd

from data_catalog.classes import ecosystems
from data_catalog.errors import ParcelError
from data_catalog.parameters import Row
from data_catalog.text import Text
from sinks.change import FROM, TO
from sinks.densities import FOREST, NO_CLASS, DensityTable
from sinks.dynamics.dead_organic import DEAD_ORGANIC_CHANGE
from sinks.dynamics.soil import SOIL_CHANGE
from sinks.dynamics.soil_stocks import SoilStocks
from sinks.estimates import Estimates, Numbers, together
from sinks.pools import SOIL, density_parameter
from sinks.stock import Mask, checked

__all__ = ["DEAD_ORGANIC", "dead_organic_change", "soil_change"]

CONVERTED = "year_converted"
DEAD_ORGANIC = ("dead_wood", "litter")


def soil_change(
    land: pd.DataFrame, soils: SoilStocks, year_from: int, year_to: int, transition: Row
) -> Estimates:
    """Return the change of soil carbon of each parcel over a period.

    Parameters
    ----------
    land : DataFrame with parcel_id, ecosystem_from, ecosystem_to, year_converted, area_ha
        All land; year_converted is missing where the class stayed. Class `00` is left out.
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
    stocks: dict[str, tuple[float, Mapping[str, float]]] = {}

    def of(code: str) -> tuple[float, Mapping[str, float]]:
        if code not in stocks:
            found = soils.of(code)
            stocks[code] = found.value, found.effects
        return stocks[code]

    years = transition.in_units("year")
    path = partial(SOIL_CHANGE, soil_transition_years=years)
    return _change(land, SOIL, of, path, (year_from, year_to))


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
    path = partial(DEAD_ORGANIC_CHANGE, transition_years=years)

    def of(pool: str, code: str) -> tuple[float, Mapping[str, float]]:
        found = densities.find(pool, code)
        if found is None and (not densities.counts(code) or code in _no_forest()):
            return 0.0, {}
        found = found or densities.of(pool, code)
        source = f"{density_parameter(pool)}[{', '.join(map(str, found.origin[:3]))}]"
        return found.value, {source: found.se}

    return together(
        _change(land, pool, partial(of, pool), path, (year_from, year_to))
        for pool in DEAD_ORGANIC
        if pool in densities.pools
    )


def _change(
    land: pd.DataFrame,
    pool: str,
    of: Callable[[str], tuple[float, Mapping[str, float]]],
    path: Callable[..., Numbers],
    period: tuple[int, int],
) -> Estimates:
    """Return the sums per parcel of area times the change of a hectare, and of its effects."""
    rows = checked(land, [FROM, TO])
    over, over_next = (_years_over(rows, year) for year in period)
    moved = _moved(rows) & (over_next > over)
    area = rows["area_ha"].to_numpy(dtype=np.float64)
    known = {code: of(code) for column in (FROM, TO) for code in rows.loc[moved, column].unique()}

    def change(of_class: Mapping[str, float]) -> Numbers:
        """Return area x change of a hectare for numbers by class; nothing where nothing moved."""
        before, after = (
            rows[column].map(of_class).to_numpy(dtype=np.float64) for column in (FROM, TO)
        )
        of_a_hectare = path(
            stock_before=before, stock_after=after, years_over=over, years_over_next=over_next
        )
        return np.where(moved, area * of_a_hectare, 0.0)

    sources = dict.fromkeys(source for _, effects in known.values() for source in effects)
    return Estimates(
        keys=pd.DataFrame({"parcel_id": rows["parcel_id"].to_numpy(), "pool": pool}),
        value=change({code: value for code, (value, _) in known.items()}),
        shared={
            source: change({code: effects.get(source, 0.0) for code, (_, effects) in known.items()})
            for source in sources
        },
        own=np.zeros(len(rows)),
    ).summed(["parcel_id", "pool"])


def _no_forest() -> set[str]:
    return {code for code in ecosystems() if not code.startswith(FOREST)}


def _moved(rows: pd.DataFrame) -> Mask:
    """Return which land changed its class, and has one at both dates."""
    known = (rows[FROM] != NO_CLASS) & (rows[TO] != NO_CLASS)
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
