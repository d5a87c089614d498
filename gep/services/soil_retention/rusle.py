"""RUSLE without a practice factor (SOIL_RUSLE), as HJ 1173-2021 prints it."""

from data_catalog.spec import Citation, Layer, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.soil_retention.loss import BARE_SLOPE, SOIL_RETAINED, potential_loss


def soil_retained(
    rainfall_erosivity: Pixels,
    soil_erodibility: Pixels,
    slope_length_steepness: Pixels,
    cover_factor: Pixels,
) -> Pixels:
    """Return the soil that the cover keeps from being lost in a year; never negative."""
    potential = potential_loss(rainfall_erosivity, soil_erodibility, slope_length_steepness)
    actual = potential * cover_factor
    return potential - actual


VARIANT = Variant(
    id="rusle",
    title=Text("RUSLE（不含 P 因子）", "RUSLE without practice factor"),
    formula=r"Q = \sum A \, R K L S \, (1 - C)",
    source=Citation("HJ1173", "annex A, eq. A.2 to A.13"),
    inputs=BARE_SLOPE
    | {
        "cover_factor": Layer(symbol="C", units="1"),
    },
    kernel=soil_retained,
    output=SOIL_RETAINED,
)
