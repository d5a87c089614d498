"""Biological measures factor B (生物措施因子) of the CSLE, from vegetation cover."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import ECOSYSTEM, Citation, Coefficients, Factor, Layer, Pixels
from data_catalog.text import Text


def biological_measures(
    fractional_vegetation_cover: Pixels, tilled_share: Pixels, s: SimpleNamespace
) -> Pixels:
    """Return B, 0 (no erosion) to 1 (bare, or tilled land, whose factor is T)."""
    cover = fractional_vegetation_cover
    by_cover = s.constant + s.factor * np.log10(np.maximum(cover, np.finfo(np.float64).tiny))
    of_plants = np.where(cover >= s.full_from, 0, np.minimum(by_cover, 1))
    b: Pixels = tilled_share + (1 - tilled_share) * of_plants
    return b


DERIVATION = Derived(
    id="biological_measures_cai2000",
    title=Text("生物措施因子（由植被覆盖度）", "Biological measures factor, from vegetation cover"),
    formula=(
        r"B = \begin{cases} 1 & f = 0 \\ 0.6508 - 0.3436 \lg f & 0 < f < 78.3 \% \\"
        r" 0 & f \ge 78.3 \% \end{cases},\quad B = 1 \text{ on tilled land}"
    ),
    source=Citation("CSLE2021", "B by cover, as C of Cai et al. 2000; cropland has T and B = 1"),
    inputs={
        "fractional_vegetation_cover": Layer(symbol="f", units="percent"),
        "tilled_share": Factor(symbol="t", units="1", by=ECOSYSTEM, choose="csle2021"),
        "s": Coefficients(table="biological_measures", choose="CAI2000"),
    },
    kernel=biological_measures,
    output=output_of("biological_measures", "m2"),
    locality="pixel",
    empirical="regression on the logarithm of cover",
    note=Text(
        "由植被覆盖度（百分数）按蔡崇法（2000）的式子计算，B 不超过 1：以百分数代入时，式子恰在 "
        "78.3% 处降到 0；有的文献误作小数。耕地 51 的 B 取 1，由耕作措施因子 T "
        "体现；园地 52 按覆盖度计。工程措施 E 与耕作措施 T 须以图层给出（无措施处为 1）。",
        "Made from vegetation cover in percent by the regression of Cai et al. 2000, at most 1: "
        "with percent it comes down to 0 at 78.3 as it should; some papers take a fraction. "
        "Arable land 51 has B = 1, its measures are in T; orchards 52 go by their cover. E and T "
        "have to be given as layers (1 where there is no measure).",
    ),
)
