"""What leisure is worth: the time it takes (LE_TIME)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def value_of_time(physical: Pixels, leisure_time_value: Pixels) -> Pixels:
    """Return what the hours of leisure are worth."""
    return physical * leisure_time_value


TIME_VALUE = Valuation(
    id="time_value",
    title=Text("时间价值法", "Value of time"),
    formula=r"V = T \, w",
    source=Citation("RECALL", "Shenzhen and NDRC 2022, texts not read; LE_TIME"),
    inputs={
        "physical": Layer(symbol="T", units="hour/year"),
        "leisure_time_value": Factor(symbol="w", units="CNY/hour"),
    },
    kernel=value_of_time,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e17),
    method="opportunity cost",
    family="time",
)
