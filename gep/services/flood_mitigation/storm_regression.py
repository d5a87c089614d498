"""Vegetation by a regression of storm runoff on rain (FM_ALL, vegetation)."""

import numpy as np

from data_catalog.spec import ECOSYSTEM, Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(
    storm_rain: Pixels,
    ecosystem_km2: Pixels,
    storm_runoff_slope: Pixels,
    storm_runoff_intercept: Pixels,
) -> Pixels:
    """Return the storm rain that does not run off; runoff is neither below 0 nor above the rain."""
    wet = np.where(storm_rain > 0, storm_rain, 1)  # no logarithm where there is no rain
    runoff = storm_runoff_slope * np.log(wet) - storm_runoff_intercept
    return (storm_rain - np.clip(runoff, 0, storm_rain)) * ecosystem_km2


VARIANT = Variant(
    id="storm_regression",
    title=Text("植被：暴雨产流回归", "Vegetation, regression of storm runoff"),
    formula=r"C = \sum_e (P_e - R_{e,i}) A_i, \quad R_{e,i} = a_i \ln P_e - b_i",
    source=Citation("RECALL", "CAEP 2020, text not read: the form alone; FM_ALL"),
    inputs={
        "storm_rain": Column(symbol="P_e", units="mm/year"),
        "ecosystem_km2": Column(symbol="A_i", units="km2"),
        "storm_runoff_slope": Factor(symbol="a_i", units="mm/year", by=ECOSYSTEM),
        "storm_runoff_intercept": Factor(symbol="b_i", units="mm/year", by=ECOSYSTEM),
    },
    kernel=flood_stored,
    output=Output(name="flood_stored", units="mm*km2/year", total="m3/year", low=0, high=1e10),
    table="storms",
    item="vegetation",
    empirical="a regression on the logarithm of rain in mm",
    note=Text(
        "各类型的系数 a、b 没有找到，须由用户提供；回归超出 0 至雨量时取端值。",
        "No coefficients a and b were found: they have to be given by type. Where the regression "
        "leaves 0 to the rain, the end is taken.",
    ),
)
