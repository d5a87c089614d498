"""What natural pest control is worth: the cost of controlling pests by hand."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.areas import AREA


def control_avoided(physical: Pixels, pest_control_cost: Pixels) -> Pixels:
    """Return what it would cost to control pests on the area."""
    return physical * pest_control_cost


CONTROL = Valuation(
    id="control_cost",
    title=Text("人工防治成本法", "Cost of controlling pests"),
    formula=r"V = \sum_j A_j \, c_j",
    source=Citation("GARZE2017", "pest control, value"),
    inputs={
        "physical": AREA,
        "pest_control_cost": Factor(symbol="c", units="CNY/(ha*year)", by=ECOSYSTEM),
    },
    kernel=control_avoided,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="replacement cost",
    family="pests",
)
