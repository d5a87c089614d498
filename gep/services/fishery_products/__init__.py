"""Fishery products (渔业产品): fish and what else waters yield."""

from data_catalog.text import Text
from gep import products

SERVICE = products.service(
    "fishery_products",
    Text("渔业产品", "Fishery products"),
    Text("水产品产量", "output of fisheries"),
    "t/year",
)
