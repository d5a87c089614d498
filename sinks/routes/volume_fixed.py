"""Stand volume with fixed factors: the form of China's provincial inventories and methodologies."""

from data_catalog.spec import Citation, Column, Factor, Input, Model, Output, Pixels
from data_catalog.text import Text
from sinks.routes.route import Route


def above_ground(
    volume: Pixels, stem_wood_density: Pixels, biomass_expansion_factor: Pixels,
    carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon above ground; as the volume, never negative."""
    stems = volume * stem_wood_density
    return stems * biomass_expansion_factor * carbon_fraction


def below_ground(
    volume: Pixels, stem_wood_density: Pixels, biomass_expansion_factor: Pixels,
    root_shoot_ratio: Pixels, carbon_fraction: Pixels,
) -> Pixels:  # fmt: skip
    """Return the carbon in roots; as the volume, never negative."""
    shoots = volume * stem_wood_density * biomass_expansion_factor
    return shoots * root_shoot_ratio * carbon_fraction


SOURCE = Citation("ipcc_2006_v4", "ch. 2, eq. 2.8, with BCEF = SVD x BEF")
SHOOTS: dict[str, Input] = {
    "volume": Column(symbol="V", units="m3/ha"),
    "stem_wood_density": Factor(symbol="SVD", units="t_dm/m3", by="species_group"),
    "biomass_expansion_factor": Factor(symbol="BEF", units="t_dm/t_dm", by="species_group"),
}
ROOTS: dict[str, Input] = {
    "root_shoot_ratio": Factor(symbol="R", units="t_dm/t_dm", by="species_group")
}
CARBON: dict[str, Input] = {
    "carbon_fraction": Factor(symbol="CF", units="t_C/t_dm", by="species_group")
}

ROUTE = Route(
    id="volume_fixed",
    title=Text("蓄积量法（固定因子）", "Stand volume, fixed factors"),
    when=Text(
        "有每公顷蓄积量和树种的乔木林；结果与蓄积量成正比，适于算变化。因子集为回忆所得，"
        "核对标准原文之前结果均为暂定。",
        "Stands of trees with volume per hectare and species. In proportion to the volume, so fit "
        "for change. The set of factors is recalled: results are provisional until it is checked "
        "against the printed standard.",
    ),
    kinds=frozenset({"arbor"}),
    main="china-recalled",
    pools={
        "above_ground": Model(
            id="volume_fixed_above_ground",
            title=Text("地上碳储量（固定因子）", "Carbon above ground by fixed factors"),
            formula=r"C = V \cdot SVD \cdot BEF \cdot CF",
            source=SOURCE,
            inputs=SHOOTS | CARBON,
            kernel=above_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
        ),
        "below_ground": Model(
            id="volume_fixed_below_ground",
            title=Text("地下碳储量（固定因子）", "Carbon below ground by fixed factors"),
            formula=r"C = V \cdot SVD \cdot BEF \cdot R \cdot CF",
            source=SOURCE,
            inputs=SHOOTS | ROOTS | CARBON,
            kernel=below_ground,
            output=Output(name="carbon", units="t_C/ha", total="t_C", low=0, high=3000),
        ),
    },
)
