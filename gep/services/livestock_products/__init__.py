"""Livestock products (畜牧业产品): meat, milk, eggs and wool."""

from data_catalog.text import Text
from gep import products

SERVICE = products.service(
    "livestock_products",
    Text("畜牧业产品", "Livestock products"),
    Text("畜产品产量", "output of livestock"),
    "t/year",
)
