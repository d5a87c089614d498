"""Slope length and steepness factor LS (坡长坡度因子) of the CSLE, by segments of a slope."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import CELL_SIZE, Derived, output_of
from data_catalog.derived.slope_length_steepness import slope_steepness
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def slope_length_steepness(
    slope_length: Pixels,
    slope: Pixels,
    cell_size: Pixels,
    steepness: SimpleNamespace,
    s: SimpleNamespace,
) -> Pixels:
    """Return LS of a cell as a segment of its slope, for slopes in degrees; never negative."""
    percent = s.percent * np.tan(np.deg2rad(slope))
    m = np.select(
        [percent < s.low_from, percent < s.middle_from, percent < s.high_from],
        [s.flat_exponent, s.low_exponent, s.middle_exponent],
        default=s.high_exponent,
    )
    before = np.maximum(slope_length - cell_size, 0)
    segment = slope_length ** (m + 1) - before ** (m + 1)
    length = segment / ((slope_length - before) * s.unit_plot_length**m)
    ls: Pixels = length * slope_steepness(slope, steepness)
    return ls


DERIVATION = Derived(
    id="slope_length_steepness_csle",
    title=Text("坡长坡度因子（CSLE，分段坡长）", "LS factor (CSLE, by segments)"),
    formula=(
        r"LS = S \, \frac{\lambda^{m+1} - \lambda_0^{m+1}}{(\lambda - \lambda_0) \, 22.13^m},\quad "
        r"\lambda_0 = \lambda - D,\quad S = \begin{cases} 10.8 \sin\theta + 0.03 & \theta < 5° \\"
        r" 16.8 \sin\theta - 0.5 & 5° \le \theta < 10° \\"
        r" 21.91 \sin\theta - 0.96 & \theta \ge 10° \end{cases}"
    ),
    source=Citation("CSLE2021", "segment form named; the equation is recalled"),
    inputs={
        "slope_length": Layer(symbol=r"\lambda", units="m"),
        "slope": Layer(symbol=r"\theta", units="deg"),
        "cell_size": CELL_SIZE,
        "steepness": Coefficients(table="slope_steepness", choose="CSLE"),
        "s": Coefficients(table="slope_length_steepness_segment", choose="CSLE"),
    },
    kernel=slope_length_steepness,
    output=output_of("slope_length_steepness", "m2"),
    locality="pixel",
    purpose_limit="coarsest_cell_for_slope",
    empirical="regression on the sine of the slope and on the length of the unit plot",
    note=Text(
        "给出坡长图层（自分水岭至像元下缘，与高程同一网格）时使用；同时给出汇流累积时以汇流累积为先。"
        "分段公式（Foster 与 Wischmeier）与刘宝元的 S 公式凭记忆写出，未核对原文；"
        "m 按坡度分级取值。",
        "Used where a layer of slope length is given (from the divide to the cell's lower edge, on "
        "the grid of the elevation), unless flow accumulation is given too. The segment form of "
        "Foster and Wischmeier and Liu's S are written down from memory; m goes by steps of slope.",
    ),
)
