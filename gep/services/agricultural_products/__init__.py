"""Agricultural products (农业产品): what fields and orchards yield."""

from data_catalog.text import Text
from gep.service import Service
from gep.services import products

SERVICE = Service(
    id="agricultural_products",
    title=Text("农业产品", "Agricultural products"),
    group="provisioning",
    physical=Text("农产品产量", "output of crops"),
    total="t/year",
    variants=(products.VARIANT,),
    valuations=products.VALUATIONS,
)
