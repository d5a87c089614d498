"""The pollutants that norms account for in the air."""

from data_catalog.text import Text
from gep.service import Item

SULPHUR_DIOXIDE = Item("sulphur_dioxide", Text("二氧化硫", "sulphur dioxide"))
NITROGEN_OXIDES = Item("nitrogen_oxides", Text("氮氧化物", "nitrogen oxides"))
DUST = Item("dust", Text("工业粉尘（滞尘）", "dust"))
ITEMS = (SULPHUR_DIOXIDE, NITROGEN_OXIDES, DUST)
