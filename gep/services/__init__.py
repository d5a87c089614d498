"""Every ecosystem service, in the order of the account."""

from data_catalog.errors import UnknownNameError
from data_catalog.names import suggestion
from data_catalog.text import Text
from gep.service import Service
from gep.services import (
    agricultural_products,
    air_purification,
    carbon_sequestration,
    climate_regulation,
    coastal_protection,
    ecological_energy,
    fishery_products,
    flood_mitigation,
    forestry_products,
    landscape_premium,
    leisure,
    livestock_products,
    negative_air_ions,
    noise_reduction,
    other_products,
    oxygen_release,
    pest_control,
    sand_fixation,
    soil_retention,
    species_conservation,
    tourism,
    water_conservation,
    water_purification,
    water_supply,
)

__all__ = ["SERVICES", "service", "services"]

SERVICES: tuple[Service, ...] = (
    agricultural_products.SERVICE,
    forestry_products.SERVICE,
    livestock_products.SERVICE,
    fishery_products.SERVICE,
    ecological_energy.SERVICE,
    water_supply.SERVICE,
    other_products.SERVICE,
    water_conservation.SERVICE,
    soil_retention.SERVICE,
    sand_fixation.SERVICE,
    coastal_protection.SERVICE,
    flood_mitigation.SERVICE,
    air_purification.SERVICE,
    water_purification.SERVICE,
    carbon_sequestration.SERVICE,
    oxygen_release.SERVICE,
    climate_regulation.SERVICE,
    noise_reduction.SERVICE,
    negative_air_ions.SERVICE,
    pest_control.SERVICE,
    species_conservation.SERVICE,
    tourism.SERVICE,
    leisure.SERVICE,
    landscape_premium.SERVICE,
)
"""Those that come with the toolkit: a new one has its place here."""


def services() -> tuple[Service, ...]:
    """Return the services there are; whoever needs them asks here, at the time of need."""
    return SERVICES


def service(name: str) -> Service:
    """Return one service.

    Raises
    ------
    UnknownNameError
        With the nearest names.
    """
    known = {one.id: one for one in services()}
    if name not in known:
        kind = Text("服务", "service")
        raise UnknownNameError(where="services", kind=kind, name=name, hint=suggestion(name, known))
    return known[name]
