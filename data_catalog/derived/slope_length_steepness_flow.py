"""Slope length and steepness factor LS (坡长坡度因子) with flow from upslope, as InVEST."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import CELL_SIZE, Derived, output_of
from data_catalog.derived.slope_length_steepness import rill_exponent
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def slope_length_steepness(
    flow_accumulation: Pixels,
    slope: Pixels,
    cell_size: Pixels,
    s: SimpleNamespace,
    length: SimpleNamespace,
) -> Pixels:
    """Return LS of Desmet and Govers for slopes in degrees; never negative."""
    angle = np.deg2rad(slope)
    sine = np.sin(angle)
    percent = s.percent * np.tan(angle)
    steepness = np.where(
        percent < s.moderate_from,
        s.gentle_factor * sine + s.gentle_constant,
        s.moderate_factor * sine + s.moderate_constant,
    )
    m = np.select(
        [percent <= s.flat_to, percent <= s.low_to, percent <= s.middle_to, percent <= s.high_to],
        [s.flat_exponent, s.low_exponent, s.middle_exponent, s.high_exponent],
        default=rill_exponent(sine, length),
    )
    cell = cell_size**2
    upslope = np.sqrt((flow_accumulation - 1) * cell)
    crossed = sine + np.cos(angle)
    segment = (upslope + cell) ** (m + 1) - upslope ** (m + 1)
    factor = segment / (cell_size ** (m + 2) * crossed**m * length.unit_plot_length**m)
    ls: Pixels = np.minimum(factor, s.greatest_length_factor) * steepness
    return ls


DERIVATION = Derived(
    id="slope_length_steepness_flow",
    title=Text("坡长坡度因子（Desmet-Govers，汇流累积）", "LS factor (Desmet-Govers, from flow)"),
    formula=(
        r"LS = S \, \frac{(A + D^2)^{m+1} - A^{m+1}}{D^{m+2} \, x^m \, 22.13^m},\quad "
        r"A = \sqrt{(n - 1) D^2},\quad x = \sin\theta + \cos\theta,\quad "
        r"S = \begin{cases} 10.8 \sin\theta + 0.03 & \tan\theta < 9\% \\"
        r" 16.8 \sin\theta - 0.5 & \tan\theta \ge 9\% \end{cases}"
    ),
    source=Citation("INVESTSDR", "sdr.py, LS factor, since InVEST 3.14"),
    inputs={
        "flow_accumulation": Layer(symbol="n", units="1"),
        "slope": Layer(symbol=r"\theta", units="deg"),
        "cell_size": CELL_SIZE,
        "s": Coefficients(table="slope_length_steepness_flow", choose="INVEST"),
        "length": Coefficients(table="slope_length", choose="HJ1173"),
    },
    kernel=slope_length_steepness,
    output=output_of("slope_length_steepness", "m2"),
    locality="pixel",
    purpose_limit="coarsest_cell_for_slope",
    empirical="regression on the sine of the slope; the upslope area enters as its square root",
    note=Text(
        "给出汇流累积图层（含本像元的像元个数，与高程同一网格）时使用，先于 HJ 1173 的像元坡长。"
        "与 InVEST 一致：上坡汇水面积取平方根，L 不超过 122；Desmet 与 Govers 原式用面积本身。"
        "坡度超过 9% 时 m 由细沟与细沟间侵蚀比给出，以下按坡度分级取 0.2 至 0.5。",
        "Used where a layer of flow accumulation is given (a count of cells, the cell itself "
        "included, on the grid of the elevation), before the cell length of HJ 1173. As InVEST "
        "does, the upslope area enters as its square root and L is cut at 122; Desmet and Govers "
        "print the area itself. Above 9 percent m follows from the ratio of rill to interrill "
        "erosion; below it is 0.2 to 0.5 by steps.",
    ),
)
