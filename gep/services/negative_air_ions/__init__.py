"""Negative air ions (负氧离子): ions that stands of trees give off to the air."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.negative_air_ions import all_ions, beneficial_ions, generation
from gep.services.negative_air_ions.beneficial_ions import BENEFICIAL

SERVICE = Service(
    id="negative_air_ions",
    title=Text("释放负氧离子", "Negative air ions"),
    group="regulating",
    physical=Text("负离子量", "negative ions"),
    total="ion/year",
    variants=(all_ions.VARIANT, beneficial_ions.VARIANT),
    valuations=(generation.ION_COST,),
    items=(BENEFICIAL,),
)
