"""Water yield in Fu's form of the Budyko curve, as InVEST Annual Water Yield (WC_YIELD)."""

import numpy as np

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def water_yielded(
    precipitation: Pixels,
    potential_evapotranspiration: Pixels,
    root_depth: Pixels,
    plant_available_water: Pixels,
    crop_coefficient: Pixels,
    rooting_depth: Pixels,
    vegetated: Pixels,
    seasonality: Pixels,
    budyko_shape_least: Pixels,
    budyko_shape_most: Pixels,
) -> Pixels:
    """Return the depth of rain that does not evaporate in a year; negative only by rounding."""
    rain = np.where(precipitation > 0, precipitation, np.nan)
    dryness = crop_coefficient * potential_evapotranspiration / rain
    available = np.minimum(root_depth, rooting_depth) * plant_available_water
    shape = np.minimum(seasonality * available / rain + budyko_shape_least, budyko_shape_most)
    evaporated_vegetated = 1 + dryness - (1 + dryness**shape) ** (1 / shape)
    evaporated_other = np.minimum(dryness, 1)
    evaporated = vegetated * evaporated_vegetated + (1 - vegetated) * evaporated_other
    return np.where(precipitation == 0, precipitation, rain * (1 - evaporated))


VARIANT = Variant(
    id="water_yield",
    title=Text("产水量法（Budyko，InVEST）", "Water yield (Budyko, as InVEST)"),
    formula=r"Y = P \left(1 - \tfrac{AET}{P}\right),\; \tfrac{AET}{P} = 1 + \phi - "
    r"(1 + \phi^w)^{1/w},\; \phi = K_c ET_0 / P,\; w = Z \, AWC / P + 1.25 \le 5",
    source=Citation("CLCDINVEST", "code id 68979940035; as InVEST Annual Water Yield"),
    inputs={
        "precipitation": Layer(symbol="P", units="mm/year"),
        "potential_evapotranspiration": Layer(symbol="ET_0", units="mm/year"),
        "root_depth": Layer(symbol="d_s", units="mm"),
        "plant_available_water": Layer(symbol="PAWC", units="1"),
        "crop_coefficient": Factor(symbol="K_c", units="1", by=ECOSYSTEM),
        "rooting_depth": Factor(symbol="d_r", units="mm", by=ECOSYSTEM),
        "vegetated": Factor(symbol="v", units="1", by=ECOSYSTEM),
        "seasonality": Factor(symbol="Z", units="1/year"),
        "budyko_shape_least": Factor(symbol="w_0", units="1", choose="clcdinvest"),
        "budyko_shape_most": Factor(symbol="w_1", units="1", choose="clcdinvest"),
    },
    kernel=water_yielded,
    output=Output(name="water_yielded", units="mm/year", total="m3/year", low=-1, high=12000),
    note=Text(
        "产水量不等于涵养量：未扣除快速径流。季节系数 Z（约为年雨日数的 0.2 倍）须由用户给出。",
        "A yield is not yet what is conserved: fast runoff is in it. The seasonality Z (about 0.2 "
        "times the number of rain days) has to be given.",
    ),
)
