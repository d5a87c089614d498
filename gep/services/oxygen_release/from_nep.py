"""Oxygen for the carbon dioxide that stays fixed, from a layer of NEP (OX_FROM_CO2)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.carbon_sequestration.nep import carbon_dioxide_taken_up


def oxygen_released(
    net_ecosystem_production: Pixels, co2_per_carbon: Pixels, oxygen_per_co2: Pixels
) -> Pixels:
    """Return the oxygen released in a year; negative where the ecosystem uses more."""
    return carbon_dioxide_taken_up(net_ecosystem_production, co2_per_carbon) * oxygen_per_co2


VARIANT = Variant(
    id="from_nep",
    title=Text("由净生态系统生产力换算", "From net ecosystem production"),
    formula=r"Q = \sum A \, \tfrac{32}{44} \tfrac{44}{12} \, NEP",
    source=Citation("RECALL", "CAEP 2020, 32/44 of carbon dioxide fixed; text not read"),
    inputs={
        "net_ecosystem_production": Layer(symbol="NEP", units="t_C/(ha*year)"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
        "oxygen_per_co2": Factor(symbol="32/44", units="t_O2/t_CO2e", choose="stoichiometry"),
    },
    kernel=oxygen_released,
    output=Output(name="oxygen", units="t_O2/(ha*year)", total="t_O2/year", low=-500, high=500),
)
