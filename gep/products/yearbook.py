"""The amount of products, by the yearbook."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def produced(quantity: Pixels) -> Pixels:
    """Return what is produced in a year."""
    return quantity


def yearbook(total: str) -> Variant:
    """Return the variant by the yearbook, of products that are summed in these units."""
    return Variant(
        id="yearbook",
        title=Text("统计产量", "Output by the yearbook"),
        formula=r"Q = \sum_k Q_k",
        source=Citation("GARZE2017", "material products, from the statistical yearbook"),
        inputs={"quantity": Column(symbol="Q_k", units=total)},
        kernel=produced,
        output=Output(name="output", units=total, total=total, low=0, high=1e15),
        table="statistics",
        note=Text(
            "每种产品一行，野生与种养的产品分行填写；单位与合计不同类的产品（如毛竹以株计）"
            "计入价值量，不计入功能量合计。",
            "One row a product; what grows wild and what is farmed have rows of their own. One in "
            "a unit of another kind (bamboo in culms) is in the value and not in the sum of "
            "amounts.",
        ),
    )
