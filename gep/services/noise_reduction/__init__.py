"""Noise reduction (噪声消减): what green belts along roads keep from the ear."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.noise_reduction import barriers, green_belt

SERVICE = Service(
    id="noise_reduction",
    title=Text("噪声消减", "Noise reduction"),
    group="regulating",
    physical=Text("绿化带防噪的道路长度", "road behind green belts"),
    total="km",
    variants=(green_belt.VARIANT,),
    valuations=(barriers.ROAD_FORM, barriers.BARRIER_FORM),
)
