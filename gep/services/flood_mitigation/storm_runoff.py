"""Vegetation by the runoff of each storm, as given (FM_ALL, vegetation)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(storm_rain: Pixels, storm_runoff: Pixels, ecosystem_km2: Pixels) -> Pixels:
    """Return the storm rain that does not run off an ecosystem."""
    return (storm_rain - storm_runoff) * ecosystem_km2


VARIANT = Variant(
    id="storm_runoff",
    title=Text("植被：逐场暴雨产流", "Vegetation, runoff of each storm"),
    formula=r"C = \sum_e (P_e - R_{e,i}) A_i",
    source=Citation("RECALL", "CAEP 2020, text not read; FM_ALL"),
    inputs={
        "storm_rain": Column(symbol="P_e", units="mm/year"),
        "storm_runoff": Column(symbol="R_{e,i}", units="mm/year"),
        "ecosystem_km2": Column(symbol="A_i", units="km2"),
    },
    kernel=flood_stored,
    output=Output(name="flood_stored", units="mm*km2/year", total="m3/year", low=0, high=1e10),
    table="storms",
    item="vegetation",
    note=Text(
        "暴雨的标准（如日雨量 50 mm）由用户定；与水源涵养中的雨水部分重叠。",
        "What makes a storm (50 mm in a day, say) is for the user to set. In part it is the rain "
        "that water conservation counts.",
    ),
)
