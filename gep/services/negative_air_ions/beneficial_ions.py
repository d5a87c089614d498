"""Negative ions above the concentration from which they do people good."""

import numpy as np

from data_catalog.spec import Citation, Factor, Pixels
from data_catalog.text import Text
from gep.service import Item, Variant
from gep.services.negative_air_ions.all_ions import AIR, IONS, ions_given_off

BENEFICIAL = Item("beneficial", Text("有益负离子", "ions that do good"))


def ions_above_threshold(
    ion_concentration: Pixels,
    canopy_height: Pixels,
    ion_lifetime: Pixels,
    ion_minutes: Pixels,
    ion_threshold: Pixels,
) -> Pixels:
    """Return the ions above the threshold given off in a year; 0 where there are fewer."""
    excess = np.maximum(ion_concentration - ion_threshold, 0 * ion_threshold)
    return ions_given_off(excess, canopy_height, ion_lifetime, ion_minutes)


VARIANT = Variant(
    id="beneficial_ions",
    title=Text("有益负离子量（600 个/cm3 以上）", "Ions above 600 per cm3"),
    formula=r"G = 5.256 \times 10^{15} \, (Q - 600) A H / L",
    source=Citation("RECALL", "LY/T 1721-2008, text not read; amount that is valued"),
    inputs={
        **AIR,
        "ion_threshold": Factor(symbol="600", units="ion/cm3", choose="lyt1721"),
    },
    kernel=ions_above_threshold,
    output=IONS,
    item=BENEFICIAL.id,
    note=Text(
        "浓度不足 600 个/cm3 处计 0，不计负值。离子寿命 L 须由用户给出。",
        "Below 600 per cm3 there is none of it, and nothing negative. The lifetime L of an ion has "
        "to be given.",
    ),
)
