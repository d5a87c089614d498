"""The pollutants that norms account for in water."""

from data_catalog.text import Text
from gep.service import Item

OXYGEN_DEMAND = Item(
    "chemical_oxygen_demand", Text("化学需氧量（COD）", "chemical oxygen demand (COD)")
)
AMMONIA = Item("ammonia_nitrogen", Text("氨氮", "ammonia nitrogen"))
NITROGEN = Item("total_nitrogen", Text("总氮（含氨氮）", "total nitrogen (ammonia included)"))
PHOSPHORUS = Item("total_phosphorus", Text("总磷", "total phosphorus"))
ITEMS = (OXYGEN_DEMAND, AMMONIA, NITROGEN, PHOSPHORUS)
