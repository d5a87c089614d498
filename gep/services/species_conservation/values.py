"""What kept habitat is worth: an equivalent factor, or what is spent on protecting it."""

from data_catalog.spec import Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.areas import AREA

YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def equivalent_value(
    physical: Pixels,
    forest_cover: Pixels,
    national_forest_cover: Pixels,
    biodiversity_equivalent: Pixels,
    equivalent_unit_value: Pixels,
) -> Pixels:
    """Return the value by an equivalent factor, raised as forest cover is above the nation's."""
    adjusted = forest_cover / national_forest_cover * biodiversity_equivalent
    return physical * adjusted * equivalent_unit_value


def protection_spending(physical: Pixels, habitat_protection_spending: Pixels) -> Pixels:
    """Return what a nature reserve spends on as much land."""
    return physical * habitat_protection_spending


EQUIVALENT = Valuation(
    id="equivalent_factor",
    title=Text("当量因子法（森林覆盖率修正）", "Equivalent factor, adjusted by forest cover"),
    formula=r"V = A \frac{F}{F_0} E \, P",
    source=Citation("GAOTIAN2017", "biodiversity, value; SP_EQUIV"),
    inputs={
        "physical": AREA,
        "forest_cover": Factor(symbol="F", units="percent"),
        "national_forest_cover": Factor(symbol="F_0", units="percent"),
        "biodiversity_equivalent": Factor(symbol="E", units="1"),
        "equivalent_unit_value": Factor(symbol="P", units="CNY/(ha*year)"),
    },
    kernel=equivalent_value,
    output=YUAN,
    method="benefit transfer",
    family="species",
)

SPENDING = Valuation(
    id="protection_spending",
    title=Text("保护投入费用法", "Spending on protection"),
    formula=r"V = A \, P",
    source=Citation("JIAOZHOU2018", "table 1, habitat; SP_SPEND"),
    inputs={
        "physical": AREA,
        "habitat_protection_spending": Factor(symbol="P", units="CNY/(ha*year)"),
    },
    kernel=protection_spending,
    output=YUAN,
    method="replacement cost",
    family="species",
)
