"""Carbon sequestration rates per ecosystem, with a share for forest soil (CF_RATE)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def carbon_dioxide_taken_up(
    carbon_rate: Pixels, soil_carbon_share: Pixels, co2_per_carbon: Pixels
) -> Pixels:
    """Return the carbon dioxide taken up in a year; negative where a rate is negative."""
    return carbon_rate * (1 + soil_carbon_share) * co2_per_carbon


VARIANT = Variant(
    id="sequestration_rate",
    title=Text("固碳速率法", "Sequestration rates"),
    formula=r"Q = \sum A \, \tfrac{44}{12} \, r \, (1 + \beta)",
    source=Citation("RECALL", "CAEP 2020, rate method; text not read"),
    inputs={
        "carbon_rate": Factor(symbol="r", units="t_C/(ha*year)", by=ECOSYSTEM),
        "soil_carbon_share": Factor(symbol=r"\beta", units="1", by=ECOSYSTEM),
        "co2_per_carbon": Factor(symbol="44/12", units="t_CO2e/t_C", choose="stoichiometry"),
    },
    kernel=carbon_dioxide_taken_up,
    output=Output(
        name="carbon_dioxide", units="t_CO2e/(ha*year)", total="t_CO2e/year", low=-500, high=500
    ),
    note=Text(
        "各类固碳速率与森林土壤系数没有读到原文，表中无值，须由用户给出（森林以外 β 取 0）。",
        "No rate and no share for forest soil was read in a norm: there are no rows, they have to "
        "be given (a share of 0 outside forests).",
    ),
)
