"""Equations of the methodologies as declared models: displaced farming, CAR, ARB, CDM trees."""

import numpy as np

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text

__all__ = ["ARB_CREDITS", "BUFFER_PRODUCT", "CAR_REDUCTIONS", "DISPLACEMENT", "MODELS",
           "NET_REMOVAL", "RELATIVE_HALF_WIDTH", "SHRUB_BIOMASS", "TREE_CARBON",
           "buffer_product"]  # fmt: skip

CO2, SET = "t_CO2e", "ar-acm0003"
TO_CO2 = Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry")
FRACTION = Factor(symbol="CF", units="t_C/t_dm", choose=SET)


def net_removal(
    change: Pixels, baseline: Pixels, leakage: Pixels, non_permanence_share: Pixels
) -> Pixels:
    """Return the net removal of a vintage less its share against reversals; a gain positive."""
    return (change - baseline - leakage) * (1 - non_permanence_share)


def tree_carbon(biomass: Pixels, carbon_fraction: Pixels, co2_per_carbon: Pixels) -> Pixels:
    """Return the CO2 equivalent of the biomass of trees (AR-TOOL14)."""
    return co2_per_carbon * carbon_fraction * biomass


def shrub_biomass(
    crown_cover: Pixels, forest_biomass: Pixels, shrub_biomass_ratio: Pixels,
    shrub_cover_minimum: Pixels,
) -> Pixels:  # fmt: skip
    """Return the biomass of shrubs by their crown cover; none under the least cover."""
    biomass = shrub_biomass_ratio * forest_biomass * crown_cover
    return np.where(crown_cover < shrub_cover_minimum, 0, biomass)


def relative_half_width(mean: Pixels, standard_error: Pixels, quantile: Pixels) -> Pixels:
    """Return the half-width of the interval of a sample's mean over the mean."""
    return quantile * standard_error / np.abs(mean)


def displacement(
    area: Pixels,
    tree_biomass: Pixels,
    shrub_biomass: Pixels,
    displaced_biomass_factor: Pixels,
    tree_roots: Pixels,
    shrub_roots: Pixels,
    carbon_fraction: Pixels,
    co2_per_carbon: Pixels,
) -> Pixels:
    """Return what clearing land elsewhere for displaced farming emits; an emission is positive."""
    trees = displaced_biomass_factor * tree_biomass * (1 + tree_roots)
    shrubs = shrub_biomass * (1 + shrub_roots)
    return co2_per_carbon * (trees + shrubs) * carbon_fraction * area


def car_reductions(
    stock: Pixels, stock_before: Pixels, deduction: Pixels, deduction_before: Pixels,
    baseline_change: Pixels, soil_change: Pixels, products: Pixels, baseline_products: Pixels,
    secondary_effects: Pixels, carried: Pixels, product_share: Pixels,
) -> Pixels:  # fmt: skip
    """Return CAR's quantified reductions of a year; effects elsewhere and losses negative."""
    onsite = stock * (1 - deduction) - stock_before * (1 - deduction_before) - baseline_change
    wood = (products - baseline_products) * product_share
    return onsite + soil_change + wood + secondary_effects + carried


def arb_credits(
    onsite: Pixels, confidence_deduction: Pixels, baseline: Pixels, products: Pixels,
    baseline_products: Pixels, secondary_effects: Pixels, product_share: Pixels,
) -> Pixels:  # fmt: skip
    """Return California's offset credits of a first period; effects elsewhere are never a gain."""
    wood = product_share * (products - baseline_products)
    return onsite * (1 - confidence_deduction) - baseline + wood + np.minimum(0, secondary_effects)


def buffer_product(*risks: float) -> float:
    """Return the share set aside for risks that strike independently of each other."""
    return float(1 - np.prod([1 - risk for risk in risks]))


def _amounts(**symbols: str) -> dict[str, Column]:
    return {name: Column(symbol=symbol, units=CO2) for name, symbol in symbols.items()}


def _output(name: str, low: float = -1e12) -> Output:
    return Output(name=name, units=CO2, total=CO2, low=low, high=1e12)


NET_REMOVAL = Model(
    id="net_removal",
    title=Text("净移除量（CCER、AR-CM、CDM）", "Net removal (CCER, AR-CM, CDM)"),
    formula=r"CDR = (\Delta C_{PJ} - \Delta C_{BSL} - LK)(1 - K_{RISK})",
    source=Citation("ccer_14_001", "recalled; AR-CM-001: dC = dC_proj - dC_BSL"),
    inputs=_amounts(change=r"\Delta C_{PJ}", baseline=r"\Delta C_{BSL}", leakage="LK") | {
        "non_permanence_share": Factor(symbol="K_{RISK}", units="1")
    },
    kernel=net_removal,
    output=_output("removal"),
)  # fmt: skip
TREE_CARBON = Model(
    id="tree_carbon",
    title=Text("林木碳储量（AR-TOOL14）", "Carbon of trees (AR-TOOL14)"),
    formula=r"C = \frac{44}{12} CF \, B",
    source=Citation("cdm_ar_tool14", "version 4.2, carbon of trees"),
    inputs={
        "biomass": Column(symbol="B", units="t_dm"), "carbon_fraction": FRACTION,
        "co2_per_carbon": TO_CO2,
    },
    kernel=tree_carbon,
    output=_output("carbon", 0),
)  # fmt: skip
SHRUB_BIOMASS = Model(
    id="shrub_biomass",
    title=Text("灌木生物量（AR-TOOL14）", "Biomass of shrubs (AR-TOOL14)"),
    formula=r"b_S = BDR \, b_{FOREST} \, CC \quad (CC \ge CC_{min})",
    source=Citation("cdm_ar_tool14", "version 4.2, default method for shrubs"),
    inputs={
        "crown_cover": Column(symbol="CC", units="1"),
        "forest_biomass": Column(symbol="b_{FOREST}", units="t_dm/ha"),
        "shrub_biomass_ratio": Factor(symbol="BDR", units="1", choose=SET),
        "shrub_cover_minimum": Factor(symbol="CC_{min}", units="1", choose=SET),
    },
    kernel=shrub_biomass,
    output=Output(name="biomass", units="t_dm/ha", total="t_dm", low=0, high=1000),
)
RELATIVE_HALF_WIDTH = Model(
    id="relative_half_width",
    title=Text("样地均值的不确定性 U（AR-TOOL14）", "Uncertainty U of a mean of plots (AR-TOOL14)"),
    formula=r"U = t \, s_{\bar b} / |\bar b|",
    source=Citation("cdm_ar_tool14", "version 4.2: two-sided t, 90 %, n - M degrees of freedom"),
    inputs={
        "mean": Column(symbol=r"\bar b", units="t_dm/ha"),
        "standard_error": Column(symbol=r"s_{\bar b}", units="t_dm/ha"),
        "quantile": Column(symbol="t", units="1"),
    },
    kernel=relative_half_width,
    output=Output(name="uncertainty", units="1", total="1", low=0, high=1e6),
)
DISPLACEMENT = Model(
    id="displacement",
    title=Text("农业活动转移的泄漏（AR-TOOL15）", "Leakage of displaced farming (AR-TOOL15)"),
    formula=r"LK = \frac{44}{12} [f \, b_T (1 + R) + b_S (1 + R_S)] \, CF \, A_{disp}",
    source=Citation("cdm_ar_tool15", "extract: [1.1 b_T (1 + R) + b_S (1 + R_S)] CF A_disp"),
    inputs={
        "area": Column(symbol="A_{disp}", units="ha"),
        "tree_biomass": Column(symbol="b_T", units="t_dm/ha"),
        "shrub_biomass": Column(symbol="b_S", units="t_dm/ha"),
        "displaced_biomass_factor": Factor(symbol="f", units="1", choose=SET),
        "tree_roots": Column(symbol="R", units="t_dm/t_dm"),
        "shrub_roots": Column(symbol="R_S", units="t_dm/t_dm"),
        "carbon_fraction": FRACTION, "co2_per_carbon": TO_CO2,
    },
    kernel=displacement,
    output=_output("leakage", 0),
)  # fmt: skip
CAR_REDUCTIONS = Model(
    id="car_reductions",
    title=Text("CAR 量化减排量", "Quantified reductions (CAR)"),
    formula=r"QR = [AC_y (1 - CD_y) - AC_{y-1} (1 - CD_{y-1}) - \Delta BC] + SC "
    r"+ (AC_{wp} - BC_{wp}) \, s + SE + N",
    source=Citation("car_forest_protocol", "version 5.1, eq. 6.1"),
    inputs=_amounts(stock="AC_y", stock_before="AC_{y-1}") | {
        "deduction": Column(symbol="CD_y", units="1"),
        "deduction_before": Column(symbol="CD_{y-1}", units="1"),
    } | _amounts(baseline_change=r"\Delta BC", soil_change="SC", products="AC_{wp}",
                 baseline_products="BC_{wp}", secondary_effects="SE", carried="N") | {
        "product_share": Factor(symbol="s", units="1", choose="car-fpp-5.1"),
    },
    kernel=car_reductions,
    output=_output("reductions"),
)  # fmt: skip
ARB_CREDITS = Model(
    id="arb_credits",
    title=Text("加州抵消信用", "Offset credits (California)"),
    formula=r"ARBOC = C (1 - CD) - B + s (P - P_B) + \min(0, SE)",
    source=Citation("arb_forest_code", "analysis/allocation.py"),
    inputs=_amounts(onsite="C") | {"confidence_deduction": Column(symbol="CD", units="1")}
    | _amounts(baseline="B", products="P", baseline_products="P_B", secondary_effects="SE")
    | {"product_share": Factor(symbol="s", units="1", choose="arb-forest")},
    kernel=arb_credits,
    output=_output("credits"),
)  # fmt: skip
MODELS = (NET_REMOVAL, TREE_CARBON, SHRUB_BIOMASS, RELATIVE_HALF_WIDTH, DISPLACEMENT,
          CAR_REDUCTIONS, ARB_CREDITS)  # fmt: skip
"""In the order in which they are shown."""
BUFFER_PRODUCT = r"b = 1 - \prod_i (1 - r_i)"
