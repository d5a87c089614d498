"""Cooling of the air over an ecosystem, by a measured temperature difference (LC_TEMP)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def electricity_saved(
    temperature_difference: Pixels,
    air_heat_capacity: Pixels,
    cooled_air_height: Pixels,
    cooling_events: Pixels,
    cooling_efficiency: Pixels,
) -> Pixels:
    """Return the electricity that cooling as much would take in a year; never negative."""
    heat = air_heat_capacity * cooled_air_height * temperature_difference
    return heat * cooling_events / cooling_efficiency


VARIANT = Variant(
    id="temperature_difference",
    title=Text("实测温差法", "Measured temperature difference"),
    formula=r"E = \sum A \, \frac{\rho c_p \, h \, \Delta T \, n}{EER}",
    source=Citation("XUANNV", "quotes GB/T 46869-2025 annex A.11; formula recalled"),
    inputs={
        "temperature_difference": Layer(symbol=r"\Delta T", units="delta_degC"),
        "air_heat_capacity": Factor(symbol=r"\rho c_p", units="kJ/(m3*delta_degC)"),
        "cooled_air_height": Factor(symbol="h", units="m"),
        "cooling_events": Factor(symbol="n", units="1/year"),
        "cooling_efficiency": Factor(symbol="EER", units="1"),
    },
    kernel=electricity_saved,
    output=Output(name="cooling_energy", units="kJ/(m2*year)", total="kWh/year", low=0, high=2e7),
    note=Text(
        "空气热容、降温层高度与一年降温次数均无公布值，须由用户给出。",
        "No source gives the heat capacity of air, the height of the cooled air or how often a "
        "year it is cooled: they have to be given.",
    ),
)
