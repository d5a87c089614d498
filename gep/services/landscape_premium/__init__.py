"""Landscape premium (景观增值): what a view of green and water adds to homes and hotel rooms."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.landscape_premium import beneficiaries, premium

SERVICE = Service(
    id="landscape_premium",
    title=Text("景观增值", "Landscape premium"),
    group="cultural",
    physical=Text("受益建筑面积", "floor area that gains"),
    total="m2/year",
    variants=(beneficiaries.VARIANT,),
    valuations=(premium.PREMIUM,),
)
