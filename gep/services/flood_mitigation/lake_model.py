"""Lakes by a storage model of their lake region (FM_WATER, lakes)."""

import numpy as np

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant


def flood_stored(
    area_km2: Pixels,
    lake_storage_intercept: Pixels,
    lake_storage_exponent: Pixels,
    lake_exchanges: Pixels,
) -> Pixels:
    """Return the flood water a lake can hold in a year, in ten thousand cubic metres."""
    return np.exp(lake_storage_intercept) * area_km2**lake_storage_exponent * lake_exchanges


VARIANT = Variant(
    id="lake_model",
    title=Text("湖区经验模型", "Model of the lake region"),
    formula=r"C = e^{a} A^{b} \, T",
    source=Citation("GARZE2017", "flood regulation, lakes of the Tibetan Plateau"),
    inputs={
        "area_km2": Column(symbol="A", units="km2"),
        "lake_storage_intercept": Factor(symbol="a", units="1", by="lake_region"),
        "lake_storage_exponent": Factor(symbol="b", units="1", by="lake_region"),
        "lake_exchanges": Factor(symbol="T", units="1/year", by="lake_region"),
    },
    kernel=flood_stored,
    output=Output(name="flood_stored", units="万m3/year", total="m3/year", low=0, high=1e9),
    table="lakes",
    item="lake",
    empirical="a regression of logarithms: area in km2 gives ten thousand m3",
    note=Text(
        "东部平原的换水次数没有可靠出处，须在 lakes 表的 lake_exchanges 列或参数表中给出。",
        "The water exchanges of the eastern plain have no source that was checked: give them in "
        "the column lake_exchanges of the lakes or as a parameter row.",
    ),
)
