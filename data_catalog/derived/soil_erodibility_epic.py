"""Soil erodibility K (土壤可蚀性) of the EPIC model, without a regional correction."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text

TEXTURE_AND_CARBON = {
    "sand": Layer(symbol="m_s", units="percent"),
    "silt": Layer(symbol="m_{silt}", units="percent"),
    "clay": Layer(symbol="m_c", units="percent"),
    "soil_organic_carbon": Layer(symbol="orgC", units="percent"),
}


def epic(sand: Pixels, silt: Pixels, clay: Pixels, carbon: Pixels, s: SimpleNamespace) -> Pixels:
    """Return K in the US customary units of EPIC; never negative."""
    not_sand = 1 - sand / s.percent
    coarse = s.coarse_least + s.coarse_span * np.exp(s.coarse_rate * sand * (1 - silt / s.percent))
    fine = (silt / np.maximum(clay + silt, np.finfo(np.float64).tiny)) ** s.fine_power
    organic = carbon / (carbon + np.exp(s.carbon_constant + s.carbon_rate * carbon))
    very_sandy = not_sand / (not_sand + np.exp(s.sandy_constant + s.sandy_rate * not_sand))
    k: Pixels = coarse * fine * (1 - s.carbon_share * organic) * (1 - s.sandy_share * very_sandy)
    return k


def soil_erodibility(
    sand: Pixels, silt: Pixels, clay: Pixels, soil_organic_carbon: Pixels, s: SimpleNamespace
) -> Pixels:
    """Return K in metric units; never negative."""
    k: Pixels = s.metric * epic(sand, silt, clay, soil_organic_carbon, s)
    return k


DERIVATION = Derived(
    id="soil_erodibility_epic",
    title=Text("土壤可蚀性（EPIC，未校正）", "Soil erodibility (EPIC, uncorrected)"),
    formula=(
        r"K = 0.1317 \left[ 0.2 + 0.3 e^{-0.0256 m_s (1 - m_{silt}/100)} \right]"
        r" \left[ \frac{m_{silt}}{m_c + m_{silt}} \right]^{0.3}"
        r" \left[ 1 - \frac{0.25 \, orgC}{orgC + e^{3.72 - 2.95 \, orgC}} \right]"
        r" \left[ 1 - \frac{0.7 (1 - m_s/100)}{(1 - m_s/100) + e^{-5.51 + 22.9 (1 - m_s/100)}}"
        r" \right]"
    ),
    source=Citation("HJ1173", "A.7, without A.8"),
    inputs=TEXTURE_AND_CARBON | {"s": Coefficients(table="soil_erodibility_epic", choose="HJ1173")},
    kernel=soil_erodibility,
    output=output_of("soil_erodibility", "t*ha*hour/(ha*MJ*mm)*m2"),
    locality="pixel",
    empirical="regression on texture and carbon in percent",
    note=Text(
        "由砂粒、粉粒、黏粒和有机碳含量计算，为美国经验式；在中国通常偏高，HJ 1173 另作线性校正。",
        "Made from sand, silt, clay and organic carbon by a US regression; usually too high in "
        "China, where HJ 1173 adds a linear correction.",
    ),
)
