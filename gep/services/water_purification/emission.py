"""Pollutants by the statistics of a region (WQ_EMIT, WQ_LOAD, WQ_RULE and the smaller of both)."""

from data_catalog.spec import Citation
from data_catalog.text import Text
from gep import pollutants
from gep.services.water_purification.items import ITEMS

VARIANTS = tuple(
    variant
    for item in ITEMS
    for variant in (
        pollutants.emission(
            item, Citation("GARZE2017", "water purification, discharges of the region; WQ_EMIT")
        ),
        pollutants.measured(
            item, Citation("RECALL", "inflow less outflow of a wetland, as measured; WQ_LOAD")
        ),
        pollutants.rule(
            item,
            Citation("RECALL", "CAEP 2020, text not read; WQ_RULE"),
            Text("GB 3838 的水质目标", "the aim of GB 3838"),
        ),
        pollutants.minimum(item, Citation("RECALL", "the smaller of capacity and discharge")),
    )
)
