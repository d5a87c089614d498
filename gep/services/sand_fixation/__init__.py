"""Sand fixation (防风固沙): the soil that wind would carry off bare ground and does not."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.sand_fixation import desertification, rweq, rweq_closed

SERVICE = Service(
    id="sand_fixation",
    title=Text("防风固沙", "Sand fixation"),
    group="regulating",
    physical=Text("固沙量", "soil kept from the wind"),
    total="t/year",
    variants=(rweq.VARIANT, rweq_closed.VARIANT),
    valuations=(desertification.CONTROL,),
)
