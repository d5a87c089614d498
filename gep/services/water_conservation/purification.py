"""What clean water from forests is worth: the cost of purifying as much (WC_FOREST, quality)."""

from data_catalog.spec import Citation, Factor, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.water_conservation.values import PHYSICAL, YUAN


def purification_avoided(physical: Pixels, water_purification_cost: Pixels) -> Pixels:
    """Return the cost of making as much water clean."""
    return physical * water_purification_cost


PURIFICATION = Valuation(
    id="purification",
    title=Text("净化水质（森林规范）", "Water quality, at the cost of purification (forest norm)"),
    formula=r"V = Q \, K_w",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: U_q = G K_w"),
    inputs={
        "physical": PHYSICAL,
        "water_purification_cost": Factor(symbol="K_w", units="CNY/m3"),
    },
    kernel=purification_avoided,
    output=YUAN,
    method="replacement cost",
    family="water quality",
    note=Text(
        "与调节水量的价值相加；若另行核算“水质净化”服务，请勿重复计入。净化费用没有读到出处，"
        "须由用户给出。",
        "Added to the value of the quantity. Do not count it where water purification is a service "
        "of its own. No source for the cost was read: it has to be given.",
    ),
)
