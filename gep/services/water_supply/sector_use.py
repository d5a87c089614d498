"""Water by the sector that uses it (WS_USE)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Variant
from gep.services.water_supply.items import SECTORS


def water_used(quantity: Pixels) -> Pixels:
    """Return the water that a sector uses in a year."""
    return quantity


def use_of(sector: Item) -> Variant:
    """Return the variant of one sector."""
    return Variant(
        id=f"{sector.id}_use",
        title=sector.title,
        formula=r"Q = Q_u",
        source=Citation("GARZE2017", "fresh water, use by sector from the water bulletin"),
        inputs={"quantity": Column(symbol="Q_u", units="m3/year")},
        kernel=water_used,
        output=Output(name="water", units="m3/year", total="m3/year", low=0, high=1e15),
        table="statistics",
        item=sector.id,
        note=Text(
            "不要计入水电、直流冷却等河道内过水；与水源涵养、水电同时计入时，同一水量会多次计价。",
            "Leave out water that only passes through (hydropower, once-through cooling). Beside "
            "water conservation and hydropower the same water is valued more than once.",
        ),
    )


VARIANTS = tuple(use_of(sector) for sector in SECTORS)
