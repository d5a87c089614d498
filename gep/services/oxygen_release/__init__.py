"""Oxygen release (释氧): oxygen that ecosystems give off as they take up carbon."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.oxygen_release import from_carbon, from_nep, from_npp, values

SERVICE = Service(
    id="oxygen_release",
    title=Text("释氧", "Oxygen release"),
    group="regulating",
    physical=Text("释氧量", "oxygen released"),
    total="t_O2/year",
    variants=(from_carbon.VARIANT, from_nep.VARIANT, from_npp.VARIANT),
    valuations=(values.INDUSTRIAL_OXYGEN,),
)
