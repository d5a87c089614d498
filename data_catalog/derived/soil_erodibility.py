"""Soil erodibility K (土壤可蚀性) of HJ 1173: EPIC with a linear correction for China."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.derived.soil_erodibility_epic import TEXTURE_AND_CARBON, epic
from data_catalog.spec import Citation, Coefficients, Pixels
from data_catalog.text import Text


def soil_erodibility(
    sand: Pixels,
    silt: Pixels,
    clay: Pixels,
    soil_organic_carbon: Pixels,
    s: SimpleNamespace,
    china: SimpleNamespace,
) -> Pixels:
    """Return K in metric units; 0 where the correction would make it negative."""
    corrected = china.intercept + china.slope * epic(sand, silt, clay, soil_organic_carbon, s)
    k: Pixels = s.metric * np.maximum(corrected, 0)
    return k


DERIVATION = Derived(
    id="soil_erodibility_hj1173",
    title=Text("土壤可蚀性（HJ 1173）", "Soil erodibility (HJ 1173)"),
    formula=(
        r"K = 0.1317 \, (-0.01383 + 0.51575 \, K_{EPIC}),\quad K_{EPIC} ="
        r" \left[ 0.2 + 0.3 e^{-0.0256 m_s (1 - m_{silt}/100)} \right]"
        r" \left[ \frac{m_{silt}}{m_c + m_{silt}} \right]^{0.3}"
        r" \left[ 1 - \frac{0.25 \, orgC}{orgC + e^{3.72 - 2.95 \, orgC}} \right]"
        r" \left[ 1 - \frac{0.7 (1 - m_s/100)}{(1 - m_s/100) + e^{-5.51 + 22.9 (1 - m_s/100)}}"
        r" \right]"
    ),
    source=Citation("HJ1173", "A.7-A.8"),
    inputs=TEXTURE_AND_CARBON
    | {
        "s": Coefficients(table="soil_erodibility_epic", choose="HJ1173"),
        "china": Coefficients(table="soil_erodibility_correction", choose="HJ1173"),
    },
    kernel=soil_erodibility,
    output=output_of("soil_erodibility", "t*ha*hour/(ha*MJ*mm)*m2"),
    locality="pixel",
    empirical="regression on texture and carbon in percent",
    note=Text(
        "由砂粒（0.05-2 mm）、粉粒（0.002-0.05 mm）、黏粒（<0.002 mm）和有机碳含量计算。"
        "粒级界限不同（如国际制 0.02 mm）或以有机质代替有机碳会使结果有偏；纯砂土按 0 计。",
        "Made from sand (0.05-2 mm), silt (0.002-0.05 mm), clay (below 0.002 mm) and organic "
        "carbon. Other size limits (0.02 mm) or organic matter in place of carbon bias it; pure "
        "sand comes out as 0.",
    ),
)
