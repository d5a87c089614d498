"""Flood mitigation (洪水调蓄): the storm water that lakes, reservoirs and marshes hold back."""

from data_catalog.text import Text
from gep.service import Item, Service
from gep.services.flood_mitigation import lake_model, marsh_surface, reservoir_share
from gep.services.water_conservation.values import STORAGE_COST, STORAGE_COST_ANNUAL

SERVICE = Service(
    id="flood_mitigation",
    title=Text("洪水调蓄", "Flood mitigation"),
    group="regulating",
    physical=Text("调蓄洪水量", "flood water held back"),
    total="m3/year",
    variants=(lake_model.VARIANT, reservoir_share.VARIANT, marsh_surface.VARIANT),
    valuations=(STORAGE_COST, STORAGE_COST_ANNUAL),
    items=(
        Item("lake", Text("湖泊", "lakes")),
        Item("reservoir", Text("水库", "reservoirs")),
        Item("marsh", Text("沼泽", "marshes")),
    ),
)
