"""What kept-back silt is worth: the cost of dredging it from reservoirs and rivers."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation

PHYSICAL = Layer(symbol="Q", units="t/year")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def dredging_avoided(
    physical: Pixels, silt_share: Pixels, soil_bulk_density: Pixels, dredging_cost: Pixels
) -> Pixels:
    """Return the cost of dredging the volume of silt that does not settle."""
    silt_volume = silt_share * physical / soil_bulk_density
    return silt_volume * dredging_cost


def silt_removal_avoided(physical: Pixels, silt_share: Pixels, silt_removal_cost: Pixels) -> Pixels:
    """Return the cost of removing the mass of silt that does not settle."""
    return silt_share * physical * silt_removal_cost


SILT = Valuation(
    id="silt",
    title=Text("减少泥沙淤积", "Silt kept out of reservoirs and rivers"),
    formula=r"V = \lambda \, Q / \rho \cdot c",
    source=Citation("GARZE2017", "soil retention, reduced silt; SV_SILT"),
    inputs={
        "physical": PHYSICAL,
        "silt_share": Factor(symbol=r"\lambda", units="1"),
        "soil_bulk_density": Factor(symbol=r"\rho", units="t/m3"),
        "dredging_cost": Factor(symbol="c", units="CNY/m3"),
    },
    kernel=dredging_avoided,
    output=YUAN,
    method="replacement cost",
    family="silt",
)

SILT_BY_MASS = Valuation(
    id="silt_by_mass",
    title=Text("减少泥沙淤积（按吨计价）", "Silt kept out, priced by the tonne"),
    formula=r"V = \lambda \, Q \, c",
    source=Citation("JIAJIYU2018", "soil conservation, cost of silt reduction per tonne"),
    inputs={
        "physical": PHYSICAL,
        "silt_share": Factor(symbol=r"\lambda", units="1"),
        "silt_removal_cost": Factor(symbol="c", units="CNY/t"),
    },
    kernel=silt_removal_avoided,
    output=YUAN,
    method="replacement cost",
    family="silt",
)
