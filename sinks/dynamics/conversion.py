"""Biomass of land that changes its use: the difference of stocks, in the year of conversion."""

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text

__all__ = ["CONVERSION", "CONVERTED_LAND", "conversion", "converted_land"]

SOURCE = "ipcc_2006_v4"
CARBON = "t_C/year"


def conversion(
    area_converted: Pixels, biomass_before: Pixels, biomass_after: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the change of biomass carbon by conversion; clearing is negative.

    `biomass_after` is what stands right after the conversion: nothing, if the land is cleared.
    """
    return area_converted * (biomass_after - biomass_before) * carbon_fraction


def converted_land(carbon_gain: Pixels, by_conversion: Pixels, carbon_loss: Pixels) -> Pixels:
    """Return the yearly change of biomass carbon of converted land; a gain is positive."""
    return carbon_gain + by_conversion - carbon_loss


CONVERSION = Model(
    id="biomass_conversion",
    title=Text("土地转变当年的生物量碳变化", "Biomass carbon changed by conversion"),
    formula=r"\Delta C_{CONV} = \Delta A \cdot (B_{after} - B_{before}) \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.16"),
    inputs={
        "area_converted": Column(symbol=r"\Delta A", units="ha/year"),
        "biomass_before": Column(symbol="B_{before}", units="t_dm/ha"),
        "biomass_after": Column(symbol="B_{after}", units="t_dm/ha"),
        "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm"),
    },
    kernel=conversion,
    output=Output(name="change", units=CARBON, total=CARBON, low=-1e9, high=1e9),
    note=Text(
        "全部计入转变当年；B_after 为转变后立即存在的生物量，清林后为 0。",
        "All of it counts in the year of conversion. B_after is what stands right after it: 0 "
        "where the land is cleared.",
    ),
)
CONVERTED_LAND = Model(
    id="converted_land",
    title=Text("转变土地的生物量碳年变化", "Yearly change of biomass carbon of converted land"),
    formula=r"\Delta C_B = \Delta C_G + \Delta C_{CONV} - \Delta C_L",
    source=Citation(SOURCE, "ch. 2, eq. 2.15"),
    inputs={
        "carbon_gain": Column(symbol=r"\Delta C_G", units=CARBON),
        "by_conversion": Column(symbol=r"\Delta C_{CONV}", units=CARBON),
        "carbon_loss": Column(symbol=r"\Delta C_L", units=CARBON),
    },
    kernel=converted_land,
    output=Output(name="change", units=CARBON, total=CARBON, low=-1e9, high=1e9),
)
