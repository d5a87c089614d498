"""What cooling is worth: the price of the electricity it saves."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def electricity_value(physical: Pixels, electricity_price: Pixels) -> Pixels:
    """Return what the electricity would cost."""
    return physical * electricity_price


ELECTRICITY = Valuation(
    id="electricity",
    title=Text("电价替代成本法", "Price of electricity"),
    formula=r"V = E \, p",
    source=Citation("GARZE2017", "climate regulation, value"),
    inputs={
        "physical": Layer(symbol="E", units="kWh/year"),
        "electricity_price": Factor(symbol="p", units="CNY/kWh"),
    },
    kernel=electricity_value,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="replacement cost",
    family="electricity",
)
