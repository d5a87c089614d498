"""Dead wood and litter: what dies and what is left after a harvest; build-up on converted land."""

import numpy as np

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text
from sinks.dynamics.soil import linear_share

__all__ = [
    "DEAD_ORGANIC_BALANCE",
    "DEAD_ORGANIC_CHANGE",
    "DEAD_ORGANIC_RATIO",
    "MORTALITY",
    "SLASH",
    "dead_organic_balance",
    "dead_organic_by_ratio",
    "dead_organic_change",
    "mortality",
    "share_in_period",
    "slash",
]

SOURCE = "ipcc_2006_v4"
CARBON = "t_C/year"
FRACTION = Factor(symbol="CF", units="t_C/t_dm")


def dead_organic_balance(
    area: Pixels, dead_matter_in: Pixels, dead_matter_out: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the yearly change of a dead pool from what falls into it and what leaves it."""
    return area * (dead_matter_in - dead_matter_out) * carbon_fraction


def mortality(
    area: Pixels, above_ground_growth: Pixels, carbon_fraction: Pixels, mortality_share: Pixels
) -> Pixels:
    """Return the carbon of trees that die in a year, as a share of growth."""
    return area * above_ground_growth * carbon_fraction * mortality_share


def slash(
    harvest: Pixels,
    expansion_of_removals: Pixels,
    root_shoot_ratio: Pixels,
    wood_density: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the carbon that a harvest leaves: crowns, stumps and roots, not the wood taken out."""
    felled = expansion_of_removals * (1 + root_shoot_ratio)
    return harvest * (felled - wood_density) * carbon_fraction


def share_in_period(
    stock_before: Pixels,
    stock_after: Pixels,
    years_over: Pixels,
    years_over_next: Pixels,
    transition_years: Pixels,
) -> Pixels:
    """Return which share of the difference of two stocks falls into a period, 0 to 1.

    More builds up linearly; less is there at once, in the first year.
    """
    linear = linear_share(years_over, years_over_next, transition_years)
    at_once = np.where((years_over <= 0) & (years_over_next > 0), 1.0, 0.0)
    return np.where(stock_after < stock_before, at_once, linear)


def dead_organic_change(
    stock_before: Pixels,
    stock_after: Pixels,
    years_over: Pixels,
    years_over_next: Pixels,
    transition_years: Pixels,
) -> Pixels:
    """Return the change of dead matter of a hectare over a period; a gain is positive."""
    share = share_in_period(
        stock_before, stock_after, years_over, years_over_next, transition_years
    )
    return (stock_after - stock_before) * share


def dead_organic_by_ratio(tree_carbon: Pixels, dead_organic_ratio: Pixels) -> Pixels:
    """Return the carbon of dead wood or litter as a share of that of the trees (AR-TOOL12)."""
    return tree_carbon * dead_organic_ratio


DEAD_ORGANIC_BALANCE = Model(
    id="dead_organic_balance",
    title=Text("死有机质收支", "Balance of dead organic matter"),
    formula=r"\Delta C_{DOM} = A \cdot (DOM_{in} - DOM_{out}) \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.18"),
    inputs={
        "area": Column(symbol="A", units="ha"),
        "dead_matter_in": Column(symbol="DOM_{in}", units="t_dm/(ha*year)"),
        "dead_matter_out": Column(symbol="DOM_{out}", units="t_dm/(ha*year)"),
        "carbon_fraction": FRACTION,
    },
    kernel=dead_organic_balance,
    output=Output(name="change", units=CARBON, total=CARBON, low=-1e9, high=1e9),
    note=Text("Tier 1：一直是林地的土地变化为 0。", "Tier 1: no change on land that stays forest."),
)
MORTALITY = Model(
    id="mortality",
    title=Text("枯死量", "Carbon of trees that die"),
    formula=r"L_{mortality} = A \cdot G_W \cdot CF \cdot m",
    source=Citation(SOURCE, "ch. 2, eq. 2.21"),
    inputs={
        "area": Column(symbol="A", units="ha"),
        "above_ground_growth": Column(symbol="G_W", units="t_dm/(ha*year)"),
        "carbon_fraction": FRACTION,
        "mortality_share": Column(symbol="m", units="1"),
    },
    kernel=mortality,
    output=Output(name="loss", units=CARBON, total=CARBON, low=0, high=1e9),
)
SLASH = Model(
    id="slash",
    title=Text("采伐剩余物", "Slash left by a harvest"),
    formula=r"L_{slash} = H \cdot [BCEF_R (1 + R) - D] \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.22"),
    inputs={
        "harvest": Column(symbol="H", units="m3/year"),
        "expansion_of_removals": Column(symbol="BCEF_R", units="t_dm/m3"),
        "root_shoot_ratio": Column(symbol="R", units="t_dm/t_dm"),
        "wood_density": Column(symbol="D", units="t_dm/m3"),
        "carbon_fraction": FRACTION,
    },
    kernel=slash,
    output=Output(name="slash", units=CARBON, total=CARBON, low=0, high=1e9),
)
DEAD_ORGANIC_CHANGE = Model(
    id="dead_organic_change",
    title=Text("转变土地上的枯死木与枯落物", "Dead wood and litter of converted land"),
    formula=r"\Delta C_{DOM} = (C_n - C_o) \, s,\quad s = \min(t_2 / T, 1) - \min(t_1 / T, 1)"
    r"\ (C_n \ge C_o),\quad s = [t_1 = 0 < t_2]\ (C_n < C_o)",
    source=Citation(SOURCE, "ch. 2, eq. 2.23: A (C_n - C_o) / T a year; Tier 1 loses at once"),
    inputs={
        "stock_before": Column(symbol="C_o", units="t_C/ha"),
        "stock_after": Column(symbol="C_n", units="t_C/ha"),
        "years_over": Column(symbol="t_1", units="year"),
        "years_over_next": Column(symbol="t_2", units="year"),
        "transition_years": Factor(
            symbol="T", units="year", choose="ipcc-2006", table="soil_transition_years"
        ),
    },
    kernel=dead_organic_change,
    output=Output(name="change", units="t_C/ha", total="t_C", low=-1000, high=1000),
    note=Text(
        "增多的部分在 T 年内线性积累；减少的部分在转变当年一次计入。",
        "What there is more of builds up linearly in T years; what there is less of is lost in the "
        "first year.",
    ),
)
DEAD_ORGANIC_RATIO = Model(
    id="dead_organic_ratio",
    title=Text("按林木碳比例的枯死木与枯落物", "Dead wood and litter as a share of tree carbon"),
    formula=r"C_{DOM} = C_{tree} \cdot DF",
    source=Citation("cdm_ar_tool12", "extract: default factors of dead wood and litter"),
    inputs={
        "tree_carbon": Column(symbol="C_{tree}", units="t_C"),
        "dead_organic_ratio": Factor(symbol="DF", units="1"),
    },
    kernel=dead_organic_by_ratio,
    output=Output(name="carbon", units="t_C", total="t_C", low=0, high=1e9),
)
