"""What the forest norm takes kept-back nutrients to be worth: compound fertiliser (SV_FOREST)."""

from data_catalog.spec import Citation, Factor, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.soil_retention.fertility import CONTENTS
from gep.services.soil_retention.sediment import PHYSICAL, YUAN


def fertiliser_avoided(
    physical: Pixels,
    soil_nitrogen_content: Pixels,
    soil_phosphorus_content: Pixels,
    soil_potassium_content: Pixels,
    soil_organic_matter_content: Pixels,
    nitrogen_in_phosphate: Pixels,
    phosphorus_in_phosphate: Pixels,
    potassium_in_chloride: Pixels,
    diammonium_phosphate_price: Pixels,
    potassium_chloride_price: Pixels,
    organic_matter_price: Pixels,
) -> Pixels:
    """Return the cost of diammonium phosphate, potassium chloride and organic matter instead."""
    phosphate = (
        soil_nitrogen_content / nitrogen_in_phosphate
        + soil_phosphorus_content / phosphorus_in_phosphate
    )
    chloride = soil_potassium_content / potassium_in_chloride
    return physical * (
        phosphate * diammonium_phosphate_price
        + chloride * potassium_chloride_price
        + soil_organic_matter_content * organic_matter_price
    )


FERTILISER = Valuation(
    id="fertiliser",
    title=Text("森林保肥（化肥价折纯）", "Fertility kept by forest, at prices of fertiliser"),
    formula=r"V = Q \left[ \left( \tfrac{C_N}{R_1} + \tfrac{C_P}{R_2} \right) P_1"
    r" + \tfrac{C_K}{R_3} P_2 + C_{OM} P_3 \right]",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: fertility kept; SV_FOREST"),
    inputs={
        "physical": PHYSICAL,
        **CONTENTS,
        "nitrogen_in_phosphate": Factor(symbol="R_1", units="1"),
        "phosphorus_in_phosphate": Factor(symbol="R_2", units="1"),
        "potassium_in_chloride": Factor(symbol="R_3", units="1"),
        "diammonium_phosphate_price": Factor(symbol="P_1", units="CNY/t"),
        "potassium_chloride_price": Factor(symbol="P_2", units="CNY/t"),
        "organic_matter_price": Factor(symbol="P_3", units="CNY/t"),
    },
    kernel=fertiliser_avoided,
    output=YUAN,
    method="replacement cost",
    family="nutrients",
)
