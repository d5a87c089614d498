"""Natural vegetation as mapped (PC_AREA)."""

from data_catalog.spec import Citation, Layer, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.areas import SHARE


def natural(natural_vegetation: Pixels) -> Pixels:
    """Return the share of the ground under natural vegetation, 0 to 1."""
    return natural_vegetation


VARIANT = Variant(
    id="natural_area",
    title=Text("天然植被面积（图层）", "Natural vegetation, from a layer"),
    formula=r"Q = \sum A \, n",
    source=Citation("GARZE2017", "pest control: natural forest and natural grassland; PC_AREA"),
    inputs={"natural_vegetation": Layer(symbol="n", units="1")},
    kernel=natural,
    output=SHARE,
    note=Text(
        "土地覆盖分不出天然与人工：图层可由森林资源二类调查的起源字段制作。",
        "Land cover does not tell natural from planted: the stand origin of a forest inventory "
        "does.",
    ),
)
