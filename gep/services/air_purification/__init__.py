"""Air purification (空气净化): pollutants that plants take out of the air."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.air_purification import capacity, emission, treatment
from gep.services.air_purification.items import ITEMS

SERVICE = Service(
    id="air_purification",
    title=Text("空气净化", "Air purification"),
    group="regulating",
    physical=Text("净化大气污染物量", "pollutants taken out of the air"),
    total="t/year",
    variants=(*capacity.VARIANTS, *emission.VARIANTS),
    valuations=treatment.VALUATIONS,
    items=ITEMS,
)
