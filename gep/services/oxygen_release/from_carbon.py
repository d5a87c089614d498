"""Oxygen for the carbon dioxide that stays fixed, from NPP and its NEP share (OX_FROM_CO2)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.carbon_sequestration.alpha_npp import carbon_dioxide_taken_up


def oxygen_released(
    npp: Pixels, nep_npp_ratio: Pixels, co2_per_carbon: Pixels, oxygen_per_co2: Pixels
) -> Pixels:
    """Return the oxygen released in a year, net of respiration; never negative."""
    return carbon_dioxide_taken_up(npp, nep_npp_ratio, co2_per_carbon) * oxygen_per_co2


VARIANT = Variant(
    id="from_carbon",
    title=Text("由净固碳量换算（NEP/NPP 系数）", "From net carbon uptake (NEP/NPP ratio)"),
    formula=r"Q = \sum A \, \tfrac{32}{44} \tfrac{44}{12} \, \alpha \, NPP",
    source=Citation("RECALL", "CAEP 2020, 32/44 of carbon dioxide fixed; text not read"),
    inputs={
        "npp": Layer(symbol="NPP", units="t_C/(ha*year)"),
        "nep_npp_ratio": Factor(symbol=r"\alpha", units="1", by=ECOSYSTEM),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
        "oxygen_per_co2": Factor(symbol="32/44", units="t_O2/t_CO2e", choose="stoichiometry"),
    },
    kernel=oxygen_released,
    output=Output(name="oxygen", units="t_O2/(ha*year)", total="t_O2/year", low=0, high=500),
)
