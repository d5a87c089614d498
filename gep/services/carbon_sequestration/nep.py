"""Net uptake from a layer of net ecosystem production (CF_NEP, NEP given)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(net_ecosystem_production: Pixels, co2_per_carbon: Pixels) -> Pixels:
    """Return the carbon dioxide taken up in a year; negative where the ecosystem is a source."""
    return net_ecosystem_production * co2_per_carbon


VARIANT = Variant(
    id="nep",
    title=Text("净生态系统生产力法", "Net ecosystem production"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, NEP",
    source=Citation("XUANNV", "quotes GB/T 46869-2025 annex A.7, NEP method; formula recalled"),
    inputs={
        "net_ecosystem_production": Layer(symbol="NEP", units="t_C/(ha*year)"),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=-500, high=500
    ),
)
