"""Slope (坡度) by Horn's 3 x 3 gradient, from elevation."""

import numpy as np

from data_catalog.derived.derived import CELL_HEIGHT, CELL_WIDTH, Derived, output_of
from data_catalog.spec import Citation, Layer, Pixels
from data_catalog.text import Text


def slope(elevation: Pixels, cell_width: Pixels, cell_height: Pixels) -> Pixels:
    """Return the steepest gradient at the centre of each window, in degrees; never negative.

    A missing neighbour counts as high as the centre, as GDAL does when it computes edges; a
    missing centre stays missing.
    """
    centre = elevation[1, 1]
    (nw, n, ne), (w, _, e), (sw, s, se) = np.where(np.isnan(elevation), centre, elevation)
    eastward = (ne + 2 * e + se) - (nw + 2 * w + sw)
    southward = (sw + 2 * s + se) - (nw + 2 * n + ne)
    weights = 2 * (1 + 2 + 1)
    gradient = np.hypot(eastward / (weights * cell_width), southward / (weights * cell_height))
    return np.where(np.isnan(centre), np.nan, np.rad2deg(np.arctan(gradient)))


DERIVATION = Derived(
    id="slope_horn",
    title=Text("坡度（Horn 法）", "Slope (Horn)"),
    formula=(
        r"\theta = \arctan \sqrt{(\partial z / \partial x)^2 + (\partial z / \partial y)^2},\quad"
        r" \partial z / \partial x = \frac{(z_{NE} + 2 z_E + z_{SE}) - (z_{NW} + 2 z_W + z_{SW})}"
        r"{8 \Delta x}"
    ),
    source=Citation("HORN1981", "3 x 3 gradient with weights 1, 2, 1"),
    inputs={
        "elevation": Layer(symbol="z", units="m"),
        "cell_width": CELL_WIDTH,
        "cell_height": CELL_HEIGHT,
    },
    kernel=slope,
    output=output_of("slope", "deg*m2"),
    locality="neighbours",
    purpose_limit="coarsest_cell_for_slope",
    empirical="an angle has no units that could follow from lengths",
    note=Text(
        "由高程栅格在其自身网格上计算。像元越粗，坡度越平缓；缺测邻元按中心高程处理，"
        "因此图层边缘的坡度偏小。",
        "Made from the elevation on its own grid. Coarser cells give gentler slopes; a missing "
        "neighbour counts as high as the centre, so slopes at a layer's edge come out too gentle.",
    ),
)
