"""A parcel's above-ground biomass per hectare, with roots by species."""

from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Route


def above_ground(above_ground_biomass: Pixels, carbon_fraction: Pixels) -> Pixels:
    """Return the carbon above ground; as the biomass, never negative."""
    return above_ground_biomass * carbon_fraction


def below_ground(
    above_ground_biomass: Pixels, root_shoot_ratio: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon in roots; as the biomass, never negative."""
    return above_ground_biomass * root_shoot_ratio * carbon_fraction


SOURCE = Citation("ipcc_2006_v4", "ch. 2, eq. 2.8")
BIOMASS: dict[str, Input] = {"above_ground_biomass": Column(symbol="B", units="t_dm/ha")}
ROOTS: dict[str, Input] = {
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group")
}
CARBON: dict[str, Input] = {
    "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm", by="species_group")
}

ROUTE = Route(
    id="above_ground_biomass",
    title=Text("地上生物量法（树种根茎比）", "Above-ground biomass, roots by species"),
    when=Text(
        "有每公顷地上生物量（实测或遥感）的宗地，根系按树种的根茎比计。",
        "Parcels with above-ground biomass per hectare, measured or from a map; roots by the "
        "ratio of the species.",
    ),
    kinds=frozenset({"arbor", "bamboo"}),
    main="groa-china",
    sets={"carbon_fraction": "ipcc2006-subtropical-humid"},
    pools={
        "above_ground": Model(
            id="biomass_number_above_ground",
            title=Text("地上碳储量（生物量）", "Carbon above ground from biomass per hectare"),
            formula=r"C = B \cdot CF",
            source=SOURCE,
            inputs=BIOMASS | CARBON,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=2000),
        ),
        "below_ground": Model(
            id="biomass_number_below_ground",
            title=Text("地下碳储量（根茎比）", "Carbon below ground by the ratio of the species"),
            formula=r"C = B \cdot R \cdot CF",
            source=SOURCE,
            inputs=BIOMASS | ROOTS | CARBON,
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=2000),
        ),
    },
)
