"""Ecosystem quality index EQI (生态系统质量指数) of HJ 1172-2021."""

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import Citation, Factor, Layer, Pixels
from data_catalog.text import Text


def relative_density(value: Pixels, reference: Pixels) -> Pixels:
    """Return a parameter relative to its reference, 0 to 1; missing where the reference is zero."""
    return np.minimum(value / np.where(reference > 0, reference, np.nan), 1)


def ecosystem_quality_index(
    leaf_area_index: Pixels,
    fractional_vegetation_cover: Pixels,
    gross_primary_production: Pixels,
    leaf_area_index_reference: Pixels,
    fractional_vegetation_cover_reference: Pixels,
    gross_primary_production_reference: Pixels,
    ecosystem_quality_scale: Pixels,
) -> Pixels:
    """Return the mean relative density of leaves, cover and production, 0 to 100."""
    densities = (
        relative_density(leaf_area_index, leaf_area_index_reference),
        relative_density(fractional_vegetation_cover, fractional_vegetation_cover_reference),
        relative_density(gross_primary_production, gross_primary_production_reference),
    )
    leaves, cover, production = densities
    return (leaves + cover + production) / len(densities) * ecosystem_quality_scale


DERIVATION = Derived(
    id="ecosystem_quality_index_hj1172",
    title=Text("生态系统质量指数 EQI", "Ecosystem quality index EQI"),
    formula=r"EQI = \frac{1}{3} \left(\frac{LAI}{LAI_{max}} + \frac{FVC}{FVC_{max}}"
    r" + \frac{GPP}{GPP_{max}}\right) \times 100",
    source=Citation("HJ1172", "clause 6, eq. 1 and 3"),
    inputs={
        "leaf_area_index": Layer(symbol="LAI", units="1"),
        "fractional_vegetation_cover": Layer(symbol="FVC", units="percent"),
        "gross_primary_production": Layer(symbol="GPP", units="g_C/m2/year"),
        "leaf_area_index_reference": Layer(symbol="LAI_{max}", units="1"),
        "fractional_vegetation_cover_reference": Layer(symbol="FVC_{max}", units="percent"),
        "gross_primary_production_reference": Layer(symbol="GPP_{max}", units="g_C/m2/year"),
        "ecosystem_quality_scale": Factor(symbol="100", units="1", choose="HJ1172"),
    },
    kernel=ecosystem_quality_index,
    output=output_of("ecosystem_quality_index", "ha"),
    locality="pixel",
    note=Text(
        "参照值须由用户给出：各生态功能区内森林、灌丛、草地、农田四类植被各自的最大值；"
        "其他生态系统无参照值，结果缺测。"
        "参数高于参照值时相对密度按 1 计（参照值不是最大值，或对齐后被平均）。"
        "标准式 (2) 的极差归一化未用：相对密度已在 0 与 1 之间。",
        "You give the references: the largest value of forest, shrub, grassland and cropland, each "
        "in its ecological function zone; other ecosystems have none and no index. A value above "
        "its reference counts as 1 (the reference was no maximum, or alignment averaged it). The "
        "rescaling of eq. 2 is not applied: relative densities are between 0 and 1 already.",
    ),
)
