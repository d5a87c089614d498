"""Shrubs: area times density. No density of Chinese shrubs is known: the project gives it."""

from data_catalog.spec import Citation, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Route


def above_ground(shrub_carbon_density: Pixels) -> Pixels:
    """Return the carbon above ground."""
    return shrub_carbon_density


def below_ground(shrub_carbon_density: Pixels, root_shoot_ratio: Pixels) -> Pixels:
    """Return the carbon in roots."""
    return shrub_carbon_density * root_shoot_ratio


SOURCE = Citation("ar_tool14", "shrubs: area times density, roots by a ratio")
DENSITY: dict[str, Input] = {
    "shrub_carbon_density": Factor(symbol="c", units="t_C/ha", by="species_group")
}

ROUTE = Route(
    id="shrub_density",
    title=Text("灌木林碳密度法", "Density of shrubs"),
    when=Text(
        "灌木林。没有可靠的全国或地区密度：请在 [tables] parameters 中给出 shrub_carbon_density。",
        "Shrubs. No density is known: give shrub_carbon_density in [tables] parameters.",
    ),
    kinds=frozenset({"shrub"}),
    main="ar-tool14",
    known=lambda frame: (frame["forest_kind"] == "shrub").to_numpy(),
    pools={
        "above_ground": Model(
            id="shrub_above_ground",
            title=Text("灌木地上碳储量", "Carbon of shrubs above ground"),
            formula="C = c",
            source=SOURCE,
            inputs=DENSITY,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=500),
        ),
        "below_ground": Model(
            id="shrub_below_ground",
            title=Text("灌木地下碳储量", "Carbon of shrubs below ground"),
            formula=r"C = c \cdot R",
            source=SOURCE,
            inputs=DENSITY
            | {"root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="forest_kind")},
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=500),
        ),
    },
)
