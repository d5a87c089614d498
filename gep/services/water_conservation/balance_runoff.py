"""Water balance with a given layer of storm runoff (WC_BALANCE, R given)."""

from data_catalog.spec import Citation, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def water_conserved(
    precipitation: Pixels, evapotranspiration: Pixels, storm_runoff: Pixels
) -> Pixels:
    """Return the depth of water conserved in a year; negative where losses exceed the rain."""
    return precipitation - storm_runoff - evapotranspiration


VARIANT = Variant(
    id="balance_runoff",
    title=Text("水量平衡法（暴雨径流图层）", "Water balance with a layer of storm runoff"),
    formula=r"Q = \sum A \, (P - R - ET)",
    source=Citation("GARZE2017", "water conservation, R = storm runoff; as HJ1173 eq. A.1"),
    inputs={
        "precipitation": Layer(symbol="P", units="mm/year"),
        "evapotranspiration": Layer(symbol="ET", units="mm/year"),
        "storm_runoff": Layer(symbol="R", units="mm/year"),
    },
    kernel=water_conserved,
    output=Output(name="water_conserved", units="mm/year", total="m3/year", low=-16000, high=12000),
)
