"""Soil of converted land in a run: the linear transition over the years after its conversion."""

from dataclasses import replace
from typing import Any

import numpy as np

from data_catalog.parameters import Parameters, Row
from data_catalog.units import conversion
from sinks.change import FROM, TO
from sinks.dynamics.soil_stocks import FACTORS, SoilStocks, factor_soils
from sinks.dynamics.transitions import land_of, soil_change
from sinks.land_use import NO_USE, dates_of, states
from sinks.methods.class_density import CLASS_LAYERS
from sinks.methods.part import Found
from sinks.pools import SOIL
from sinks.stock import of_all_parcels
from tiles.project import Carbon
from tiles.results import Result

__all__ = ["soils_of", "with_soil"]

CROPLAND = {"5": dict.fromkeys(FACTORS, "51")}
"""Land use is of level I; of cropland the factors are known by its level-II class."""


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
    maps, project = result.job.group_by, result.inputs.project
    of = next((now for now, before in CLASS_LAYERS if {now, before} <= set(maps)), None)
    before, year = project.project.baseline_year, project.project.year
    if of is None or before is None or not found.changes:
        return found
    dates = dates_of(project, maps, of)
    areas = result.areas(tuple(dates.values()))
    history = areas.assign(area_ha=areas["area_m2"] * conversion("m2", "ha")[0])
    land = land_of(states(history, dates, transition.in_units("year")), year)
    change = soil_change(land, soils, before, year, transition)
    ids = found.changes[0].keys["parcel_id"].astype(str).to_numpy(object)
    soil = of_all_parcels(ids, SOIL, [change])
    others = tuple(one for one in found.changes if one.keys["pool"].iloc[0] != SOIL)
    kept = found.effects[found.effects["pool"] != SOIL] if len(found.effects) else found.effects
    said: dict[str, Any] = {"soil_change": {"set": soils.chosen, "depth": soils.depth}}
    blind = np.all([np.isnan(one.value) for one in others], axis=0) if others else None
    if blind is not None and blind.any():
        soil = replace(soil, value=np.where(blind, np.nan, soil.value))
    moved = land[(land[FROM] != land[TO]) & ~land[[FROM, TO]].isin([NO_USE]).any(axis=1)]
    read = {r.name(): r for use in {*moved[FROM], *moved[TO]} for r in soils.of(use).rows}
    rows = [transition, *(read[name] for name in sorted(read))]
    said["soil_change"]["rows"] = [row.name() for row in rows]
    return replace(
        found, changes=(*others, soil), effects=kept, said={**found.said, **said},
        rows=(*found.rows, *rows),
    )  # fmt: skip
