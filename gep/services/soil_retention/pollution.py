"""What kept-back nutrients are worth as water that needs no treatment."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def pollution_avoided(
    physical: Pixels,
    soil_nitrogen_content: Pixels,
    soil_phosphorus_content: Pixels,
    nitrogen_treatment_cost: Pixels,
    phosphorus_treatment_cost: Pixels,
) -> Pixels:
    """Return the cost of taking the retained soil's nitrogen and phosphorus out of water."""
    nitrogen = physical * soil_nitrogen_content * nitrogen_treatment_cost
    phosphorus = physical * soil_phosphorus_content * phosphorus_treatment_cost
    return nitrogen + phosphorus


NON_POINT_POLLUTION = Valuation(
    id="non_point_pollution",
    title=Text("减少面源污染（氮、磷）", "Non-point pollution avoided (N and P)"),
    formula=r"V = \sum_k Q \, C_k P_k,\; k = N, P",
    source=Citation("GARZE2017", "soil retention, N and P loss avoided; SV_NPS"),
    inputs={
        "physical": Layer(symbol="Q", units="t/year"),
        "soil_nitrogen_content": Factor(symbol="C_N", units="1", by=ECOSYSTEM),
        "soil_phosphorus_content": Factor(symbol="C_P", units="1", by=ECOSYSTEM),
        "nitrogen_treatment_cost": Factor(symbol="P_N", units="CNY/t"),
        "phosphorus_treatment_cost": Factor(symbol="P_P", units="CNY/t"),
    },
    kernel=pollution_avoided,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="treatment cost",
    family="nutrients",
)
