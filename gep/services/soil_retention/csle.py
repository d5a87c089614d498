"""Chinese soil loss equation (SOIL_CSLE): biological, engineering and tillage measures."""

from data_catalog.spec import Citation, Layer, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.soil_retention.loss import BARE_SLOPE, SOIL_RETAINED, potential_loss


def soil_retained(
    rainfall_erosivity: Pixels,
    soil_erodibility: Pixels,
    slope_length_steepness: Pixels,
    biological_measures: Pixels,
    engineering_measures: Pixels,
    tillage_measures: Pixels,
) -> Pixels:
    """Return the soil that all measures keep in place in a year; never negative."""
    potential = potential_loss(rainfall_erosivity, soil_erodibility, slope_length_steepness)
    actual = potential * biological_measures * engineering_measures * tillage_measures
    return potential - actual


VARIANT = Variant(
    id="csle",
    title=Text("中国土壤流失方程 CSLE", "Chinese soil loss equation"),
    formula=r"Q = \sum A \, R K L S \, (1 - B E T)",
    source=Citation("CSLE2021", "A = R K L S B E T; the retained share 1 - BET is recalled"),
    inputs=BARE_SLOPE
    | {
        "biological_measures": Layer(symbol="B", units="1"),
        "engineering_measures": Layer(symbol="E", units="1"),
        "tillage_measures": Layer(symbol="T", units="1"),
    },
    kernel=soil_retained,
    output=SOIL_RETAINED,
    note=Text(
        "耕地用 T（B 取 1），其他土地用 B（T 取 1）；没有工程措施处 E 取 1。",
        "Cropland has T (B is 1), other land B (T is 1); E is 1 where no work is mapped.",
    ),
)
