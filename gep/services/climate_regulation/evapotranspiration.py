"""Cooling by the latent heat of the cooling season's evapotranspiration (LC_ET)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def electricity_saved(
    cooling_evapotranspiration: Pixels,
    water_density: Pixels,
    latent_heat: Pixels,
    cooling_efficiency: Pixels,
) -> Pixels:
    """Return the electricity that cooling as much would take in a year; never negative."""
    heat = cooling_evapotranspiration * water_density * latent_heat
    return heat / cooling_efficiency


VARIANT = Variant(
    id="evapotranspiration",
    title=Text("降温期蒸散潜热", "Latent heat of the cooling season's evapotranspiration"),
    formula=r"E = \sum A \, \frac{ET_c \, \rho q}{EER}",
    source=Citation("XUANNV", "quotes GB/T 46869-2025 annex A.11; formula recalled"),
    inputs={
        "cooling_evapotranspiration": Layer(symbol="ET_c", units="m/year"),
        "water_density": Factor(symbol=r"\rho", units="kg/m3", choose="physics"),
        "latent_heat": Factor(symbol="q", units="kJ/kg"),
        "cooling_efficiency": Factor(symbol="EER", units="1"),
    },
    kernel=electricity_saved,
    output=Output(name="cooling_energy", units="kJ/(m2*year)", total="kWh/year", low=0, high=2e7),
)
