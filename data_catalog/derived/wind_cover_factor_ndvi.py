"""Vegetation cover factor C of wind erosion (植被覆盖因子) straight from NDVI."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def wind_cover_factor(ndvi: Pixels, s: SimpleNamespace) -> Pixels:
    """Return C, 1 where nothing is green, lower the greener."""
    c: Pixels = np.exp(s.factor * np.maximum(ndvi, 0) ** s.power)
    return c


DERIVATION = Derived(
    id="wind_cover_factor_ndvi",
    title=Text("植被覆盖因子（风蚀，NDVI 指数式）", "Cover factor of wind erosion (from NDVI)"),
    formula=r"C = e^{-5.614 \, NDVI^{0.7366}}",
    source=Citation("SANDCODE", "code id 36335164354"),
    inputs={
        "ndvi": Layer(symbol="NDVI", units="1"),
        "s": Coefficients(table="wind_cover_factor_ndvi", choose="SANDCODE"),
    },
    kernel=wind_cover_factor,
    output=output_of("wind_cover_factor", "m2"),
    locality="pixel",
    empirical="regression on the NDVI",
    note=Text(
        "见于公开代码，不分生态系统类型；NDVI 小于 0 处按 0 计。",
        "Read in public code; it does not tell ecosystems apart. A negative NDVI counts as 0.",
    ),
)
