"""Cooling and moistening by evaporating water, humidifier term included (Garze)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def electricity_saved(
    evapotranspiration: Pixels,
    water_density: Pixels,
    latent_heat: Pixels,
    humidifier_energy: Pixels,
) -> Pixels:
    """Return the electricity that cooling and moistening would take in a year; never negative."""
    return evapotranspiration * (water_density * latent_heat + humidifier_energy)


VARIANT = Variant(
    id="water_evaporation",
    title=Text("水面蒸发降温增湿", "Cooling and moistening by water surfaces"),
    formula=r"E = \sum A \, ET \, (\rho q + \gamma)",
    source=Citation("GARZE2017", "climate regulation of water surfaces"),
    inputs={
        "evapotranspiration": Layer(symbol="ET", units="m/year"),
        "water_density": Factor(symbol=r"\rho", units="kg/m3", choose="physics"),
        "latent_heat": Factor(symbol="q", units="kJ/kg"),
        "humidifier_energy": Factor(symbol=r"\gamma", units="kJ/m3"),
    },
    kernel=electricity_saved,
    output=Output(name="cooling_energy", units="kJ/(m2*year)", total="kWh/year", low=0, high=2e7),
    note=Text(
        "潜热项未除以空调能效比，与原文一致；γ 为加湿器耗电。",
        "As in the paper, the latent heat is not divided by the efficiency of air conditioners; "
        "gamma is what humidifiers use.",
    ),
)
