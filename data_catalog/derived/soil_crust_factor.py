"""Soil crust factor SCF (土壤结皮因子) of wind erosion, from clay and organic matter."""

from types import SimpleNamespace

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def soil_crust_factor(clay: Pixels, soil_organic_matter: Pixels, s: SimpleNamespace) -> Pixels:
    """Return how far a crust leaves the soil to the wind, above 0 to 1; lower with more clay."""
    factor: Pixels = 1 / (1 + s.clay * clay**2 + s.organic_matter * soil_organic_matter**2)
    return factor


DERIVATION = Derived(
    id="soil_crust_factor_hj1173",
    title=Text("土壤结皮因子（HJ 1173）", "Soil crust factor (HJ 1173)"),
    formula=r"SCF = \frac{1}{1 + 0.0066 \, cl^2 + 0.021 \, OM^2}",
    source=Citation("HJ1173", "A.19"),
    inputs={
        "clay": Layer(symbol="cl", units="percent"),
        "soil_organic_matter": Layer(symbol="OM", units="percent"),
        "s": Coefficients(table="soil_crust_factor_equation", choose="HJ1173"),
    },
    kernel=soil_crust_factor,
    output=output_of("soil_crust_factor", "m2"),
    locality="pixel",
    empirical="regression on contents in percent",
    note=Text(
        "由黏粒和有机质含量计算；耕作打碎结皮后的土壤不适用。",
        "Made from clay and organic matter; it does not know of crusts that tillage has broken.",
    ),
)
