"""Every ecosystem service, in the order of the account."""

from gep.service import Service
from gep.services import (
    carbon_sequestration,
    climate_regulation,
    oxygen_release,
    soil_retention,
    water_conservation,
)

__all__ = ["SERVICES"]

SERVICES: tuple[Service, ...] = (
    water_conservation.SERVICE,
    soil_retention.SERVICE,
    carbon_sequestration.SERVICE,
    oxygen_release.SERVICE,
    climate_regulation.SERVICE,
)
