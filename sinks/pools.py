"""The carbon pools of a forest, in the order of every table."""

from collections.abc import Mapping
from types import MappingProxyType

from data_catalog.text import Text

__all__ = ["POOLS", "SOIL", "TOTAL", "density_parameter"]

POOLS: Mapping[str, Text] = MappingProxyType(
    {
        "above_ground": Text("地上生物量", "above-ground biomass"),
        "below_ground": Text("地下生物量", "below-ground biomass"),
        "dead_wood": Text("枯死木", "dead wood"),
        "litter": Text("枯落物", "litter"),
        "soil": Text("土壤有机碳", "soil organic carbon"),
        "harvested_wood": Text("木质林产品", "harvested wood products"),
    }
)
"""Titles by id. Harvested wood has left the forest: no density per hectare describes it."""

SOIL = "soil"
"""The pool that outlives a conversion; the others are lost at once, as in IPCC Tier 1."""

TOTAL = "total"
"""All pools together, where a pool's id is asked for."""


def density_parameter(pool: str) -> str:
    """Return the name of the parameter that holds a pool's carbon densities, t_C/ha."""
    return f"carbon_density_{pool}"
