"""Net uptake as a share of net primary production, per ecosystem (CF_ALPHA)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(npp: Pixels, nep_npp_ratio: Pixels, co2_per_carbon: Pixels) -> Pixels:
    """Return the carbon dioxide taken up in a year, net of respiration; never negative."""
    net_ecosystem_production = nep_npp_ratio * npp
    return net_ecosystem_production * co2_per_carbon


VARIANT = Variant(
    id="alpha_npp",
    title=Text("NEP/NPP 转换系数法", "Share of NPP that stays (NEP/NPP ratio)"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, \alpha \, NPP",
    source=Citation("NAGQU", "code id 36017750360, NEP = alpha NPP, table C.4"),
    inputs={
        "npp": Layer(symbol="NPP", units="t_C/(ha*year)"),
        "nep_npp_ratio": Factor(symbol=r"\alpha", units="1", by=ECOSYSTEM),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=0, high=500
    ),
)
