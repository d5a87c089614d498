"""Ecological energy (生态能源): hydropower and energy from biomass."""

from data_catalog.text import Text
from gep import products

SERVICE = products.service(
    "ecological_energy",
    Text("生态能源", "Ecological energy"),
    Text("生态能源产量", "energy of water and biomass"),
    "kWh/year",
)
