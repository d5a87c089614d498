"""Leisure (日常休闲): hours that residents spend in the green nearby."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.leisure import time_spent, time_value

SERVICE = Service(
    id="leisure",
    title=Text("日常休闲", "Daily leisure"),
    group="cultural",
    physical=Text("居民休闲时间", "hours of residents"),
    total="hour/year",
    variants=(time_spent.VARIANT,),
    valuations=(time_value.TIME_VALUE,),
)
