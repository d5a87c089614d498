"""Forest norm: carbon in the stand's growth, and in its soil (CF_FOREST)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(
    npp: Pixels,
    carbon_per_dry_matter: Pixels,
    co2_per_dry_matter: Pixels,
    carbon_per_co2: Pixels,
    soil_carbon_rate: Pixels,
    co2_per_carbon: Pixels,
) -> Pixels:
    """Return the carbon dioxide bound by stand and soil in a year; negative if the soil loses."""
    dry_matter = npp / carbon_per_dry_matter
    stand_carbon = dry_matter * co2_per_dry_matter * carbon_per_co2
    return (stand_carbon + soil_carbon_rate) * co2_per_carbon


VARIANT = Variant(
    id="forest_biomass",
    title=Text("森林植被与土壤固碳（森林规范）", "Carbon of forest stand and soil (forest norm)"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, (1.63 \, R_C B + F),\; B = NPP / c",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: 1.63 R_C B + F"),
    inputs={
        "npp": Layer(symbol="NPP", units="t_C/(ha*year)"),
        "carbon_per_dry_matter": Factor(symbol="c", units="t_C/t_dm"),
        "co2_per_dry_matter": Factor(symbol="1.63", units="t_CO2e/t_dm", choose="photosynthesis"),
        "carbon_per_co2": Factor(symbol="R_C", units="t_C/t_CO2e", choose="sdcarbon2018"),
        "soil_carbon_rate": Factor(symbol="F", units="t_C/(ha*year)"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=-500, high=1000
    ),
    note=Text(
        "单位面积林地土壤年固碳量 F 没有公布值，须由用户给出；B 为林分净生产力（干物质）。",
        "No source gives the yearly soil carbon F: it has to be given. B is the stand's net "
        "production of dry matter.",
    ),
)
