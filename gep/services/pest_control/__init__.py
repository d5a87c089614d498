"""Pest control (病虫害控制): natural vegetation that keeps pests down by itself."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.pest_control import control, natural_area, natural_share

SERVICE = Service(
    id="pest_control",
    title=Text("病虫害控制", "Pest control"),
    group="regulating",
    physical=Text("天然植被面积", "area of natural vegetation"),
    total="ha",
    variants=(natural_area.VARIANT, natural_share.VARIANT),
    valuations=(control.CONTROL,),
)
