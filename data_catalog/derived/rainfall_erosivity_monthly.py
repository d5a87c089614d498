"""Rainfall erosivity R (降雨侵蚀力) by Wischmeier's monthly form."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def rainfall_erosivity(precipitation: Pixels, s: SimpleNamespace) -> Pixels:
    """Return the erosivity of a year from the rain of its twelve months; never negative."""
    annual = np.sum(precipitation, axis=0)
    concentration = precipitation**2 / np.maximum(annual, np.finfo(np.float64).tiny)
    monthly = s.factor * concentration**s.power * s.base**s.offset
    r: Pixels = s.metric * np.sum(monthly, axis=0)
    return r


DERIVATION = Derived(
    id="rainfall_erosivity_monthly",
    title=Text("降雨侵蚀力（Wischmeier 月雨量）", "Rainfall erosivity (Wischmeier, monthly)"),
    formula=r"R = 17.02 \sum_{i=1}^{12} 1.735 \times 10^{1.5 \lg (P_i^2 / P) - 0.8188}",
    source=Citation("WISCHMEIER1978", "monthly form, as used in Chinese GEP work"),
    inputs={
        "precipitation": Layer(symbol="P_i", units="mm/month"),
        "s": Coefficients(table="rainfall_erosivity_monthly", choose="WISCHMEIER_MONTHLY"),
    },
    kernel=rainfall_erosivity,
    output=output_of("rainfall_erosivity", "MJ*mm/(hour*year)"),
    locality="series",
    empirical="regression in US customary units, converted by one factor",
    note=Text(
        "仅有 12 个月降水时使用。公式与系数凭记忆写出，未核对原文；许多抄本漏乘 17.02，"
        "结果会小一个数量级以上。月雨量不含雨强，单站误差可达数成。",
        "For want of daily rain, from twelve monthly bands. Written down from memory, not checked "
        "against the printed text; many copies forget the factor 17.02 and come out more than ten "
        "times too small. Monthly rain knows no intensity: a single place may be off by tens of "
        "percent.",
    ),
)
