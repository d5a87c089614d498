"""Irreplaceability of habitats, an index and not a value (SP_NONE)."""

from data_catalog.spec import Citation, Layer, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.areas import SHARE


def irreplaceable(irreplaceability: Pixels) -> Pixels:
    """Return how often a place is needed to reach the targets of protection, 0 to 1."""
    return irreplaceability


VARIANT = Variant(
    id="irreplaceability",
    title=Text("生境不可替代性指数", "Irreplaceability of habitats"),
    formula=r"Q = \sum A \, I",
    source=Citation("HJ1173", "A.4, index 0 to 100 by Marxan; SP_NONE"),
    inputs={"irreplaceability": Layer(symbol="I", units="1")},
    kernel=irreplaceable,
    output=SHARE,
    note=Text(
        "规范只报告指数，不估价。结果是以指数加权的面积，除以面积即平均指数。"
        "HJ 1173 表 1 写 0-1，A.4 写 0-100，按百分数即一致。",
        "The norm reports the index and does not value it. The result is the area weighted by "
        "the index: over the area it is the mean index. Table 1 of HJ 1173 says 0-1 and A.4 says "
        "0-100, which is the same in percent.",
    ),
)
