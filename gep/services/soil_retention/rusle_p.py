"""RUSLE with a practice factor (SOIL_RUSLE_P)."""

from data_catalog.spec import Citation, Layer, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.soil_retention.loss import BARE_SLOPE, SOIL_RETAINED, potential_loss


def soil_retained(
    rainfall_erosivity: Pixels,
    soil_erodibility: Pixels,
    slope_length_steepness: Pixels,
    cover_factor: Pixels,
    practice_factor: Pixels,
) -> Pixels:
    """Return the soil that cover and practice keep in place in a year; never negative."""
    potential = potential_loss(rainfall_erosivity, soil_erodibility, slope_length_steepness)
    actual = potential * cover_factor * practice_factor
    return potential - actual


VARIANT = Variant(
    id="rusle_p",
    title=Text("RUSLE（含 P 因子）", "RUSLE with practice factor"),
    formula=r"Q = \sum A \, R K L S \, (1 - C P)",
    source=Citation("STUDENTGEP", "code id 36282289896: potential less actual with C and P"),
    inputs=BARE_SLOPE
    | {
        "cover_factor": Layer(symbol="C", units="1"),
        "practice_factor": Layer(symbol="P", units="1"),
    },
    kernel=soil_retained,
    output=SOIL_RETAINED,
    note=Text(
        "算入了人工水土保持措施的作用；HJ 1173 不含 P。",
        "The work of terraces and other measures is counted in; HJ 1173 has no P.",
    ),
)
