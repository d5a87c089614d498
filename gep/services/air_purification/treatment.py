"""What clean air is worth: the cost of treating each pollutant."""

from data_catalog.spec import Citation
from gep import pollutants
from gep.services.air_purification.items import ITEMS

VALUATIONS = tuple(
    pollutants.treatment(
        item, f"{item.id}_treatment_cost", Citation("GARZE2017", "air purification, value")
    )
    for item in ITEMS
)
