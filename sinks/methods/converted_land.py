"""Soil, dead wood and litter of converted land in a run: linear over the years after conversion."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from data_catalog.parameters import Parameters, Row
from data_catalog.units import conversion
from sinks.change import FROM, TO
from sinks.densities import DensityTable
from sinks.dynamics.soil_stocks import FACTORS, SoilStocks, factor_soils
from sinks.dynamics.transitions import DEAD_ORGANIC, dead_organic_change, land_of, soil_change
from sinks.estimates import Estimates
from sinks.land_use import NO_USE, dates_of, states
from sinks.methods.part import CLASS_LAYERS, Found
from sinks.pools import POOLS, SOIL
from sinks.stock import of_all_parcels, unknown_at
from tiles.project import Carbon
from tiles.results import Result

__all__ = ["soils_of", "with_dead_organic", "with_soil"]

CROPLAND = {"5": dict.fromkeys(FACTORS, "51")}
"""Land use is of level I; of cropland the factors are known by its level-II class."""
LEVEL_I, LEVEL_II = 1, 2


def soils_of(carbon: Carbon, parameters: Parameters) -> SoilStocks | None:
    """Return the soil stocks that a project chooses; None where it chooses none.

    Raises
    ------
    ParameterMissing
        If the set has no reference stock of the soil.
    """
    if carbon.soils is None:
        return None
    return factor_soils(parameters, carbon.soils, carbon.soil_type or "", CROPLAND)


def with_soil(found: Found, result: Result, soils: SoilStocks, transition: Row) -> Found:
    """Return the changes with that of the soil by its transition; other effects stay.

    Land changes its soil from the year of the first map that shows its new use. Land that stays in
    its use changes nothing.

    Raises
    ------
    ParameterMissing
        If a land use that changed has no soil stock.
    """
    land = _land(result, transition, LEVEL_I)
    if land is None or not found.changes:
        return found
    change = soil_change(land, soils, *_period(result), transition)
    moved = land[(land[FROM] != land[TO]) & ~land[[FROM, TO]].isin([NO_USE]).any(axis=1)]
    read = {r.name(): r for use in {*moved[FROM], *moved[TO]} for r in soils.of(use).rows}
    rows = [transition, *(read[name] for name in sorted(read))]
    said: dict[str, Any] = {
        "set": soils.chosen, "depth": soils.depth, "rows": [row.name() for row in rows]
    }  # fmt: skip
    return replace(
        _replaced(found, [change], (SOIL,)), said={**found.said, "soil_change": said},
        rows=(*found.rows, *rows),
    )  # fmt: skip


def with_dead_organic(
    found: Found, result: Result, densities: DensityTable, transition: Row
) -> Found:
    """Return the changes with those of dead wood and litter by their transition.

    What new forest has more of builds up from the year of the first map that shows it; what
    cleared forest had is lost in that year. Classes of forest are those of level II.

    Raises
    ------
    ParameterMissing
        If a forest class that changed has no density.
    """
    land = _land(result, transition, LEVEL_II)
    pools = tuple(pool for pool in DEAD_ORGANIC if pool in densities.pools)
    if land is None or not found.changes or not pools:
        return found
    change = dead_organic_change(land, densities, *_period(result), transition)
    of_pool = change.keys["pool"]
    parts = [change.chosen((of_pool == pool).to_numpy()) for pool in pools]
    return _replaced(found, parts, pools)


def _land(result: Result, transition: Row, level: int) -> pd.DataFrame | None:
    """Return the land by use before and after, and year of conversion; None without two maps."""
    maps, project = result.job.group_by, result.inputs.project
    of = next((now for now, before in CLASS_LAYERS if {now, before} <= set(maps)), None)
    if of is None or project.project.baseline_year is None:
        return None
    dates = dates_of(project, maps, of)
    areas = result.areas(tuple(dates.values()))
    history = areas.assign(area_ha=areas["area_m2"] * conversion("m2", "ha")[0])
    known = states(history, dates, transition.in_units("year"), level)
    return land_of(known, project.project.year)


def _period(result: Result) -> tuple[int, int]:
    account = result.inputs.project.project
    return account.baseline_year or 0, account.year


def _replaced(found: Found, parts: Sequence[Estimates], pools: tuple[str, ...]) -> Found:
    """Return the changes with those of some pools in place of what was found of them.

    Not known stays what no other pool is known of; the effects of area and density are those of
    the other pools alone.
    """
    ids = found.changes[0].keys["parcel_id"].astype(str).to_numpy(object)
    others = [one for one in found.changes if one.keys["pool"].iloc[0] not in pools]
    unknown = [np.isnan(one.value) for one in others] or [np.zeros(len(ids), dtype=np.bool_)]
    blind = np.all(unknown, axis=0)
    new = [
        unknown_at(of_all_parcels(ids, pool, [part]), blind)
        for pool, part in zip(pools, parts, strict=True)
    ]
    order = list(POOLS)
    changes = sorted([*others, *new], key=lambda one: order.index(one.keys["pool"].iloc[0]))
    effects = found.effects
    kept = effects[~effects["pool"].isin(pools)] if len(effects) else effects
    return replace(found, changes=tuple(changes), effects=kept)
