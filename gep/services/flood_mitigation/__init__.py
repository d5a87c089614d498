"""Flood mitigation (洪水调蓄): storm water that lakes, reservoirs, marshes and plants hold back."""

from data_catalog.text import Text
from gep.service import Item, Service
from gep.services.flood_mitigation import (
    flood_capacity,
    lake_events,
    lake_model,
    marsh_soil,
    marsh_surface,
    reservoir_share,
    storm_regression,
    storm_runoff,
)
from gep.services.water_conservation.values import STORAGE_COST, STORAGE_COST_ANNUAL

SERVICE = Service(
    id="flood_mitigation",
    title=Text("洪水调蓄", "Flood mitigation"),
    group="regulating",
    physical=Text("调蓄洪水量", "flood water held back"),
    total="m3/year",
    variants=(
        lake_model.VARIANT,
        lake_events.VARIANT,
        reservoir_share.VARIANT,
        flood_capacity.VARIANT,
        marsh_surface.VARIANT,
        marsh_soil.VARIANT,
        storm_runoff.VARIANT,
        storm_regression.VARIANT,
    ),
    valuations=(STORAGE_COST, STORAGE_COST_ANNUAL),
    items=(
        Item("lake", Text("湖泊", "lakes")),
        Item("reservoir", Text("水库", "reservoirs")),
        Item("marsh", Text("沼泽", "marshes")),
        Item("vegetation", Text("植被", "vegetation")),
    ),
)
