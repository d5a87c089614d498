"""Soil organic carbon: stock by factors, linear transition after conversion, AR-TOOL16.

Depth is that of the reference stocks, 0 to 30 cm in IPCC 2006; stocks of other depths never mix
with them. Organic soil loses carbon every year that it is drained, by a factor of its own.
"""

import numpy as np

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text

__all__ = [
    "AFFORESTED_SOIL",
    "ORGANIC_SOIL",
    "SOIL_CHANGE",
    "SOIL_STOCK",
    "afforested_soil_rate",
    "linear_share",
    "organic_soil_loss",
    "soil_change",
    "soil_stock",
]

DENSITY, RATE = "t_C/ha", "t_C/(ha*year)"
SOURCE = "ipcc_2006_v4"
TRANSITION = Factor(symbol="D", units="year", choose="ipcc-2006")


def soil_stock(
    soil_carbon_reference: Pixels,
    soil_land_use_factor: Pixels,
    soil_management_factor: Pixels,
    soil_input_factor: Pixels,
) -> Pixels:
    """Return the carbon of mineral soil at equilibrium under a use of land."""
    change = soil_land_use_factor * soil_management_factor * soil_input_factor
    return soil_carbon_reference * change


def linear_share(years_over: Pixels, years_over_next: Pixels, transition_years: Pixels) -> Pixels:
    """Return which share of a linear transition falls into a period, 0 to 1.

    Parameters
    ----------
    years_over, years_over_next : array, year
        Years of the transition that are over at the start and at the end of the period; 0 before
        the conversion.
    """
    done, done_next = (
        np.clip(years / transition_years, 0, 1) for years in (years_over, years_over_next)
    )
    return done_next - done


def soil_change(
    stock_before: Pixels,
    stock_after: Pixels,
    years_over: Pixels,
    years_over_next: Pixels,
    soil_transition_years: Pixels,
) -> Pixels:
    """Return the change of soil carbon of a hectare over a period; a gain is positive."""
    share = linear_share(years_over, years_over_next, soil_transition_years)
    return (stock_after - stock_before) * share


def organic_soil_loss(area: Pixels, organic_soil_emission_factor: Pixels) -> Pixels:
    """Return the carbon that drained organic soil loses in a year; a loss is positive."""
    return area * organic_soil_emission_factor


def afforested_soil_rate(
    soil_carbon_reference: Pixels,
    stock_before: Pixels,
    soil_disturbance_loss: Pixels,
    soil_transition_years: Pixels,
    soil_rate_cap: Pixels,
) -> Pixels:
    """Return the yearly gain of soil carbon that AR-TOOL16 credits to planted land.

    `stock_before` is the stock under the former use, of which site preparation releases the share
    `soil_disturbance_loss` in its own year (0 where the disturbed area is small enough).
    """
    left = stock_before * (1 - soil_disturbance_loss)
    rate = (soil_carbon_reference - left) / soil_transition_years
    return np.minimum(rate, soil_rate_cap)


SOIL_STOCK = Model(
    id="soil_stock",
    title=Text("矿质土壤有机碳储量", "Carbon of mineral soil"),
    formula=r"SOC = SOC_{REF} \cdot F_{LU} \cdot F_{MG} \cdot F_I",
    source=Citation(SOURCE, "ch. 2, eq. 2.25"),
    inputs={
        "soil_carbon_reference": Factor(symbol="SOC_{REF}", units=DENSITY),
        "soil_land_use_factor": Factor(symbol="F_{LU}", units="1"),
        "soil_management_factor": Factor(symbol="F_{MG}", units="1"),
        "soil_input_factor": Factor(symbol="F_I", units="1"),
    },
    kernel=soil_stock,
    output=Output(name="soil_carbon", units=DENSITY, total="t_C", low=0, high=1000),
)
SOIL_CHANGE = Model(
    id="soil_change",
    title=Text("土地利用转变后的土壤碳变化", "Change of soil carbon after conversion"),
    formula=r"\Delta SOC = (SOC_{new} - SOC_{old}) \, "
    r"\left[\min(t_2 / D, 1) - \min(t_1 / D, 1)\right]",
    source=Citation(SOURCE, "ch. 2, eq. 2.25: (SOC_0 - SOC_(0-T)) / D a year, D = 20 years"),
    inputs={
        "stock_before": Column(symbol="SOC_{old}", units=DENSITY),
        "stock_after": Column(symbol="SOC_{new}", units=DENSITY),
        "years_over": Column(symbol="t_1", units="year"),
        "years_over_next": Column(symbol="t_2", units="year"),
        "soil_transition_years": TRANSITION,
    },
    kernel=soil_change,
    output=Output(name="soil_carbon", units=DENSITY, total="t_C", low=-1000, high=1000),
    note=Text(
        "t_1、t_2 为期初、期末已经过的转变年数；转变满 D 年恰好达到新的储量，不再变化。",
        "t_1 and t_2 are the years of the transition that are over at the start and at the end of "
        "the period. After D years the new stock is reached exactly, and stays.",
    ),
)
ORGANIC_SOIL = Model(
    id="organic_soil_loss",
    title=Text("排水有机土壤的碳损失", "Carbon lost from drained organic soil"),
    formula=r"L_{organic} = A \cdot EF",
    source=Citation(SOURCE, "ch. 2, eq. 2.26"),
    inputs={
        "area": Column(symbol="A", units="ha"),
        "organic_soil_emission_factor": Factor(symbol="EF", units=RATE),
    },
    kernel=organic_soil_loss,
    output=Output(name="loss", units="t_C/year", total="t_C/year", low=0, high=1e9),
    note=Text(
        "没有可核对的排放因子 EF，须由用户给出。",
        "No emission factor could be checked against a source: it has to be given.",
    ),
)
AFFORESTED_SOIL = Model(
    id="afforested_soil_rate",
    title=Text("造林地土壤碳年增量（AR-TOOL16）", "Soil carbon gained by planted land (AR-TOOL16)"),
    formula=r"dSOC = \min\left(\frac{SOC_{REF} - SOC_{old} (1 - f_{loss})}{D},\ dSOC_{max}\right)",
    source=Citation("cdm_ar_tool16", "extract: as IPCC 2.25, 10 % disturbance loss, cap"),
    inputs={
        "soil_carbon_reference": Factor(symbol="SOC_{REF}", units=DENSITY),
        "stock_before": Column(symbol="SOC_{old}", units=DENSITY),
        "soil_disturbance_loss": Factor(symbol="f_{loss}", units="1", choose="cdm-ar-tool16"),
        "soil_transition_years": TRANSITION,
        "soil_rate_cap": Factor(symbol="dSOC_{max}", units=RATE, choose="cdm-ar-tool16"),
    },
    kernel=afforested_soil_rate,
    output=Output(name="soil_carbon", units=RATE, total="t_C/year", low=-100, high=100),
    note=Text(
        "整地当年释放 SOC_old 的 f_loss；整地扰动面积小时取 0。",
        "Site preparation releases the share f_loss of SOC_old in its own year; none where "
        "little of the land is disturbed.",
    ),
)
