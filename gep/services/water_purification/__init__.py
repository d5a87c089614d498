"""Water purification (水质净化): pollutants that wetlands take out of water."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.water_purification import capacity, emission, treatment
from gep.services.water_purification.items import ITEMS

SERVICE = Service(
    id="water_purification",
    title=Text("水质净化", "Water purification"),
    group="regulating",
    physical=Text("净化水体污染物量", "pollutants taken out of water"),
    total="t/year",
    variants=(*capacity.VARIANTS, *emission.VARIANTS),
    valuations=treatment.VALUATIONS,
    items=ITEMS,
)
