"""Agricultural products (农业产品): what fields and orchards yield."""

from data_catalog.text import Text
from gep import products

SERVICE = products.service(
    "agricultural_products",
    Text("农业产品", "Agricultural products"),
    Text("农产品产量", "output of crops"),
    "t/year",
)
