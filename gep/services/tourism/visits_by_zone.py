"""Visits by the zones that visitors come from (TC_ZONAL, amount)."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def visits_paid(visitors: Pixels) -> Pixels:
    """Return the visits from a zone in a year."""
    return visitors


VARIANT = Variant(
    id="visits_by_zone",
    title=Text("分客源地游客人次", "Visits by zone of origin"),
    formula=r"N = \sum_z N_z",
    source=Citation("RECALL", "CAEP 2020, text not read; TC_ZONAL"),
    inputs={"visitors": Column(symbol="N_z", units="visit/year")},
    kernel=visits_paid,
    output=Output(name="visits", units="visit/year", total="visit/year", low=0, high=1e10),
    table="visitors",
    note=Text(
        "与日常休闲的人群不得重复。",
        "Nobody may be counted here and under leisure too.",
    ),
)
