"""Pollutants by the capacity of each ecosystem (AIR_CAP)."""

from data_catalog.spec import Citation
from gep import pollutants
from gep.services.air_purification.items import DUST, NITROGEN_OXIDES, SULPHUR_DIOXIDE

VARIANTS = (
    pollutants.capacity(
        SULPHUR_DIOXIDE,
        "sulphur_dioxide_capacity",
        Citation("GAOTIAN2017", "air purification, absorption per hm2 by stand"),
    ),
    pollutants.capacity(
        NITROGEN_OXIDES,
        "nitrogen_oxides_capacity",
        Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: nitrogen oxides per hm2"),
    ),
    pollutants.capacity(
        DUST,
        "dust_capacity",
        Citation("GAOTIAN2017", "air purification, dust per hm2 by stand"),
    ),
)
