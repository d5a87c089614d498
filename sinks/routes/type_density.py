"""Carbon density by forest type: the mean of all stands of a type in a province."""

from data_catalog.spec import Citation, Factor, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Route


def above_ground(carbon_density_above_ground: Pixels) -> Pixels:
    """Return the mean carbon above ground of the type, its understory included."""
    return carbon_density_above_ground


def below_ground(carbon_density_below_ground: Pixels) -> Pixels:
    """Return the mean carbon in roots of the type."""
    return carbon_density_below_ground


SOURCE = Citation("li_2016_zhejiang", "Table 3")

ROUTE = Route(
    id="type_density",
    title=Text("林型碳密度法", "Density by forest type"),
    when=Text(
        "只知林型的宗地；给出全省该林型的均值，含林下灌草。",
        "Parcels known by forest type alone: the mean of the type in the province, with its "
        "understory.",
    ),
    kinds=frozenset({"arbor", "bamboo"}),
    main="zhejiang-2016",
    known=lambda frame: (frame["species_group"] != "").to_numpy(),
    pools={
        "above_ground": Model(
            id="type_density_above_ground",
            title=Text("地上碳储量（林型密度）", "Carbon above ground by forest type"),
            formula=r"C = c_{above}",
            source=SOURCE,
            inputs={
                "carbon_density_above_ground": Factor(
                    symbol="c_{above}", units="t_C/ha", by="species_group"
                )
            },
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=2000),
        ),
        "below_ground": Model(
            id="type_density_below_ground",
            title=Text("地下碳储量（林型密度）", "Carbon below ground by forest type"),
            formula=r"C = c_{below}",
            source=SOURCE,
            inputs={
                "carbon_density_below_ground": Factor(
                    symbol="c_{below}", units="t_C/ha", by="species_group"
                )
            },
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=2000),
        ),
    },
)
