"""What conserved water is worth: the cost of storing as much in a reservoir, or a tariff."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation

PHYSICAL = Layer(symbol="Q", units="m3/year")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def storage_cost(physical: Pixels, reservoir_storage_cost: Pixels) -> Pixels:
    """Return the cost of storing the water, at the full unit cost of a reservoir."""
    return physical * reservoir_storage_cost


def storage_cost_annual(
    physical: Pixels,
    reservoir_construction_cost: Pixels,
    depreciation_share: Pixels,
    reservoir_running_cost: Pixels,
) -> Pixels:
    """Return a year's cost of storing the water: depreciation and running of a reservoir."""
    return physical * (reservoir_construction_cost * depreciation_share + reservoir_running_cost)


def water_price(physical: Pixels, water_tariff: Pixels) -> Pixels:
    """Return what the water would cost at a tariff."""
    return physical * water_tariff


STORAGE_COST = Valuation(
    id="storage_cost",
    title=Text("影子工程法（库容造价）", "Replacement cost, full unit cost of storage"),
    formula=r"V = Q \, C",
    source=Citation("GARZE2017", "water conservation, value; WCV_FULL"),
    inputs={
        "physical": PHYSICAL,
        "reservoir_storage_cost": Factor(symbol="C", units="CNY/m3"),
    },
    kernel=storage_cost,
    output=YUAN,
    method="replacement cost",
    family="storage",
)

STORAGE_COST_ANNUAL = Valuation(
    id="storage_cost_annual",
    title=Text("影子工程法（年化）", "Replacement cost, a year's cost of storage"),
    formula=r"V = Q \, (C D + O)",
    source=Citation("RECALL", "CAEP 2020, text not read; WCV_ANNUAL"),
    inputs={
        "physical": PHYSICAL,
        "reservoir_construction_cost": Factor(symbol="C", units="CNY/m3"),
        "depreciation_share": Factor(symbol="D", units="1"),
        "reservoir_running_cost": Factor(symbol="O", units="CNY/m3"),
    },
    kernel=storage_cost_annual,
    output=YUAN,
    method="replacement cost",
    family="storage",
)

WATER_TARIFF = Valuation(
    id="water_tariff",
    title=Text("水价法", "Water tariff"),
    formula=r"V = Q \, p",
    source=Citation("RECALL", "NDRC 2022, text not read; WCV_TARIFF"),
    inputs={"physical": PHYSICAL, "water_tariff": Factor(symbol="p", units="CNY/m3")},
    kernel=water_price,
    output=YUAN,
    method="market price",
    family="storage",
)
