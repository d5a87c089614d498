"""Who water is supplied to, and the water bodies whose own balance is drawn up."""

from data_catalog.text import Text
from gep.service import Item

SECTORS = (
    Item("domestic", Text("生活用水", "domestic use")),
    Item("industrial", Text("工业用水", "industrial use")),
    Item("agricultural", Text("农业用水", "agricultural use")),
)
WATER_BODY = Item("water_body", Text("湖泊湿地供水", "supply from lakes and wetlands"))
ITEMS = (*SECTORS, WATER_BODY)
