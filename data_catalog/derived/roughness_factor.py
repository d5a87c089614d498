"""Surface roughness factor K' (地表粗糙度因子) of wind erosion, from the relief around a cell."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import CELL_HEIGHT, CELL_WIDTH, Derived, output_of
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def roughness_factor(
    elevation: Pixels, cell_width: Pixels, cell_height: Pixels, s: SimpleNamespace
) -> Pixels:
    """Return K', 1 on a plain, lower the rougher the ground, held at the least it can be.

    The relief is that of the window of 3 x 3 cells, over two cells from centre to centre. A
    missing neighbour counts as high as the centre; a missing centre stays missing.
    """
    heights = np.where(np.isnan(elevation), elevation[1, 1], elevation)
    relief = np.max(heights, axis=(0, 1)) - np.min(heights, axis=(0, 1))
    ridges = s.relief * relief**2 / (cell_width + cell_height)
    roughest = (s.linear / (-s.power_factor * s.power)) ** (1 / (s.power - 1))
    ridges = np.minimum(ridges, roughest)
    k: Pixels = np.exp(
        s.linear * ridges + s.power_factor * ridges**s.power + s.random * s.random_roughness
    )
    return k


DERIVATION = Derived(
    id="roughness_factor_hj1173",
    title=Text("地表粗糙度因子（HJ 1173）", "Surface roughness factor (HJ 1173)"),
    formula=(
        r"K' = e^{1.86 K_r - 2.41 K_r^{0.934} - 0.127 C_{rr}},\quad K_r = 0.2 (\Delta H)^2 / L"
        r" \le 18.0,\quad C_{rr} = 0"
    ),
    source=Citation("HJ1173", "A.21-A.22"),
    inputs={
        "elevation": Layer(symbol="H", units="m"),
        "cell_width": CELL_WIDTH,
        "cell_height": CELL_HEIGHT,
        "s": Coefficients(table="roughness_factor_equation", choose="HJ1173"),
    },
    kernel=roughness_factor,
    output=output_of("roughness_factor", "m2"),
    locality="neighbours",
    purpose_limit="coarsest_cell_for_slope",
    empirical="regression on the height of ridges in cm",
    note=Text(
        "ΔH 为 3 x 3 像元内的高差，L 为两个像元的距离，均以 m 代入，得数按 cm 读"
        "（标准未写明单位）。Kr 超过 18 cm 后原式反而上升、51 cm 后大于 1，与粗糙地面减弱风蚀相悖，"
        "这里保持在最低值。",
        "The relief is that of 3 x 3 cells and L the length of two cells, both in m, and the "
        "result is read as cm (the norm does not say). Beyond 18 cm the printed equation rises "
        "again and passes 1 at 51 cm, although rough ground slows the wind: it is held at its "
        "least value.",
    ),
)
