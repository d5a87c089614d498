"""Bamboo by the number of culms, each as the mean culm of the region."""

from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes import split
from sinks.routes.route import Route


def above_ground(
    culms: Pixels, bamboo_mean_culm_mass: float, root_shoot_ratio: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon above ground; as the culms, never negative."""
    return split.above_ground(culms * bamboo_mean_culm_mass * carbon_fraction, root_shoot_ratio)


def below_ground(
    culms: Pixels, bamboo_mean_culm_mass: float, root_shoot_ratio: Pixels, carbon_fraction: Pixels
) -> Pixels:
    """Return the carbon in roots and rhizomes; as the culms, never negative."""
    return split.below_ground(culms * bamboo_mean_culm_mass * carbon_fraction, root_shoot_ratio)


SOURCE = Citation("li_2016_zhejiang", "bamboo: culms x 10.44 kg")
INPUTS: dict[str, Input] = {
    "culms": Column(symbol="N", units="culm/ha"),
    "bamboo_mean_culm_mass": Factor(symbol="w", units="t_dm/culm", choose="zhejiang-2009"),
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group"),
    "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm", by="species_group"),
}

ROUTE = Route(
    id="bamboo_culms",
    title=Text("毛竹株数法（平均单株）", "Bamboo by number of culms"),
    when=Text(
        "只有立竹数、没有竹龄的毛竹林；每株按全省平均单株生物量计。",
        "Moso bamboo with culms per hectare but no ages: each culm as the province's mean.",
    ),
    kinds=frozenset({"bamboo"}),
    main="groa-china",
    sets={"carbon_fraction": "sdcarbon2018"},
    pools={
        "above_ground": Model(
            id="bamboo_culms_above_ground",
            title=Text("毛竹地上碳储量（平均单株）", "Carbon of mean culms above ground"),
            formula=r"C = N w \cdot CF / (1 + R)",
            source=SOURCE,
            inputs=INPUTS,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=1000),
        ),
        "below_ground": Model(
            id="bamboo_culms_below_ground",
            title=Text("毛竹地下碳储量（平均单株）", "Carbon of mean culms below ground"),
            formula=r"C = N w \cdot CF \cdot R / (1 + R)",
            source=SOURCE,
            inputs=INPUTS,
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=1000),
        ),
    },
)
