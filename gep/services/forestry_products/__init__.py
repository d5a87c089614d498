"""Forestry products (林业产品): timber, bamboo and what else forests yield."""

from data_catalog.text import Text
from gep import products

SERVICE = products.service(
    "forestry_products",
    Text("林业产品", "Forestry products"),
    Text("林产品产量", "output of forests"),
    "m3/year",
)
