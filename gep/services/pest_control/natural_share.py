"""Natural vegetation as a share of each class (PC_AREA)."""

from data_catalog.spec import Citation
from data_catalog.text import Text
from gep.services import areas

VARIANT = areas.by_class(
    "natural_share",
    Text("天然植被面积（分类比例）", "Natural vegetation, a share of each class"),
    Citation("GARZE2017", "pest control: natural forest and natural grassland; PC_AREA"),
    Text(
        "全区一个比例：合计正确，但各宗地之间分不出天然与人工。",
        "One share for the region: right in total, but it does not tell one parcel from another.",
    ),
)
