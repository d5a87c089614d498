"""What it is worth that a pollutant need not be treated."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Valuation


def treatment_avoided(physical: Pixels, treatment_cost: Pixels) -> Pixels:
    """Return what it would cost to treat the pollutant."""
    return physical * treatment_cost


def treatment(item: Item, parameter: str, source: Citation) -> Valuation:
    """Return the valuation at the cost of treatment, of the parameter table named."""
    return Valuation(
        id=f"{item.id}_treatment",
        title=Text(f"{item.title.zh}治理成本法", f"Cost of treating {item.title.en}"),
        formula=r"V = Q \, c",
        source=source,
        inputs={
            "physical": Layer(symbol="Q", units="t/year"),
            "treatment_cost": Factor(symbol="c", units="CNY/t", table=parameter),
        },
        kernel=treatment_avoided,
        output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
        method="treatment cost",
        family=item.id,
        item=item.id,
    )
