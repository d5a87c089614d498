"""Uptake as the change of the carbon stock between two years (CF_STOCK)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(
    carbon_stock: Pixels,
    carbon_stock_baseline: Pixels,
    stock_interval: Pixels,
    co2_per_carbon: Pixels,
) -> Pixels:
    """Return the carbon dioxide taken up a year; negative where the stock fell."""
    carbon_gain = (carbon_stock - carbon_stock_baseline) / stock_interval
    return carbon_gain * co2_per_carbon


VARIANT = Variant(
    id="stock_change",
    title=Text("碳储量变化法（库差法）", "Stock change"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, (C_2 - C_1) / T",
    source=Citation("SDCARBON2018", "change of biomass carbon between two inventories"),
    inputs={
        "carbon_stock": Layer(symbol="C_2", units="t_C/ha"),
        "carbon_stock_baseline": Layer(symbol="C_1", units="t_C/ha"),
        "stock_interval": Factor(symbol="T", units="year"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=-2e4, high=2e4
    ),
    note=Text(
        "两期之间的年数 T 由项目的核算年与基期年决定，须作为参数给出。",
        "The years between the stocks, T, follow from the project's years and have to be given.",
    ),
)
