"""Heat taken up by transpiration on cooling days, per ecosystem (LC_TRANSP)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def electricity_saved(
    transpiration_energy: Pixels, cooling_days: Pixels, cooling_efficiency: Pixels
) -> Pixels:
    """Return the electricity that cooling as much would take in a year; never negative."""
    heat = transpiration_energy * cooling_days
    return heat / cooling_efficiency


VARIANT = Variant(
    id="transpiration",
    title=Text("植被蒸腾降温", "Cooling by transpiration"),
    formula=r"E = \sum A \, \frac{EPP \, D}{EER}",
    source=Citation("GARZE2017", "climate regulation of vegetation; form as BO2017"),
    inputs={
        "transpiration_energy": Factor(symbol="EPP", units="kJ/(m2*day)", by=ECOSYSTEM),
        "cooling_days": Factor(symbol="D", units="day/year"),
        "cooling_efficiency": Factor(symbol="EER", units="1"),
    },
    kernel=electricity_saved,
    output=Output(name="cooling_energy", units="kJ/(m2*year)", total="kWh/year", low=0, high=2e6),
    note=Text(
        "降温天数 D 因地而异，应以当地日最高气温统计替换。",
        "The cooling days D differ from place to place: replace them by the local count.",
    ),
)
