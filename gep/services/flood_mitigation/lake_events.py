"""Gauged lakes by what each flood adds to them (FM_WATER, events)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(volume_max: Pixels, volume_min: Pixels) -> Pixels:
    """Return the flood water that a lake takes up in one event."""
    return volume_max - volume_min


VARIANT = Variant(
    id="lake_events",
    title=Text("逐场洪水调蓄", "Events of gauged lakes"),
    formula=r"C = \sum_e (V_{max} - V_{min})",
    source=Citation("BAIYANG2017", "flood regulation, volumes of the events"),
    inputs={
        "volume_max": Column(symbol="V_{max}", units="m3/year"),
        "volume_min": Column(symbol="V_{min}", units="m3/year"),
    },
    kernel=flood_stored,
    output=Output(name="flood_stored", units="m3/year", total="m3/year", low=0, high=1e12),
    table="flood_events",
    item="lake",
)
