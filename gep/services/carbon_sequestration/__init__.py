"""Carbon sequestration (固碳): carbon dioxide taken up by ecosystems; uptake is positive."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.carbon_sequestration import (
    alpha_npp,
    forest_biomass,
    forest_soil_ratio,
    nep,
    npp_minus_respiration,
    photosynthesis,
    sequestration_rate,
    stock_change,
    stock_statistics,
    values,
)

SERVICE = Service(
    id="carbon_sequestration",
    title=Text("固碳", "Carbon sequestration"),
    group="regulating",
    physical=Text("固定二氧化碳量", "carbon dioxide taken up"),
    total="t_CO2e/year",
    variants=(
        alpha_npp.VARIANT,
        npp_minus_respiration.VARIANT,
        nep.VARIANT,
        photosynthesis.VARIANT,
        forest_biomass.VARIANT,
        forest_soil_ratio.VARIANT,
        sequestration_rate.VARIANT,
        stock_change.VARIANT,
        stock_statistics.VARIANT,
    ),
    valuations=(values.CARBON_PRICE, values.PER_TONNE_CARBON),
)
