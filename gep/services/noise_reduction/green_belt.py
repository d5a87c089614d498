"""Roads with a green belt between them and the people beside (NO_ROAD, NO_BARRIER: amount)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def road_screened(length_km: Pixels) -> Pixels:
    """Return the length of road that a green belt screens off."""
    return length_km


VARIANT = Variant(
    id="green_belt",
    title=Text("道路绿化带", "Green belts along roads"),
    formula=r"L = \sum_r L_r",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: noise, belt in km"),
    inputs={"length_km": Column(symbol="L_r", units="km")},
    kernel=road_screened,
    output=Output(name="road", units="km", total="km", low=0, high=1e6),
    table="roads",
    note=Text(
        "roads 表只收有绿化带的路段；两侧都有时画两条线。",
        "The table roads holds stretches with a green belt alone: two lines where it is on both "
        "sides.",
    ),
)
