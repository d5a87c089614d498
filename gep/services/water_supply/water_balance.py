"""Water that a lake or wetland supplies, by its balance (WS_BALANCE)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.water_supply.items import WATER_BODY


def water_supplied(
    inflow: Pixels,
    rain_volume: Pixels,
    outflow: Pixels,
    evaporation_volume: Pixels,
    storage_change: Pixels,
) -> Pixels:
    """Return what the balance leaves to be taken; negative where it does not close."""
    return inflow + rain_volume - outflow - evaporation_volume - storage_change


VARIANT = Variant(
    id="water_balance",
    title=Text("湖泊湿地水量平衡法", "Balance of a lake or wetland"),
    formula=r"Q = I + P - O - E - \Delta S",
    source=Citation("BAIYANG2017", "water supply, balance of the wetland"),
    inputs={
        "inflow": Column(symbol="I", units="m3/year"),
        "rain_volume": Column(symbol="P", units="m3/year"),
        "outflow": Column(symbol="O", units="m3/year"),
        "evaporation_volume": Column(symbol="E", units="m3/year"),
        "storage_change": Column(symbol=r"\Delta S", units="m3/year"),
    },
    kernel=water_supplied,
    output=Output(name="water", units="m3/year", total="m3/year", low=-3e12, high=3e12),
    table="statistics",
    item=WATER_BODY.id,
    note=Text(
        "从该湖取用的水若已按用途计入，不要再计一次。",
        "Do not count the water a second time that is in the use by sector and taken from it.",
    ),
)
