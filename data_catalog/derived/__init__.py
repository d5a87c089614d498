"""Derived layers: models that make one variable from others where the user gives no such layer."""

from data_catalog.derived import (
    biological_measures,
    cover_factor,
    ecosystem_quality_index,
    evapotranspiration_fu,
    fractional_vegetation_cover,
    npp_miami,
    potential_evapotranspiration_hargreaves,
    potential_evapotranspiration_thornthwaite,
    rainfall_erosivity_daily,
    rainfall_erosivity_monthly,
    roughness_factor,
    slope,
    slope_length_steepness,
    slope_length_steepness_flow,
    slope_length_steepness_segment,
    soil_crust_factor,
    soil_erodibility,
    soil_erodibility_epic,
    soil_erodible_fraction,
    soil_organic_matter,
    wind_cover_factor,
    wind_cover_factor_ndvi,
)
from data_catalog.derived.derived import (
    Derived,
    GridLayer,
    Locality,
    middle_days,
    month_lengths,
)

__all__ = [
    "ALTERNATIVES",
    "DERIVED",
    "Derived",
    "GridLayer",
    "Locality",
    "makers_of",
    "middle_days",
    "month_lengths",
]

DERIVED: tuple[Derived, ...] = (
    slope.DERIVATION,
    slope_length_steepness_flow.DERIVATION,
    slope_length_steepness_segment.DERIVATION,
    slope_length_steepness.DERIVATION,
    rainfall_erosivity_daily.DERIVATION,
    rainfall_erosivity_monthly.DERIVATION,
    soil_erodibility.DERIVATION,
    fractional_vegetation_cover.DERIVATION,
    cover_factor.DERIVATION,
    biological_measures.DERIVATION,
    potential_evapotranspiration_hargreaves.DERIVATION,
    potential_evapotranspiration_thornthwaite.DERIVATION,
    evapotranspiration_fu.DERIVATION,
    npp_miami.DERIVATION,
    ecosystem_quality_index.DERIVATION,
    soil_organic_matter.DERIVATION,
    soil_erodible_fraction.DERIVATION,
    soil_erodible_fraction.WITHOUT_LIME,
    soil_crust_factor.DERIVATION,
    roughness_factor.DERIVATION,
    wind_cover_factor.DERIVATION,
)
"""Of those that make a variable, the first whose inputs are at hand is used."""

ALTERNATIVES: tuple[Derived, ...] = (
    soil_erodibility_epic.DERIVATION,
    wind_cover_factor_ndvi.DERIVATION,
)
"""Never used unless asked for by id."""


def makers_of(name: str) -> tuple[Derived, ...]:
    """Return the derivations that make a variable, the preferred one first."""
    return tuple(model for model in DERIVED if model.makes == name)
