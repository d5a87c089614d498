"""Reservoirs by their registered flood capacity (FM_ALL, reservoirs)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(flood_capacity: Pixels) -> Pixels:
    """Return the flood water that reservoirs keep room for."""
    return flood_capacity


VARIANT = Variant(
    id="flood_capacity",
    title=Text("登记防洪库容", "Registered flood capacity"),
    formula=r"C = \sum C_f",
    source=Citation("RECALL", "reservoir register, text of the norm not read; FM_ALL"),
    inputs={"flood_capacity": Column(symbol="C_f", units="m3/year")},
    kernel=flood_stored,
    output=Output(name="flood_stored", units="m3/year", total="m3/year", low=0, high=1e12),
    table="reservoirs",
    item="reservoir",
)
