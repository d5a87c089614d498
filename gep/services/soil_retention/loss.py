"""What rain would wash off a bare slope: the part that all soil loss equations share."""

from data_catalog.spec import Layer, Output, Pixels

BARE_SLOPE = {
    "rainfall_erosivity": Layer(symbol="R", units="MJ*mm/(ha*hour*year)"),
    "soil_erodibility": Layer(symbol="K", units="t*ha*hour/(ha*MJ*mm)"),
    "slope_length_steepness": Layer(symbol="LS", units="1"),
}
SOIL_RETAINED = Output(name="soil_retained", units="t/(ha*year)", total="t/year", low=0, high=1e6)


def potential_loss(
    rainfall_erosivity: Pixels, soil_erodibility: Pixels, slope_length_steepness: Pixels
) -> Pixels:
    """Return the soil that rain would wash off a bare slope in a year; never negative."""
    return rainfall_erosivity * soil_erodibility * slope_length_steepness
