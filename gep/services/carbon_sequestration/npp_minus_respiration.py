"""Net uptake as production less heterotrophic soil respiration (CF_NEP)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(
    npp: Pixels, soil_respiration: Pixels, co2_per_carbon: Pixels
) -> Pixels:
    """Return the carbon dioxide taken up in a year; negative where the soil respires more."""
    net_ecosystem_production = npp - soil_respiration
    return net_ecosystem_production * co2_per_carbon


VARIANT = Variant(
    id="npp_minus_respiration",
    title=Text("NPP 减土壤异养呼吸", "NPP less soil respiration"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, (NPP - R_s)",
    source=Citation("XUANNV", "quotes GB/T 46869-2025 annex A.7, NEP method; formula recalled"),
    inputs={
        "npp": Layer(symbol="NPP", units="t_C/(ha*year)"),
        "soil_respiration": Layer(symbol="R_s", units="t_C/(ha*year)"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=-500, high=500
    ),
)
