"""Water balance with a runoff coefficient per ecosystem (WC_BALANCE), nothing clipped."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def water_conserved(
    precipitation: Pixels, evapotranspiration: Pixels, runoff_coefficient: Pixels
) -> Pixels:
    """Return the depth of water conserved in a year; negative where evaporation exceeds it."""
    storm_runoff = runoff_coefficient * precipitation
    return precipitation - storm_runoff - evapotranspiration


VARIANT = Variant(
    id="balance",
    title=Text("水量平衡法（径流系数）", "Water balance with runoff coefficients"),
    formula=r"Q = \sum A \, (P - \alpha P - ET)",
    source=Citation("HJ1173", "annex A, eq. A.1; coefficients as in GONG2017"),
    inputs={
        "precipitation": Layer(symbol="P", units="mm/year"),
        "evapotranspiration": Layer(symbol="ET", units="mm/year"),
        "runoff_coefficient": Factor(symbol=r"\alpha", units="1", by=ECOSYSTEM),
    },
    kernel=water_conserved,
    output=Output(name="water_conserved", units="mm/year", total="m3/year", low=-4000, high=12000),
    note=Text(
        "HJ 1173 的 P 指产流降雨量；此处用全年降水量，与 GONG2017 的系数相配。"
        "蒸散大于来水的像元取负值，不截断。",
        "HJ 1173 takes P as runoff-producing rain; here P is the whole year's, as the GONG2017 "
        "coefficients want it. Pixels that evaporate more than they keep stay negative.",
    ),
)
