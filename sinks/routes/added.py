"""Pools added to the live trees of a route: shares of them, or densities of the forest type.

None of them holds everywhere, so a project names those it wants. Soil has the depth that its
rows state: 0-100 cm in zhejiang-2016, never to be mixed with the IPCC's 0-30 cm.
"""

from data_catalog.spec import Citation, Column, Factor, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Addition

__all__ = ["ADDITIONS", "LIVE"]

LIVE = "live_carbon"
OUTPUT = Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000)
LIVE_COLUMN = Column(symbol="C_l", units="t_C/ha")
BIOMASS = Column(symbol="B", units="t_dm/ha")


def dead_wood_of_live(live_carbon: Pixels, dead_wood_share: Pixels) -> Pixels:
    """Return the carbon in dead wood as a share of that in live trees with roots."""
    return live_carbon * dead_wood_share


def litter_of_live(live_carbon: Pixels, litter_share: Pixels) -> Pixels:
    """Return the carbon in litter as a share of that in live trees with roots."""
    return live_carbon * litter_share


def dead_wood_of_biomass(
    above_ground_biomass: Pixels, dead_wood_share: Pixels, dead_wood_carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon in dead wood as a share of the biomass above ground."""
    return above_ground_biomass * dead_wood_share * dead_wood_carbon_fraction


def litter_of_biomass(
    above_ground_biomass: Pixels, litter_share: Pixels, litter_carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon in litter as a share of the biomass above ground."""
    return above_ground_biomass * litter_share * litter_carbon_fraction


def litter_of_type(carbon_density_litter: Pixels) -> Pixels:
    """Return the mean carbon in litter of the forest type."""
    return carbon_density_litter


def soil_of_type(carbon_density_soil: Pixels) -> Pixels:
    """Return the mean soil carbon of the forest type, to the depth that its row states."""
    return carbon_density_soil


def understory_of_type(understory_carbon_density: Pixels) -> Pixels:
    """Return the mean carbon of shrubs and herbs under the trees, with their roots."""
    return understory_carbon_density


ADDITIONS = (
    Addition(
        id="dead_wood_share",
        pool="dead_wood",
        main="guangdong-2018",
        model=Model(
            id="dead_wood_of_live",
            title=Text("枯死木（占活立木碳的份额）", "Dead wood as a share of live carbon"),
            formula=r"C = C_l \cdot DF",
            source=Citation("ar_tool12", "default factor of dead wood"),
            inputs={
                LIVE: LIVE_COLUMN,
                "dead_wood_share": Factor(symbol="DF", units="1", by="species_group"),
            },
            kernel=dead_wood_of_live,
            output=OUTPUT,
        ),
    ),
    Addition(
        id="litter_share",
        pool="litter",
        main="ar-tool12-temperate",
        model=Model(
            id="litter_of_live",
            title=Text("枯落物（占活立木碳的份额）", "Litter as a share of live carbon"),
            formula=r"C = C_l \cdot DF",
            source=Citation("ar_tool12", "default factor of litter"),
            inputs={
                LIVE: LIVE_COLUMN,
                "litter_share": Factor(symbol="DF", units="1", by="species_group"),
            },
            kernel=litter_of_live,
            output=OUTPUT,
        ),
    ),
    Addition(
        id="dead_wood_of_biomass",
        pool="dead_wood",
        main="ar-tool12-temperate",
        sets={"dead_wood_carbon_fraction": "ar-tool12"},
        model=Model(
            id="dead_wood_of_biomass",
            title=Text("枯死木（占地上生物量的份额）", "Dead wood as a share of biomass"),
            formula=r"C = B \cdot DF \cdot CF",
            source=Citation("ar_tool12", "as WRI carbon-budget applies the default factors"),
            inputs={
                "above_ground_biomass": BIOMASS,
                "dead_wood_share": Factor(symbol="DF", units="1", by="species_group"),
                "dead_wood_carbon_fraction": Factor(
                    symbol="CF", units="t_C/t_dm", by="species_group"
                ),
            },
            kernel=dead_wood_of_biomass,
            output=OUTPUT,
        ),
    ),
    Addition(
        id="litter_of_biomass",
        pool="litter",
        main="ar-tool12-temperate",
        sets={"litter_carbon_fraction": "ar-tool12"},
        model=Model(
            id="litter_of_biomass",
            title=Text("枯落物（占地上生物量的份额）", "Litter as a share of biomass"),
            formula=r"C = B \cdot DF \cdot CF_l",
            source=Citation("ar_tool12", "as WRI carbon-budget applies the default factors"),
            inputs={
                "above_ground_biomass": BIOMASS,
                "litter_share": Factor(symbol="DF", units="1", by="species_group"),
                "litter_carbon_fraction": Factor(
                    symbol="CF_l", units="t_C/t_dm", by="species_group"
                ),
            },
            kernel=litter_of_biomass,
            output=OUTPUT,
        ),
    ),
    Addition(
        id="litter_by_type",
        pool="litter",
        main="zhejiang-2016",
        model=Model(
            id="litter_of_type",
            title=Text("枯落物（林型密度）", "Litter by forest type"),
            formula="C = c",
            source=Citation("li_2016_zhejiang", "Table 3"),
            inputs={
                "carbon_density_litter": Factor(symbol="c", units="t_C/ha", by="species_group")
            },
            kernel=litter_of_type,
            output=OUTPUT,
        ),
    ),
    Addition(
        id="soil_by_type",
        pool="soil",
        main="zhejiang-2016",
        model=Model(
            id="soil_of_type",
            title=Text(
                "土壤有机碳（林型密度，深度见参数）", "Soil by forest type, depth as its row"
            ),
            formula="C = c",
            source=Citation("li_2016_zhejiang", "Table 3; 0-100 cm"),
            inputs={"carbon_density_soil": Factor(symbol="c", units="t_C/ha", by="species_group")},
            kernel=soil_of_type,
            output=OUTPUT,
        ),
    ),
    Addition(
        id="understory_by_type",
        pool="above_ground",
        main="zhejiang-2016",
        in_routes=frozenset({"type_density"}),
        model=Model(
            id="understory_of_type",
            title=Text("林下灌草（林型密度）", "Understory by forest type"),
            formula="C = c",
            source=Citation("li_2016_zhejiang", "Table 3"),
            inputs={
                "understory_carbon_density": Factor(symbol="c", units="t_C/ha", by="species_group")
            },
            kernel=understory_of_type,
            output=OUTPUT,
        ),
    ),
)
"""In the order of the pools; each is told by its id in a project."""
