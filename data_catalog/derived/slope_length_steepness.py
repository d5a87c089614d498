"""Slope length and steepness factor LS (坡长坡度因子) of HJ 1173 in its cell form."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import CELL_SIZE, Derived, output_of
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def rill_exponent(sine: Pixels, length: SimpleNamespace) -> Pixels:
    """Return the exponent m of the slope length, from the ratio of rill to interrill erosion."""
    interrill = length.interrill_factor * sine**length.interrill_power + length.interrill_constant
    rill_ratio = (sine / length.rill_sine) / interrill
    exponent: Pixels = rill_ratio / (1 + rill_ratio)
    return exponent


def slope_steepness(slope: Pixels, s: SimpleNamespace) -> Pixels:
    """Return S for slopes in degrees, by its four branches; never negative."""
    sine = np.sin(np.deg2rad(slope))
    return np.select(
        [
            slope < s.moderate_from,
            slope < s.steep_from,
            slope < s.extreme_from,
            slope >= s.extreme_from,
        ],
        [
            s.gentle_factor * sine + s.gentle_constant,
            s.moderate_factor * sine + s.moderate_constant,
            s.steep_factor * sine + s.steep_constant,
            np.full_like(sine, s.extreme_value),
        ],
        default=np.nan,
    )


def slope_length_steepness(
    slope: Pixels, cell_size: Pixels, steepness: SimpleNamespace, length: SimpleNamespace
) -> Pixels:
    """Return LS for slopes in degrees, each cell a slope as long as it is wide; never negative."""
    exponent = rill_exponent(np.sin(np.deg2rad(slope)), length)
    by_length = (cell_size / length.unit_plot_length) ** exponent
    ls: Pixels = slope_steepness(slope, steepness) * by_length
    return ls


DERIVATION = Derived(
    id="slope_length_steepness_hj1173",
    title=Text("坡长坡度因子（HJ 1173，像元坡长）", "LS factor (HJ 1173, cell length)"),
    formula=(
        r"LS = S \, (\lambda / 22.13)^m,\quad m = \beta / (1 + \beta),\quad "
        r"\beta = \frac{\sin\theta / 0.0896}{3.0 \sin^{0.8}\theta + 0.56},\quad "
        r"S = \begin{cases} 10.8 \sin\theta + 0.03 & \theta < 5.14° \\"
        r" 16.8 \sin\theta - 0.5 & 5.14° \le \theta < 10.20° \\"
        r" 21.9 \sin\theta - 0.96 & 10.20° \le \theta < 28.81° \\"
        r" 9.5988 & \theta \ge 28.81° \end{cases}"
    ),
    source=Citation("HJ1173", "A.9-A.12"),
    inputs={
        "slope": Layer(symbol=r"\theta", units="deg"),
        "cell_size": CELL_SIZE,
        "steepness": Coefficients(table="slope_steepness", choose="HJ1173"),
        "length": Coefficients(table="slope_length", choose="HJ1173"),
    },
    kernel=slope_length_steepness,
    output=output_of("slope_length_steepness", "m2"),
    locality="pixel",
    purpose_limit="coarsest_cell_for_slope",
    empirical="regression on the sine of the slope and on the length of the unit plot",
    note=Text(
        "坡长取高程网格的像元边长，不含上坡汇流，因此不同分辨率的结果不可直接比较。"
        "坡度分段在 10.20° 处有跳跃，与标准一致。McCool 常数取 0.0896（标准印作 0.089）。",
        "The slope length is the cell size of the elevation grid, without flow from upslope: "
        "results at different resolutions do not compare. S jumps at 10.20 degrees, as the norm "
        "prints it. McCool's constant is 0.0896 (the norm prints 0.089).",
    ),
)
