"""Forest norm, the soil's carbon in a fixed ratio to the stand's growth (CF_FOREST)."""

from data_catalog.spec import Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.carbon_sequestration import forest_biomass, photosynthesis


def carbon_dioxide_taken_up(
    npp: Pixels,
    carbon_per_dry_matter: Pixels,
    co2_per_dry_matter: Pixels,
    carbon_per_co2: Pixels,
    soil_carbon_per_dry_matter: Pixels,
    co2_per_carbon: Pixels,
) -> Pixels:
    """Return the carbon dioxide bound by stand and soil in a year; never negative."""
    soil_carbon_rate = npp / carbon_per_dry_matter * soil_carbon_per_dry_matter
    return forest_biomass.carbon_dioxide_taken_up(
        npp, carbon_per_dry_matter, co2_per_dry_matter, carbon_per_co2, soil_carbon_rate,
        co2_per_carbon,
    )  # fmt: skip


VARIANT = Variant(
    id="forest_soil_ratio",
    title=Text("森林植被固碳与土壤按比例", "Carbon of forest stand, and of soil in proportion"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, (1.63 \, R_C + r) B,\; B = NPP / c",
    source=Citation("SDCARBON2018", "1.63 R_C B + F, soil to stand as 0.02 to 0.49"),
    inputs={
        **photosynthesis.VARIANT.inputs,
        "carbon_per_co2": Factor(symbol="R_C", units="t_C/t_CO2e", choose="sdcarbon2018"),
        "soil_carbon_per_dry_matter": Factor(symbol="r", units="t_C/t_dm", choose="sdcarbon2018"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=0, high=1000
    ),
    note=Text(
        "土壤与林分固碳之比 0.02:0.49 在原文中乘以干物质 B，此处照原文。",
        "The paper multiplies the ratio 0.02 to 0.49 of soil to stand by the dry matter B; so does "
        "this.",
    ),
)
