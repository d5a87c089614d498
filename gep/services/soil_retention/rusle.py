"""RUSLE without a practice factor (SOIL_RUSLE), as HJ 1173-2021 prints it."""

from data_catalog.spec import Citation, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def soil_retained(
    rainfall_erosivity: Pixels,
    soil_erodibility: Pixels,
    slope_length_steepness: Pixels,
    cover_factor: Pixels,
) -> Pixels:
    """Return the soil that the cover keeps from being lost in a year; never negative."""
    potential = rainfall_erosivity * soil_erodibility * slope_length_steepness
    actual = potential * cover_factor
    return potential - actual


VARIANT = Variant(
    id="rusle",
    title=Text("RUSLE（不含 P 因子）", "RUSLE without practice factor"),
    formula=r"Q = \sum A \, R K L S \, (1 - C)",
    source=Citation("HJ1173", "annex A, eq. A.2 to A.13"),
    inputs={
        "rainfall_erosivity": Layer(symbol="R", units="MJ*mm/(ha*hour*year)"),
        "soil_erodibility": Layer(symbol="K", units="t*ha*hour/(ha*MJ*mm)"),
        "slope_length_steepness": Layer(symbol="LS", units="1"),
        "cover_factor": Layer(symbol="C", units="1"),
    },
    kernel=soil_retained,
    output=Output(name="soil_retained", units="t/(ha*year)", total="t/year", low=0, high=1e6),
)
