"""What clean water is worth: the cost of treating each pollutant."""

from data_catalog.spec import Citation
from gep import pollutants
from gep.services.water_purification.items import AMMONIA, NITROGEN, OXYGEN_DEMAND, PHOSPHORUS

OF_DISCHARGES = Citation("GARZE2017", "water purification, value")
OF_NUTRIENTS = Citation("JIAOZHOU2018", "2.3.2, cost of taking out nitrogen and phosphorus")

VALUATIONS = (
    pollutants.treatment(OXYGEN_DEMAND, f"{OXYGEN_DEMAND.id}_treatment_cost", OF_DISCHARGES),
    pollutants.treatment(AMMONIA, f"{AMMONIA.id}_treatment_cost", OF_DISCHARGES),
    pollutants.treatment(NITROGEN, "nitrogen_treatment_cost", OF_NUTRIENTS),
    pollutants.treatment(PHOSPHORUS, "phosphorus_treatment_cost", OF_NUTRIENTS),
)
