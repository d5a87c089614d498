"""Net primary production (净初级生产力) by the Miami model, from annual temperature and rain."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Coefficients, Factor, Layer, Pixels
from data_catalog.text import Text


def npp(
    temperature: Pixels, precipitation: Pixels, carbon_per_dry_matter: Pixels, s: SimpleNamespace
) -> Pixels:
    """Return the carbon that plants keep in a year; what is scarcer, warmth or rain, decides."""
    by_warmth = s.highest / (1 + np.exp(s.warmth_constant + s.warmth_rate * temperature))
    by_rain = s.highest * (1 - np.exp(s.rain_rate * precipitation))
    carbon: Pixels = np.minimum(by_warmth, by_rain) * carbon_per_dry_matter
    return carbon


DERIVATION = Derived(
    id="npp_miami",
    title=Text("净初级生产力（Miami 模型）", "Net primary production (Miami)"),
    formula=(
        r"NPP = \tfrac{72}{162} \min \left( \frac{3000}{1 + e^{1.315 - 0.119 T}},\;"
        r" 3000 (1 - e^{-0.000664 P}) \right)"
    ),
    source=Citation("LIETH1973", "Miami model"),
    inputs={
        "temperature": Layer(symbol="T", units="degC"),
        "precipitation": Layer(symbol="P", units="mm/year"),
        "carbon_per_dry_matter": Factor(symbol="72/162", units="g_C/g_dm", choose="C6H10O5"),
        "s": Coefficients(table="npp_miami", choose="LIETH1973"),
    },
    kernel=npp,
    output=output_of("npp", "t_C/year"),
    locality="pixel",
    empirical="regression of dry matter (g/m2/year) on temperature and rain",
    note=Text(
        "仅由年均温与年降水估算的潜在（气候）生产力，与实际植被、林龄、管理无关，"
        "建设用地和水面也会得到数值；仅在没有遥感净初级生产力时使用。",
        "Potential production of the climate from annual mean temperature and rain alone: it knows "
        "neither the vegetation nor its age or use, and gives towns and water a value too. Only "
        "for want of a remotely sensed layer.",
    ),
)
