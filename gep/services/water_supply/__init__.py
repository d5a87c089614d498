"""Water supply (水资源供给): fresh water that people take from the ecosystems."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.water_supply import clean_use, sector_use, values, water_balance
from gep.services.water_supply.items import ITEMS

SERVICE = Service(
    id="water_supply",
    title=Text("水资源供给", "Water supply"),
    group="provisioning",
    physical=Text("供水量", "water supplied"),
    total="m3/year",
    variants=(*sector_use.VARIANTS, *clean_use.VARIANTS, water_balance.VARIANT),
    valuations=(values.MARKET_PRICE, *values.TARIFFS),
    items=ITEMS,
)
