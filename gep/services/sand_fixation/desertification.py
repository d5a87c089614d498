"""What fixed sand is worth: the cost of restoring the land that it would have covered."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def desertification_avoided(
    physical: Pixels, sand_density: Pixels, sand_cover_depth: Pixels, sand_control_cost: Pixels
) -> Pixels:
    """Return the cost of restoring the land that the fixed sand would cover at its depth."""
    land = physical / (sand_density * sand_cover_depth)
    return land * sand_control_cost


CONTROL = Valuation(
    id="sand_control",
    title=Text(
        "减少土地沙化（治沙工程成本）", "Land kept from turning to sand, cost of restoring it"
    ),
    formula=r"V = \frac{Q}{\rho h} P",
    source=Citation("GARZE2017", "sand fixation, value"),
    inputs={
        "physical": Layer(symbol="Q", units="t/year"),
        "sand_density": Factor(symbol=r"\rho", units="t/m3"),
        "sand_cover_depth": Factor(symbol="h", units="m"),
        "sand_control_cost": Factor(symbol="P", units="CNY/m2"),
    },
    kernel=desertification_avoided,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
    method="replacement cost",
    family="land",
)
