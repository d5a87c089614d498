"""What guarded coast is worth: a year's cost of the sea wall in its place (CP_LENGTH)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def wall_saved(length_km: Pixels, sea_wall_cost: Pixels) -> Pixels:
    """Return what a sea wall along the coast would cost in a year."""
    return length_km * sea_wall_cost


SEA_WALL = Valuation(
    id="sea_wall",
    title=Text("影子工程法（海堤）", "Replacement cost, sea wall"),
    formula=r"V = \sum_k L_k C_k",
    source=Citation("RECALL", "CAEP 2020 and NDRC 2022, texts not read; CP_LENGTH"),
    inputs={
        "length_km": Column(symbol="L_k", units="km"),
        "sea_wall_cost": Factor(symbol="C_k", units="CNY/(km*year)", by="defence"),
    },
    kernel=wall_saved,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e16),
    method="replacement cost",
    family="coast",
    note=Text(
        "每年每公里海堤的费用（造价年化加维护），按防护类型给出；没有可靠出处，须由用户提供。",
        "A year's cost of a kilometre of sea wall, construction spread over its life and upkeep, "
        "by kind of defence. No figure with a source was found: it has to be given.",
    ),
)
