"""Coastal protection (海岸带防护): coast that plants guard in the place of a sea wall."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.coastal_protection import guarded_coast, sea_wall

SERVICE = Service(
    id="coastal_protection",
    title=Text("海岸带防护", "Coastal protection"),
    group="regulating",
    physical=Text("受植被防护的海岸长度", "coast that plants guard"),
    total="km",
    variants=(guarded_coast.VARIANT,),
    valuations=(sea_wall.SEA_WALL,),
)
