"""Carbon of whole trees, parted into shoots and roots: what two routes by age share."""

from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text

__all__ = ["POOLS", "above_ground", "below_ground"]


def above_ground(live_carbon: Pixels, root_shoot_ratio: Pixels) -> Pixels:
    """Return the carbon above ground, of trees with roots."""
    return live_carbon / (1 + root_shoot_ratio)


def below_ground(live_carbon: Pixels, root_shoot_ratio: Pixels) -> Pixels:
    """Return the carbon in roots, of trees with roots."""
    return live_carbon * root_shoot_ratio / (1 + root_shoot_ratio)


SOURCE = Citation("ipcc_2006_v4", "ch. 2, eq. 2.8: below ground = R x above ground")
INPUTS: dict[str, Input] = {
    "live_carbon": Column(symbol="C_l", units="t_C/ha"),
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group"),
}
POOLS = {
    "above_ground": Model(
        id="split_above_ground",
        title=Text("活立木碳的地上部分", "Part of live carbon above ground"),
        formula=r"C = C_l / (1 + R)",
        source=SOURCE,
        inputs=INPUTS,
        kernel=above_ground,
        output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
    ),
    "below_ground": Model(
        id="split_below_ground",
        title=Text("活立木碳的地下部分", "Part of live carbon below ground"),
        formula=r"C = C_l R / (1 + R)",
        source=SOURCE,
        inputs=INPUTS,
        kernel=below_ground,
        output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
    ),
}
