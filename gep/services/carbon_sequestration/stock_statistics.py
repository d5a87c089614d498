"""Uptake as the yearly change of the carbon stock that inventories state (CF_STOCK, table)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(carbon_stock_change: Pixels, co2_per_carbon: Pixels) -> Pixels:
    """Return the carbon dioxide taken up in a year; negative where the stock fell."""
    return carbon_stock_change * co2_per_carbon


VARIANT = Variant(
    id="stock_statistics",
    title=Text("碳储量变化法（清查表）", "Stock change, from a table"),
    formula=r"Q = \tfrac{44}{12} \, \Delta C",
    source=Citation("SDCARBON2018", "change of biomass carbon between two inventories"),
    inputs={
        "carbon_stock_change": Column(symbol=r"\Delta C", units="t_C/year"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/year", total="t_CO2e/year", low=-1e13, high=1e13
    ),
    table="statistics",
    note=Text(
        "每个地区（或宗地）一行，写在统计表的 carbon_stock_change 列：来自两期清查，或另一次运行的"
        "森林碳汇账户。",
        "A row for each region or parcel, in the column carbon_stock_change of the statistics: "
        "from two inventories, or from the forest carbon account of another run.",
    ),
)
