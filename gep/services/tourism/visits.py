"""Visits of a year by the statistics."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def visits_paid(quantity: Pixels) -> Pixels:
    """Return the visits of a year."""
    return quantity


VARIANT = Variant(
    id="visits",
    title=Text("统计游客人次", "Visits by the statistics"),
    formula=r"N = \sum_k N_k",
    source=Citation("BAIYANG2017", "recreation, visits of the year"),
    inputs={"quantity": Column(symbol="N_k", units="visit/year")},
    kernel=visits_paid,
    output=Output(name="visits", units="visit/year", total="visit/year", low=0, high=1e15),
    table="statistics",
    note=Text(
        "与日常休闲的人群不得重复。",
        "Nobody may be counted here and under leisure too.",
    ),
)
