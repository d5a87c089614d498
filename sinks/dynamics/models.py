"""All declared equations of carbon dynamics, in the order in which carbon moves."""

from sinks.dynamics.conversion import CONVERSION, CONVERTED_LAND
from sinks.dynamics.dead_organic import (
    DEAD_ORGANIC_BALANCE,
    DEAD_ORGANIC_CHANGE,
    DEAD_ORGANIC_RATIO,
    MORTALITY,
    SLASH,
)
from sinks.dynamics.fire import FIRE, FIRE_CO2E
from sinks.dynamics.gain_loss import (
    BIOMASS_CHANGE,
    DISTURBANCE_LOSS,
    FUELWOOD,
    GROWTH,
    GROWTH_OF_VOLUME,
    WOOD_REMOVALS,
)
from sinks.dynamics.harvested_wood import HARVESTED_WOOD, PRODUCT_CARBON
from sinks.dynamics.soil import AFFORESTED_SOIL, ORGANIC_SOIL, SOIL_CHANGE, SOIL_STOCK

__all__ = ["MODELS"]

MODELS = (
    BIOMASS_CHANGE,
    GROWTH,
    GROWTH_OF_VOLUME,
    WOOD_REMOVALS,
    FUELWOOD,
    DISTURBANCE_LOSS,
    CONVERTED_LAND,
    CONVERSION,
    DEAD_ORGANIC_BALANCE,
    MORTALITY,
    SLASH,
    DEAD_ORGANIC_CHANGE,
    DEAD_ORGANIC_RATIO,
    SOIL_STOCK,
    SOIL_CHANGE,
    ORGANIC_SOIL,
    AFFORESTED_SOIL,
    FIRE,
    FIRE_CO2E,
    HARVESTED_WOOD,
    PRODUCT_CARBON,
)
