"""Marshes by the depth of water on their surface (FM_WATER, marsh)."""

from data_catalog.spec import Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(marsh_flood_depth: Pixels) -> Pixels:
    """Return the depth of flood water that a marsh takes up in a year."""
    return marsh_flood_depth


VARIANT = Variant(
    id="marsh_surface",
    title=Text("沼泽地表滞水", "Water on the surface of marshes"),
    formula=r"C = \sum A \, h",
    source=Citation("GARZE2017", "flood regulation, marshes: 0.3 m on the surface"),
    inputs={"marsh_flood_depth": Factor(symbol="h", units="m/year")},
    kernel=flood_stored,
    output=Output(name="flood_stored", units="m/year", total="m3/year", low=0, high=100),
    item="marsh",
    note=Text(
        "与水源涵养在沼泽上的 P-ET 是同一片水，两项同时计入时请留意。",
        "It is in part the water that water conservation counts on marshes as P - ET: mind the "
        "two together.",
    ),
)
