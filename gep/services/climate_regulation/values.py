"""What cooling is worth: the electricity it saves, or the water vapour that cools."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.climate_regulation.vapour import VAPOUR

PHYSICAL = Layer(symbol="E", units="kWh/year")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def electricity_value(physical: Pixels, electricity_price: Pixels) -> Pixels:
    """Return what the electricity would cost."""
    return physical * electricity_price


def vapour_value(
    physical: Pixels, water_density: Pixels, latent_heat: Pixels, vapour_price: Pixels
) -> Pixels:
    """Return what the water vapour is worth that takes up this latent heat."""
    water = physical / (water_density * latent_heat)
    return water * vapour_price


ELECTRICITY = Valuation(
    id="electricity",
    title=Text("电价替代成本法", "Price of electricity"),
    formula=r"V = E \, p",
    source=Citation("GARZE2017", "climate regulation, value"),
    inputs={
        "physical": PHYSICAL,
        "electricity_price": Factor(symbol="p", units="CNY/kWh"),
    },
    kernel=electricity_value,
    output=YUAN,
    method="replacement cost",
    family="cooling",
)

VAPOUR_PRICE = Valuation(
    id="vapour_price",
    title=Text("按水汽体积计价", "Price of water vapour"),
    formula=r"V = \frac{E}{\rho q} \, p",
    source=Citation("GAOTIAN2017", "climate regulation, value; LC_VAPOUR"),
    inputs={
        "physical": PHYSICAL,
        "water_density": Factor(symbol=r"\rho", units="kg/m3", choose="physics"),
        "latent_heat": Factor(symbol="q", units="kWh/kg"),
        "vapour_price": Factor(symbol="p", units="CNY/m3"),
    },
    kernel=vapour_value,
    output=YUAN,
    method="market price",
    family="cooling",
    item=VAPOUR.id,
)
