"""Fractional vegetation cover (植被覆盖度) from NDVI between bare soil and full vegetation."""

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Factor, Layer, Pixels
from data_catalog.text import Text


def fractional_vegetation_cover(
    ndvi: Pixels,
    ndvi_of_bare_soil: Pixels,
    ndvi_of_full_vegetation: Pixels,
    hundred_percent: Pixels,
) -> Pixels:
    """Return the share of a pixel under vegetation, 0 to 100 percent."""
    span = ndvi_of_full_vegetation - ndvi_of_bare_soil
    share = (ndvi - ndvi_of_bare_soil) / np.where(span > 0, span, np.nan)
    return hundred_percent * np.clip(share, 0, 1)


DERIVATION = Derived(
    id="fractional_vegetation_cover_hj1172",
    title=Text("植被覆盖度（像元二分模型）", "Fractional vegetation cover (two end members)"),
    formula=r"FVC = \frac{NDVI - NDVI_{soil}}{NDVI_{veg} - NDVI_{soil}}",
    source=Citation("HJ1172", "fractional vegetation cover"),
    inputs={
        "ndvi": Layer(symbol="NDVI", units="1"),
        "ndvi_of_bare_soil": Factor(symbol="NDVI_{soil}", units="1", choose="HJ1172"),
        "ndvi_of_full_vegetation": Factor(symbol="NDVI_{veg}", units="1", choose="HJ1172"),
        "hundred_percent": Factor(symbol=r"100\%", units="percent", choose="definition"),
    },
    kernel=fractional_vegetation_cover,
    output=output_of("fractional_vegetation_cover", "percent*m2"),
    locality="pixel",
    note=Text(
        "裸土与全植被的 NDVI 因传感器、季节和地区而异，标准未给数值，须由用户给出"
        "（常取当地 NDVI 累积频率 5% 与 95% 处的值）。裸土值不小于全植被值时结果缺测。",
        "The NDVI of bare soil and of full vegetation depends on sensor, season and place; the "
        "norm prints none: give both (often the 5 and 95 percent quantiles of the region). Where "
        "the value of soil is not below that of vegetation the result is missing.",
    ),
)
