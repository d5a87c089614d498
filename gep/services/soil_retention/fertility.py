"""What kept-back nutrients are worth as fertiliser."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.soil_retention.sediment import PHYSICAL, YUAN

CONTENTS = {
    "soil_nitrogen_content": Factor(symbol="C_N", units="1", by=ECOSYSTEM),
    "soil_phosphorus_content": Factor(symbol="C_P", units="1", by=ECOSYSTEM),
    "soil_potassium_content": Factor(symbol="C_K", units="1", by=ECOSYSTEM),
    "soil_organic_matter_content": Factor(symbol="C_{OM}", units="1", by=ECOSYSTEM),
}
"""Shares of the soil's mass; of nitrogen, phosphorus and potassium as pure elements."""


def fertility_kept(
    physical: Pixels,
    soil_nitrogen_content: Pixels,
    soil_phosphorus_content: Pixels,
    soil_potassium_content: Pixels,
    soil_organic_matter_content: Pixels,
    nitrogen_price: Pixels,
    phosphorus_price: Pixels,
    potassium_price: Pixels,
    organic_matter_price: Pixels,
) -> Pixels:
    """Return what the retained soil's nutrients and organic matter cost as fertiliser."""
    nitrogen = soil_nitrogen_content * nitrogen_price
    phosphorus = soil_phosphorus_content * phosphorus_price
    potassium = soil_potassium_content * potassium_price
    organic_matter = soil_organic_matter_content * organic_matter_price
    return physical * (nitrogen + phosphorus + potassium + organic_matter)


FERTILITY = Valuation(
    id="fertility",
    title=Text("保持土壤肥力", "Soil fertility kept"),
    formula=r"V = Q \sum_k C_k P_k,\; k = N, P, K, OM",
    source=Citation("GAOTIAN2017", "soil conservation, table 3; SV_FERT"),
    inputs={
        "physical": PHYSICAL,
        **CONTENTS,
        "nitrogen_price": Factor(symbol="P_N", units="CNY/t"),
        "phosphorus_price": Factor(symbol="P_P", units="CNY/t"),
        "potassium_price": Factor(symbol="P_K", units="CNY/t"),
        "organic_matter_price": Factor(symbol="P_{OM}", units="CNY/t"),
    },
    kernel=fertility_kept,
    output=YUAN,
    method="replacement cost",
    family="nutrients",
    note=Text(
        "与“减少面源污染”对同一批养分估价，二者不能并用。",
        "Values the same nutrients as non-point pollution: a standard may not choose both.",
    ),
)
