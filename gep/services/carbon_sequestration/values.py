"""What carbon taken up is worth: a price per tonne of carbon dioxide, or of carbon."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation

PHYSICAL = Layer(symbol="Q", units="t_CO2e/year")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def carbon_dioxide_value(physical: Pixels, carbon_price: Pixels) -> Pixels:
    """Return the value of the carbon dioxide at a price per tonne of it."""
    return physical * carbon_price


def carbon_value(
    physical: Pixels, co2_per_carbon: Pixels, carbon_price_per_carbon: Pixels
) -> Pixels:
    """Return the value of the carbon dioxide at a price per tonne of carbon."""
    carbon = physical / co2_per_carbon
    return carbon * carbon_price_per_carbon


CARBON_PRICE = Valuation(
    id="carbon_price",
    title=Text("按二氧化碳吨价", "Price per tonne of carbon dioxide"),
    formula=r"V = Q \, P_{CO_2}",
    source=Citation("GARZE2017", "carbon fixation, value at the cost of afforestation"),
    inputs={
        "physical": PHYSICAL,
        "carbon_price": Factor(symbol="P_{CO_2}", units="CNY/t_CO2e"),
    },
    kernel=carbon_dioxide_value,
    output=YUAN,
    method="replacement cost",
    family="carbon",
)

PER_TONNE_CARBON = Valuation(
    id="per_tonne_carbon",
    title=Text("按碳吨价", "Price per tonne of carbon"),
    formula=r"V = \tfrac{12}{44} \, Q \, P_C",
    source=Citation("SDCARBON2018", "value of carbon at 1200 CNY per tonne of carbon"),
    inputs={
        "physical": PHYSICAL,
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
        "carbon_price_per_carbon": Factor(symbol="P_C", units="CNY/t_C"),
    },
    kernel=carbon_value,
    output=YUAN,
    method="replacement cost",
    family="carbon",
)
