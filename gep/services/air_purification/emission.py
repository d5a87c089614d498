"""Pollutants by the statistics of a region (AIR_EMIT, AIR_RULE, AIR_MIN)."""

from data_catalog.spec import Citation
from data_catalog.text import Text
from gep import pollutants
from gep.services.air_purification.items import ITEMS

VARIANTS = tuple(
    variant
    for item in ITEMS
    for variant in (
        pollutants.emission(
            item, Citation("GARZE2017", "air purification, emissions of the region")
        ),
        pollutants.rule(
            item,
            Citation("RECALL", "CAEP 2020 and NDRC 2022, texts not read; AIR_RULE"),
            Text("GB 3095 的空气质量标准", "the standard of GB 3095"),
        ),
        pollutants.minimum(item, Citation("RECALL", "the smaller of both; AIR_MIN")),
    )
)
