"""Soil retention (土壤保持): the soil that would be lost from bare ground and is not."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.soil_retention import (
    csle,
    earthwork,
    erosion_modulus,
    fertiliser,
    fertility,
    land,
    pollution,
    rusle,
    rusle_p,
    sediment,
)

SERVICE = Service(
    id="soil_retention",
    title=Text("土壤保持", "Soil retention"),
    group="regulating",
    physical=Text("土壤保持量", "soil retained"),
    total="t/year",
    variants=(rusle.VARIANT, rusle_p.VARIANT, csle.VARIANT, erosion_modulus.VARIANT),
    valuations=(
        sediment.SILT,
        sediment.SILT_BY_MASS,
        pollution.NON_POINT_POLLUTION,
        fertility.FERTILITY,
        land.LAND,
        earthwork.EARTHWORK,
        fertiliser.FERTILISER,
    ),
)
