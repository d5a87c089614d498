"""Tourism (旅游康养): visits to nature, and what visitors give for them."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.tourism import revenue, survey, visits, visits_by_zone, zones

SERVICE = Service(
    id="tourism",
    title=Text("旅游康养", "Tourism and wellness"),
    group="cultural",
    physical=Text("游客人次", "visits"),
    total="visit/year",
    variants=(visits.VARIANT, visits_by_zone.VARIANT),
    valuations=(revenue.SHARE, *survey.VALUATIONS, *zones.VALUATIONS),
)
