"""Pollutants by what the region emits (AIR_EMIT)."""

from data_catalog.spec import Citation
from gep.services import pollutants
from gep.services.air_purification.items import ITEMS

VARIANTS = tuple(
    pollutants.emission(item, Citation("GARZE2017", "air purification, emissions of the region"))
    for item in ITEMS
)
