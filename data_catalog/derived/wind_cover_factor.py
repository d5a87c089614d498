"""Vegetation cover factor C of wind erosion (植被覆盖因子), from ecosystem and vegetation cover."""

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Pixels
from data_catalog.text import Text


def wind_cover_factor(
    fractional_vegetation_cover: Pixels, wind_cover_coefficient: Pixels
) -> Pixels:
    """Return C, 1 on bare ground, towards 0 under dense cover."""
    return np.exp(-wind_cover_coefficient * fractional_vegetation_cover)


DERIVATION = Derived(
    id="wind_cover_factor_hj1173",
    title=Text("植被覆盖因子（风蚀，HJ 1173）", "Cover factor of wind erosion (HJ 1173)"),
    formula=r"C = e^{-a_i \, SC}",
    source=Citation("HJ1173", "A.20"),
    inputs={
        "fractional_vegetation_cover": Layer(symbol="SC", units="percent"),
        "wind_cover_coefficient": Factor(
            symbol="a", units="1/percent", by=ECOSYSTEM, choose="HJ1173"
        ),
    },
    kernel=wind_cover_factor,
    output=output_of("wind_cover_factor", "m2"),
    locality="pixel",
    note=Text(
        "标准只给出林地、灌丛、草地、农田、裸地、沙地的系数；湿地、城镇、盐碱地、冰川无值，"
        "不在固沙核算范围内，或由用户给出。荒漠 71 按沙地。",
        "The norm has coefficients for forest, shrub, grassland, cropland, bare and sandy land. "
        "Wetland, urban, saline land and glaciers have none: leave them out, or give one. Desert "
        "71 counts as sandy.",
    ),
)
