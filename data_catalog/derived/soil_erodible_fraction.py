"""Soil erodible fraction EF (土壤可蚀因子) of wind erosion, from texture and organic matter."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Coefficients, Input, Kernel, Layer, Pixels
from data_catalog.text import Text


def without_lime(
    sand: Pixels, silt: Pixels, clay: Pixels, soil_organic_matter: Pixels, s: SimpleNamespace
) -> Pixels:
    """Return the share of the soil that wind can carry, 0 to 1, leaving lime out of account."""
    return with_lime(sand, silt, clay, soil_organic_matter, 0 * sand, s)


def with_lime(
    sand: Pixels,
    silt: Pixels,
    clay: Pixels,
    soil_organic_matter: Pixels,
    calcium_carbonate: Pixels,
    s: SimpleNamespace,
) -> Pixels:
    """Return the share of the soil that wind can carry, 0 to 1."""
    sand_to_clay = sand / np.maximum(clay, np.finfo(np.float64).eps)
    coarse = s.sand * sand + s.silt * silt + s.sand_to_clay * sand_to_clay
    bound = s.organic_matter * soil_organic_matter + s.calcium_carbonate * calcium_carbonate
    fraction: Pixels = np.clip((s.constant + coarse + bound) / s.percent, 0, 1)
    return fraction


def _derivation(id_: str, title: Text, kernel: Kernel, lime: dict[str, Input]) -> Derived:
    return Derived(
        id=id_,
        title=title,
        formula=(
            r"EF = \frac{29.09 + 0.31 sa + 0.17 si + 0.33 sa / cl - 2.59 OM - 0.95 CaCO_3}"
            r"{100}"
        ),
        source=Citation("HJ1173", "A.18"),
        inputs={
            "sand": Layer(symbol="sa", units="percent"),
            "silt": Layer(symbol="si", units="percent"),
            "clay": Layer(symbol="cl", units="percent"),
            "soil_organic_matter": Layer(symbol="OM", units="percent"),
            **lime,
            "s": Coefficients(table="soil_erodible_fraction_equation", choose="HJ1173"),
        },
        kernel=kernel,
        output=output_of("soil_erodible_fraction", "m2"),
        locality="pixel",
        empirical="regression on contents in percent",
        note=Text(
            "HJ 1173 把 sa 写作 0.2-2 mm 的粗砂；方程原为 0.05-2 mm 砂粒拟合（凭记忆），"
            "这里取后者。结果限于 0-1，黏粒极少的砂土计 1。标准允许不考虑碳酸钙："
            "没有该图层时按 0 计，石灰性土壤因此偏高。",
            "HJ 1173 calls sa coarse sand of 0.2-2 mm; the equation was fitted (as recalled) to "
            "sand of 0.05-2 mm, which is what it gets here. Kept within 0 and 1: sand with hardly "
            "any clay comes out as 1. The norm allows lime to be left out: without such a layer "
            "it counts as 0, and limy soils come out too high.",
        ),
    )


DERIVATION = _derivation(
    "soil_erodible_fraction_hj1173",
    Text("土壤可蚀因子（HJ 1173）", "Soil erodible fraction (HJ 1173)"),
    with_lime,
    {"calcium_carbonate": Layer(symbol="CaCO_3", units="percent")},
)
WITHOUT_LIME = _derivation(
    "soil_erodible_fraction_without_lime",
    Text("土壤可蚀因子（HJ 1173，不计碳酸钙）", "Soil erodible fraction (HJ 1173, without lime)"),
    without_lime,
    {},
)
