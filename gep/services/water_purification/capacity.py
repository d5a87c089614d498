"""Pollutants by the capacity of each ecosystem (WQ_CAP)."""

from data_catalog.spec import Citation
from gep import pollutants
from gep.services.water_purification.items import ITEMS

VARIANTS = tuple(
    pollutants.capacity(
        item, f"{item.id}_capacity", Citation("RECALL", "CAEP 2020, text not read; WQ_CAP")
    )
    for item in ITEMS
)
