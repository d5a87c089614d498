"""All declared equations of carbon dynamics."""

from data_catalog.text import Text
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

__all__ = ["FAMILIES", "MODELS"]

FAMILIES = (
    (
        Text("生长与损失", "Growth and loss"),
        (BIOMASS_CHANGE, GROWTH, GROWTH_OF_VOLUME, WOOD_REMOVALS, FUELWOOD, DISTURBANCE_LOSS),
    ),
    (Text("土地转变", "Conversion"), (CONVERTED_LAND, CONVERSION)),
    (
        Text("枯死木与枯落物", "Dead wood and litter"),
        (DEAD_ORGANIC_BALANCE, MORTALITY, SLASH, DEAD_ORGANIC_CHANGE, DEAD_ORGANIC_RATIO),
    ),
    (Text("土壤", "Soil"), (SOIL_STOCK, SOIL_CHANGE, ORGANIC_SOIL, AFFORESTED_SOIL)),
    (Text("林火", "Fire"), (FIRE, FIRE_CO2E)),
    (Text("木质林产品", "Harvested wood products"), (HARVESTED_WOOD, PRODUCT_CARBON)),
)
"""The equations by what they are about, in the order in which carbon moves."""
MODELS = tuple(model for _, models in FAMILIES for model in models)
