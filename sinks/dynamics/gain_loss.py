"""Gain and loss of living biomass: growth less wood removals, fuelwood and disturbance."""

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text

__all__ = [
    "BIOMASS_CHANGE",
    "DISTURBANCE_LOSS",
    "FUELWOOD",
    "GROWTH",
    "GROWTH_OF_VOLUME",
    "WOOD_REMOVALS",
    "biomass_change",
    "disturbance_loss",
    "fuelwood",
    "growth",
    "growth_of_volume",
    "wood_removals",
]

SOURCE = "ipcc_2006_v4"
CARBON = "t_C/year"
AREA = Column(symbol="A", units="ha")
RATIO = Column(symbol="R", units="t_dm/t_dm")
FRACTION = Factor(symbol="CF", units="t_C/t_dm")
EXPANSION = Column(symbol="BCEF_R", units="t_dm/m3")
LOSS = Output(name="loss", units=CARBON, total=CARBON, low=0, high=1e9)
GAIN = Output(name="gain", units=CARBON, total=CARBON, low=0, high=1e9)


def biomass_change(
    carbon_gain: Pixels, removal_loss: Pixels, fuelwood_loss: Pixels, disturbed: Pixels
) -> Pixels:
    """Return the yearly change of carbon in living biomass; a gain is positive."""
    return carbon_gain - (removal_loss + fuelwood_loss + disturbed)


def growth(
    area: Pixels, above_ground_growth: Pixels, root_shoot_ratio: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon that stands gain in a year, from the growth of shoots."""
    return area * above_ground_growth * (1 + root_shoot_ratio) * carbon_fraction


def growth_of_volume(
    area: Pixels,
    volume_increment: Pixels,
    expansion_of_increment: Pixels,
    root_shoot_ratio: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the carbon that stands gain in a year, from the growth of volume."""
    above_ground_growth = volume_increment * expansion_of_increment
    return growth(area, above_ground_growth, root_shoot_ratio, carbon_fraction)


def wood_removals(
    harvest: Pixels, expansion_of_removals: Pixels, root_shoot_ratio: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the living carbon lost to felling in a year, roots and slash included."""
    return harvest * expansion_of_removals * (1 + root_shoot_ratio) * carbon_fraction


def fuelwood(
    fuelwood_trees: Pixels,
    fuelwood_parts: Pixels,
    expansion_of_removals: Pixels,
    root_shoot_ratio: Pixels,
    wood_density: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the living carbon lost to fuelwood in a year: of whole trees, and of tree parts."""
    trees = fuelwood_trees * expansion_of_removals * (1 + root_shoot_ratio)
    return (trees + fuelwood_parts * wood_density) * carbon_fraction


def disturbance_loss(
    area_disturbed: Pixels,
    above_ground_biomass: Pixels,
    root_shoot_ratio: Pixels,
    carbon_fraction: Pixels,
    share_lost: Pixels,
) -> Pixels:
    """Return the living carbon lost to fire, pests, wind or snow in a year."""
    biomass = above_ground_biomass * (1 + root_shoot_ratio)
    return area_disturbed * biomass * carbon_fraction * share_lost


BIOMASS_CHANGE = Model(
    id="biomass_change",
    title=Text("生物量碳年变化（增减法）", "Yearly change of biomass carbon (gain-loss)"),
    formula=r"\Delta C_B = \Delta C_G - (L_{wood} + L_{fuel} + L_{dist})",
    source=Citation(SOURCE, "ch. 2, eq. 2.7 and 2.11"),
    inputs={
        "carbon_gain": Column(symbol=r"\Delta C_G", units=CARBON),
        "removal_loss": Column(symbol="L_{wood}", units=CARBON),
        "fuelwood_loss": Column(symbol="L_{fuel}", units=CARBON),
        "disturbed": Column(symbol="L_{dist}", units=CARBON),
    },
    kernel=biomass_change,
    output=Output(name="change", units=CARBON, total=CARBON, low=-1e9, high=1e9),
)
GROWTH = Model(
    id="biomass_growth",
    title=Text("生物量生长的固碳量", "Carbon gained by growth"),
    formula=r"\Delta C_G = A \cdot G_W (1 + R) \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.9 and 2.10, Tier 1"),
    inputs={
        "area": AREA,
        "above_ground_growth": Column(symbol="G_W", units="t_dm/(ha*year)"),
        "root_shoot_ratio": RATIO,
        "carbon_fraction": FRACTION,
    },
    kernel=growth,
    output=GAIN,
)
GROWTH_OF_VOLUME = Model(
    id="volume_growth",
    title=Text("蓄积生长的固碳量", "Carbon gained by growth of volume"),
    formula=r"\Delta C_G = A \cdot I_V \cdot BCEF_I (1 + R) \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.9 and 2.10, Tiers 2 and 3"),
    inputs={
        "area": AREA,
        "volume_increment": Column(symbol="I_V", units="m3/(ha*year)"),
        "expansion_of_increment": Column(symbol="BCEF_I", units="t_dm/m3"),
        "root_shoot_ratio": RATIO,
        "carbon_fraction": FRACTION,
    },
    kernel=growth_of_volume,
    output=GAIN,
)
WOOD_REMOVALS = Model(
    id="wood_removals",
    title=Text("木材采伐的生物量碳损失", "Biomass carbon lost to wood removals"),
    formula=r"L_{wood} = H \cdot BCEF_R (1 + R) \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.12"),
    inputs={
        "harvest": Column(symbol="H", units="m3/year"),
        "expansion_of_removals": EXPANSION,
        "root_shoot_ratio": RATIO,
        "carbon_fraction": FRACTION,
    },
    kernel=wood_removals,
    output=LOSS,
)
FUELWOOD = Model(
    id="fuelwood",
    title=Text("薪材采伐的生物量碳损失", "Biomass carbon lost to fuelwood"),
    formula=r"L_{fuel} = [FG_{trees} \cdot BCEF_R (1 + R) + FG_{part} \cdot D] \cdot CF",
    source=Citation(SOURCE, "ch. 2, eq. 2.13"),
    inputs={
        "fuelwood_trees": Column(symbol="FG_{trees}", units="m3/year"),
        "fuelwood_parts": Column(symbol="FG_{part}", units="m3/year"),
        "expansion_of_removals": EXPANSION,
        "root_shoot_ratio": RATIO,
        "wood_density": Column(symbol="D", units="t_dm/m3"),
        "carbon_fraction": FRACTION,
    },
    kernel=fuelwood,
    output=LOSS,
)
DISTURBANCE_LOSS = Model(
    id="disturbance_loss",
    title=Text("干扰的生物量碳损失", "Biomass carbon lost to disturbance"),
    formula=r"L_{dist} = A_d \cdot B_W (1 + R) \cdot CF \cdot f_d",
    source=Citation(SOURCE, "ch. 2, eq. 2.14"),
    inputs={
        "area_disturbed": Column(symbol="A_d", units="ha/year"),
        "above_ground_biomass": Column(symbol="B_W", units="t_dm/ha"),
        "root_shoot_ratio": RATIO,
        "carbon_fraction": FRACTION,
        "share_lost": Column(symbol="f_d", units="1"),
    },
    kernel=disturbance_loss,
    output=LOSS,
)
