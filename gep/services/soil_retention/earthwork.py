"""What the forest norm takes kept-back soil to be worth: earthwork (SV_FOREST)."""

from data_catalog.spec import Citation, Factor, Pixels
from data_catalog.text import Text
from gep.service import Valuation
from gep.services.soil_retention.sediment import PHYSICAL, YUAN


def earthwork_avoided(
    physical: Pixels, soil_bulk_density: Pixels, earthwork_cost: Pixels
) -> Pixels:
    """Return the cost of digging and carrying the volume of soil that is kept."""
    return physical / soil_bulk_density * earthwork_cost


EARTHWORK = Valuation(
    id="earthwork",
    title=Text("森林固土（挖取和运输土方）", "Soil fixed by forest, at the cost of earthwork"),
    formula=r"V = \frac{Q}{\rho} C",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: soil fixed; SV_FOREST"),
    inputs={
        "physical": PHYSICAL,
        "soil_bulk_density": Factor(symbol=r"\rho", units="t/m3"),
        "earthwork_cost": Factor(symbol="C", units="CNY/m3"),
    },
    kernel=earthwork_avoided,
    output=YUAN,
    method="replacement cost",
    family="silt",
    note=Text(
        "与“减少泥沙淤积”对同一批土估价，二者不能并用。土方费用没有读到出处，须由用户给出。",
        "Values the same soil as silt kept out of reservoirs: a standard may not choose both. No "
        "source for the cost of earthwork was read: it has to be given.",
    ),
)
