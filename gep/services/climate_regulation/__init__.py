"""Local climate regulation (气候调节): heat that plants and water take out of summer air."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.climate_regulation import (
    evapotranspiration,
    moistening,
    temperature_difference,
    transpiration,
    values,
    vapour,
    water_evaporation,
)

SERVICE = Service(
    id="climate_regulation",
    title=Text("气候调节", "Local climate regulation"),
    group="regulating",
    physical=Text("降温增湿节电量", "electricity that cooling and moistening would take"),
    total="kWh/year",
    variants=(
        transpiration.VARIANT,
        water_evaporation.VARIANT,
        moistening.VARIANT,
        evapotranspiration.VARIANT,
        temperature_difference.VARIANT,
        vapour.VARIANT,
    ),
    valuations=(values.ELECTRICITY, values.VAPOUR_PRICE),
    items=(vapour.VAPOUR,),
)
