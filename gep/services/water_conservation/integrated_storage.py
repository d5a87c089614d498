"""Integrated storage of canopy, litter and soil (WC_STORAGE)."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def water_stored(
    canopy_interception: Pixels,
    litter_holding: Pixels,
    soil_storage: Pixels,
    storage_fillings: Pixels,
) -> Pixels:
    """Return the depth of water that canopy, litter and soil hold in a year; never negative."""
    capacity = canopy_interception + litter_holding + soil_storage
    return capacity * storage_fillings


VARIANT = Variant(
    id="integrated_storage",
    title=Text("综合蓄水能力法", "Integrated storage of canopy, litter and soil"),
    formula=r"Q = \sum A \, n \, (I + L + S)",
    source=Citation("ZHOU2018", "table of methods, integrated storage; stands in TAIHANG2017"),
    inputs={
        "canopy_interception": Factor(symbol="I", units="mm", by=ECOSYSTEM),
        "litter_holding": Factor(symbol="L", units="mm", by=ECOSYSTEM),
        "soil_storage": Factor(symbol="S", units="mm", by=ECOSYSTEM),
        "storage_fillings": Factor(symbol="n", units="1/year"),
    },
    kernel=water_stored,
    output=Output(name="water_stored", units="mm/year", total="m3/year", low=0, high=100000),
    note=Text(
        "I、L、S 是一次降水的蓄水容量，不是年量；每年蓄满次数 n 没有公布值，须由用户给出"
        "（取 1 即只计容量本身）。",
        "I, L and S are the capacity for one rain event, not a year's. No source gives the number "
        "of fillings a year, n: it has to be given (1 counts the capacity itself).",
    ),
)
