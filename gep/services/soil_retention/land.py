"""What kept-back soil is worth as land that need not be abandoned."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def abandonment_avoided(
    physical: Pixels, soil_bulk_density: Pixels, soil_depth: Pixels, land_income: Pixels
) -> Pixels:
    """Return the income of the land that the retained soil would cover at its depth."""
    land = physical / (soil_bulk_density * soil_depth)
    return land * land_income


LAND = Valuation(
    id="land",
    title=Text("减少土地废弃", "Land kept from being abandoned"),
    formula=r"V = \frac{Q}{\rho h} B",
    source=Citation("GAOTIAN2017", "soil conservation, abandoned land; SV_LAND"),
    inputs={
        "physical": Layer(symbol="Q", units="t/year"),
        "soil_bulk_density": Factor(symbol=r"\rho", units="t/m3"),
        "soil_depth": Factor(symbol="h", units="m"),
        "land_income": Factor(symbol="B", units="CNY/m2"),
    },
    kernel=abandonment_avoided,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="opportunity cost",
    family="land",
)
