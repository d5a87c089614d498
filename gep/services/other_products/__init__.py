"""Other products (其他物质产品): ornamental plants, seedlings and germplasm."""

from data_catalog.text import Text
from gep import products

SERVICE = products.service(
    "other_products",
    Text("其他物质产品", "Other products"),
    Text("观赏植物、种苗等产量", "output of ornamental plants and seedlings"),
    "stem/year",
)
