"""Pollutants taken out of air or water: the variants and the valuation of both services."""

from gep.pollutants.capacity_per_area import capacity
from gep.pollutants.flows import emission, measured
from gep.pollutants.limits import minimum, rule
from gep.pollutants.treatment_cost import treatment

__all__ = ["capacity", "emission", "measured", "minimum", "rule", "treatment"]
