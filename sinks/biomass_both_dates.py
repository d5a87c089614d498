"""Carbon of living biomass at each of two dates, on the land whose biomass is known at both.

A change of stock is that of one and the same land: a cell without biomass at one date is left out
of both, or a gap in a map would be taken for a loss.
"""

from dataclasses import replace

import numpy as np

from data_catalog.spec import Layer, Model, Output, Pixels
from data_catalog.text import Text
from sinks.biomass import (
    ABOVE_GROUND,
    BELOW_GROUND,
    BIOMASS,
    CARBON_FRACTION,
    LAYER,
    LAYER_BASELINE,
    ROOTS,
    above_ground_carbon,
    below_ground_carbon,
)

__all__ = ["CLOSING", "OPENING"]


def above_ground_carbon_closing(
    above_ground_biomass: Pixels, above_ground_biomass_baseline: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon above ground in the account year, where the baseline is known too."""
    carbon = above_ground_carbon(above_ground_biomass, carbon_fraction)
    return np.where(np.isnan(above_ground_biomass_baseline), np.nan, carbon)


def above_ground_carbon_opening(
    above_ground_biomass: Pixels, above_ground_biomass_baseline: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon above ground in the baseline year, where the account year is known too."""
    carbon = above_ground_carbon(above_ground_biomass_baseline, carbon_fraction)
    return np.where(np.isnan(above_ground_biomass), np.nan, carbon)


def below_ground_carbon_closing(
    above_ground_biomass: Pixels,
    above_ground_biomass_baseline: Pixels,
    root_shoot_threshold: Pixels,
    root_shoot_ratio_low_biomass: Pixels,
    root_shoot_ratio_high_biomass: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the carbon in roots in the account year, where the baseline is known too."""
    carbon = below_ground_carbon(
        above_ground_biomass,
        root_shoot_threshold,
        root_shoot_ratio_low_biomass,
        root_shoot_ratio_high_biomass,
        carbon_fraction,
    )
    return np.where(np.isnan(above_ground_biomass_baseline), np.nan, carbon)


def below_ground_carbon_opening(
    above_ground_biomass: Pixels,
    above_ground_biomass_baseline: Pixels,
    root_shoot_threshold: Pixels,
    root_shoot_ratio_low_biomass: Pixels,
    root_shoot_ratio_high_biomass: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:
    """Return the carbon in roots in the baseline year, where the account year is known too."""
    carbon = below_ground_carbon(
        above_ground_biomass_baseline,
        root_shoot_threshold,
        root_shoot_ratio_low_biomass,
        root_shoot_ratio_high_biomass,
        carbon_fraction,
    )
    return np.where(np.isnan(above_ground_biomass), np.nan, carbon)


LAYERS = {
    LAYER: Layer(symbol="B", units=BIOMASS),
    LAYER_BASELINE: Layer(symbol="B'", units=BIOMASS),
}
WHERE = Text("只计两期都有数值的像元。", "Cells known at both dates alone.")


def _named(output: Output, name: str) -> Output:
    return replace(output, name=name)


ABOVE_GROUND_CLOSING = Model(
    id="above_ground_carbon_closing",
    title=Text(
        "地上生物量碳储量（两期可比土地）", "Carbon above ground on land known at both dates"
    ),
    formula=ABOVE_GROUND.formula,
    source=ABOVE_GROUND.source,
    inputs={**LAYERS, "carbon_fraction": CARBON_FRACTION},
    kernel=above_ground_carbon_closing,
    output=_named(ABOVE_GROUND.output, "above_ground_carbon_closing"),
    note=WHERE,
)
ABOVE_GROUND_OPENING = Model(
    id="above_ground_carbon_opening",
    title=Text(
        "基期地上生物量碳储量（两期可比土地）",
        "Carbon above ground in the baseline year on land known at both dates",
    ),
    formula=ABOVE_GROUND.formula,
    source=ABOVE_GROUND.source,
    inputs={**LAYERS, "carbon_fraction": CARBON_FRACTION},
    kernel=above_ground_carbon_opening,
    output=_named(ABOVE_GROUND.output, "above_ground_carbon_opening"),
    note=WHERE,
)
BELOW_GROUND_CLOSING = Model(
    id="below_ground_carbon_closing",
    title=Text("地下生物量碳储量（两期可比土地）", "Carbon in roots on land known at both dates"),
    formula=BELOW_GROUND.formula,
    source=BELOW_GROUND.source,
    inputs={**LAYERS, **ROOTS, "carbon_fraction": CARBON_FRACTION},
    kernel=below_ground_carbon_closing,
    output=_named(BELOW_GROUND.output, "below_ground_carbon_closing"),
    note=WHERE,
)
BELOW_GROUND_OPENING = Model(
    id="below_ground_carbon_opening",
    title=Text(
        "基期地下生物量碳储量（两期可比土地）",
        "Carbon in roots in the baseline year on land known at both dates",
    ),
    formula=BELOW_GROUND.formula,
    source=BELOW_GROUND.source,
    inputs={**LAYERS, **ROOTS, "carbon_fraction": CARBON_FRACTION},
    kernel=below_ground_carbon_opening,
    output=_named(BELOW_GROUND.output, "below_ground_carbon_opening"),
    note=WHERE,
)
CLOSING = (ABOVE_GROUND_CLOSING, BELOW_GROUND_CLOSING)
OPENING = (ABOVE_GROUND_OPENING, BELOW_GROUND_OPENING)
