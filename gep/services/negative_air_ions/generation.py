"""What negative ions are worth: the cost of making them with a machine."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.negative_air_ions.beneficial_ions import BENEFICIAL


def generation_avoided(physical: Pixels, ion_cost: Pixels) -> Pixels:
    """Return what it would cost to make the ions."""
    return physical * ion_cost


ION_COST = Valuation(
    id="ion_cost",
    title=Text("负离子生产费用", "Cost of making ions"),
    formula=r"U = 5.256 \times 10^{15} \, A H K (Q - 600) / L",
    source=Citation("RECALL", "LY/T 1721-2008, text not read; value"),
    inputs={
        "physical": Layer(symbol="G", units="ion/year"),
        "ion_cost": Factor(symbol="K", units="CNY/ion"),
    },
    kernel=generation_avoided,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="replacement cost",
    family="ions",
    item=BENEFICIAL.id,
    note=Text(
        "每个负离子的费用 K 没有读到出处，须由用户给出。",
        "No cost K of an ion was found with a source: it has to be given.",
    ),
)
