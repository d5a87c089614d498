"""Hours that residents spend in parks, woods and by the water (LE_TIME, amount)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def hours_spent(residents: Pixels, leisure_visits: Pixels, leisure_hours: Pixels) -> Pixels:
    """Return the hours of leisure in a year."""
    return residents * leisure_visits * leisure_hours


VARIANT = Variant(
    id="time_spent",
    title=Text("休闲时间法", "Time spent"),
    formula=r"T = \sum_k P_k \, n \, h",
    source=Citation("RECALL", "Shenzhen and NDRC 2022, texts not read; LE_TIME"),
    inputs={
        "residents": Column(symbol="P_k", units="1"),
        "leisure_visits": Factor(symbol="n", units="visit/year"),
        "leisure_hours": Factor(symbol="h", units="hour/visit"),
    },
    kernel=hours_spent,
    output=Output(name="time", units="hour/year", total="hour/year", low=0, high=1e14),
    table="statistics",
    note=Text(
        "每人每年次数与每次时长来自当地调查，须由用户提供；与旅游的人群不得重复。",
        "Visits of a resident in a year and hours of a visit come from a local survey and have to "
        "be given. Nobody may be counted here and under tourism too.",
    ),
)
