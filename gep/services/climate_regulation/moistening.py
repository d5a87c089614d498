"""Moistening of the air by water surfaces, without their cooling (Jiaozhou)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def electricity_saved(evapotranspiration: Pixels, humidifier_energy: Pixels) -> Pixels:
    """Return the electricity that humidifiers would take in a year; never negative."""
    return evapotranspiration * humidifier_energy


VARIANT = Variant(
    id="moistening",
    title=Text("水面蒸发增湿", "Moistening by water surfaces"),
    formula=r"E = \sum A \, ET \, \gamma",
    source=Citation("JIAOZHOU2018", "climate regulation, 125 kWh per m3 evaporated"),
    inputs={
        "evapotranspiration": Layer(symbol="ET", units="m/year"),
        "humidifier_energy": Factor(symbol=r"\gamma", units="kJ/m3"),
    },
    kernel=electricity_saved,
    output=Output(name="cooling_energy", units="kJ/(m2*year)", total="kWh/year", low=0, high=1e7),
    note=Text(
        "只计加湿器耗电，不计蒸发潜热。",
        "Humidifiers alone are counted, not the latent heat.",
    ),
)
