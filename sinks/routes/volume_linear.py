"""Stand volume with a continuous expansion factor, B = aV + b, held at low volume."""

from collections.abc import Mapping

import numpy as np

from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Mask, Route


def tree_biomass(
    volume: Pixels, linear_biomass_slope: Pixels, linear_biomass_intercept: Pixels,
    intercept_share_limit: float,
) -> Pixels:  # fmt: skip
    """Return the biomass of trees with roots: nothing where there is no volume.

    The regressions were fitted to closed stands, and their intercept is 20 to 46 t/ha for
    conifers. It counts for at most a share of the biomass: below the volume where it would count
    for more, biomass goes straight to zero with the volume.
    """
    with_intercept = linear_biomass_slope * volume + linear_biomass_intercept
    through_zero = linear_biomass_slope * volume / (1 - intercept_share_limit)
    return np.minimum(with_intercept, through_zero)


def above_ground(
    volume: Pixels, linear_biomass_slope: Pixels, linear_biomass_intercept: Pixels,
    intercept_share_limit: float, root_shoot_ratio: Pixels, carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon above ground; never negative."""
    trees = tree_biomass(
        volume, linear_biomass_slope, linear_biomass_intercept, intercept_share_limit
    )
    return trees / (1 + root_shoot_ratio) * carbon_fraction


def below_ground(
    volume: Pixels, linear_biomass_slope: Pixels, linear_biomass_intercept: Pixels,
    intercept_share_limit: float, root_shoot_ratio: Pixels, carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon in roots; never negative."""
    trees = tree_biomass(
        volume, linear_biomass_slope, linear_biomass_intercept, intercept_share_limit
    )
    return trees * root_shoot_ratio / (1 + root_shoot_ratio) * carbon_fraction


def is_held(arguments: Mapping[str, Pixels | float]) -> Mask:
    """Return where the intercept would count for more than its share."""
    volume, slope = arguments["volume"], arguments["linear_biomass_slope"]
    intercept, limit = arguments["linear_biomass_intercept"], arguments["intercept_share_limit"]
    return np.asarray(slope * volume / (1 - limit) < slope * volume + intercept)


SOURCE = Citation("fang_2001", "B = aV + b; held at low volume by decision 0010")
INPUTS: dict[str, Input] = {
    "volume": Column(symbol="V", units="m3/ha"),
    "linear_biomass_slope": Factor(symbol="a", units="t_dm/m3", by="species_group"),
    "linear_biomass_intercept": Factor(symbol="b", units="t_dm/ha", by="species_group"),
    "intercept_share_limit": Factor(symbol="s", units="1", choose="carbon-routes"),
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group"),
    "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm", by="species_group"),
}
TREES = r"B = \min(a V + b,\ a V / (1 - s))"

ROUTE = Route(
    id="volume_linear",
    title=Text("蓄积量法（连续生物量扩展因子）", "Stand volume, continuous expansion factor"),
    when=Text(
        "有每公顷蓄积量和树种的乔木林；适于郁闭的成片林分。变化只随斜率，截距不计入。",
        "Stands of trees with volume per hectare and species; made for closed stands. A change "
        "follows the slope alone.",
    ),
    kinds=frozenset({"arbor"}),
    main="zhejiang-2016",
    sets={"root_shoot_ratio": "groa-china", "carbon_fraction": "sdcarbon2018"},
    remarked=is_held,
    remark=Text(
        "蓄积量低，回归直线的截距超过生物量的限定份额，生物量改按过原点的直线计。",
        "The volume is low: the intercept would be more than its share of the biomass, which goes "
        "straight to zero here.",
    ),
    pools={
        "above_ground": Model(
            id="volume_linear_above_ground",
            title=Text("地上碳储量（连续因子）", "Carbon above ground by a continuous factor"),
            formula=TREES + r",\quad C = B \cdot CF / (1 + R)",
            source=SOURCE,
            inputs=INPUTS,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
        ),
        "below_ground": Model(
            id="volume_linear_below_ground",
            title=Text("地下碳储量（连续因子）", "Carbon below ground by a continuous factor"),
            formula=TREES + r",\quad C = B \cdot CF \cdot R / (1 + R)",
            source=SOURCE,
            inputs=INPUTS,
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
        ),
    },
)
