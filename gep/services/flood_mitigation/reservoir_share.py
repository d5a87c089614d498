"""Reservoirs by a share of their total capacity (FM_WATER, reservoirs)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(capacity: Pixels, reservoir_flood_share: Pixels) -> Pixels:
    """Return the flood water that reservoirs can hold in a year."""
    return capacity * reservoir_flood_share


VARIANT = Variant(
    id="reservoir_share",
    title=Text("总库容折算", "Share of the total capacity"),
    formula=r"C = s \, C_t",
    source=Citation("GARZE2017", "flood regulation, reservoirs: 0.35 of the total capacity"),
    inputs={
        "capacity": Column(symbol="C_t", units="m3"),
        "reservoir_flood_share": Factor(symbol="s", units="1/year"),
    },
    kernel=flood_stored,
    output=Output(name="flood_stored", units="m3/year", total="m3/year", low=0, high=1e12),
    table="reservoirs",
    item="reservoir",
)
