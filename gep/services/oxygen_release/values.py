"""What released oxygen is worth: the price of industrial oxygen."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def oxygen_value(physical: Pixels, oxygen_price: Pixels) -> Pixels:
    """Return what the oxygen would cost from industry."""
    return physical * oxygen_price


INDUSTRIAL_OXYGEN = Valuation(
    id="industrial_oxygen",
    title=Text("工业制氧法", "Price of industrial oxygen"),
    formula=r"V = Q \, P_{O_2}",
    source=Citation("GARZE2017", "oxygen release, value at the price of industrial oxygen"),
    inputs={
        "physical": Layer(symbol="Q", units="t_O2/year"),
        "oxygen_price": Factor(symbol="P_{O_2}", units="CNY/t_O2"),
    },
    kernel=oxygen_value,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="replacement cost",
    family="oxygen",
)
