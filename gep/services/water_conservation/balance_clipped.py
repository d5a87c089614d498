"""Water balance with negative pixels set to zero (WC_BALANCE, clip = pixel)."""

import numpy as np

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.water_conservation import balance


def water_conserved_or_none(
    precipitation: Pixels, evapotranspiration: Pixels, runoff_coefficient: Pixels
) -> Pixels:
    """Return the depth of water conserved in a year, never less than none."""
    conserved = balance.water_conserved(precipitation, evapotranspiration, runoff_coefficient)
    return np.maximum(conserved, 0)


VARIANT = Variant(
    id="balance_clipped",
    title=Text("水量平衡法（负值归零）", "Water balance, negative pixels set to zero"),
    formula=r"Q = \sum A \, \max(0, P - \alpha P - ET)",
    source=Citation("WATERCODE", "code id 36248970801: negative pixels set to 0"),
    inputs={
        "precipitation": Layer(symbol="P", units="mm/year"),
        "evapotranspiration": Layer(symbol="ET", units="mm/year"),
        "runoff_coefficient": Factor(symbol=r"\alpha", units="1", by=ECOSYSTEM),
    },
    kernel=water_conserved_or_none,
    output=Output(name="water_conserved", units="mm/year", total="m3/year", low=0, high=12000),
    note=Text(
        "总量随像元大小变化：像元越细，被归零的负值越多。",
        "The total depends on the pixel size: finer pixels have more negatives to cut off.",
    ),
)
