"""Soil organic matter (土壤有机质) from organic carbon, by the factor that laboratories use."""

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Factor, Layer, Pixels
from data_catalog.text import Text


def soil_organic_matter(soil_organic_carbon: Pixels, organic_matter_per_carbon: Pixels) -> Pixels:
    """Return the content of organic matter; never negative."""
    return soil_organic_carbon * organic_matter_per_carbon


DERIVATION = Derived(
    id="soil_organic_matter",
    title=Text("土壤有机质（由有机碳换算）", "Soil organic matter, from organic carbon"),
    formula=r"OM = 1.724 \, orgC",
    source=Citation("NYT1121", "conversion factor of Van Bemmelen"),
    inputs={
        "soil_organic_carbon": Layer(symbol="orgC", units="percent"),
        "organic_matter_per_carbon": Factor(symbol="1.724", units="1", choose="NYT1121"),
    },
    kernel=soil_organic_matter,
    output=output_of("soil_organic_matter", "percent*m2"),
    locality="pixel",
    note=Text(
        "系数 1.724 凭记忆写出，即假定有机质含碳 58%；实测多在 1.4 至 2.5 之间。",
        "The factor 1.724 is recalled: organic matter taken to be 58 percent carbon. Measured "
        "factors run from 1.4 to 2.5.",
    ),
)
