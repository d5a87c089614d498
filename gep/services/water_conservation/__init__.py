"""Water conservation (水源涵养): the water that ecosystems keep back and let go slowly."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.water_conservation import (
    balance,
    balance_clipped,
    balance_runoff,
    forest_balance,
    integrated_storage,
    purification,
    rain_storage,
    retention_rate,
    supply,
    values,
    water_yield,
    yield_retention,
)

SERVICE = Service(
    id="water_conservation",
    title=Text("水源涵养", "Water conservation"),
    group="regulating",
    physical=Text("水源涵养量", "water conserved"),
    total="m3/year",
    variants=(
        balance.VARIANT,
        balance_clipped.VARIANT,
        balance_runoff.VARIANT,
        forest_balance.VARIANT,
        integrated_storage.VARIANT,
        rain_storage.VARIANT,
        retention_rate.VARIANT,
        water_yield.VARIANT,
        yield_retention.VARIANT,
        *supply.VARIANTS,
    ),
    valuations=(
        values.STORAGE_COST,
        values.STORAGE_COST_ANNUAL,
        values.WATER_TARIFF,
        purification.PURIFICATION,
    ),
    items=supply.ITEMS,
)
