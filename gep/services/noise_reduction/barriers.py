"""What a green belt along a road is worth: the noise barrier in its place."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation

LENGTH = Column(symbol="L_r", units="km")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e16)


def decibels_saved(length_km: Pixels, noise_reduction: Pixels, decibel_cost: Pixels) -> Pixels:
    """Return what barriers would cost in a year that take out as many decibels."""
    return length_km * noise_reduction * decibel_cost


def barriers_saved(length_km: Pixels, noise_barrier_cost: Pixels) -> Pixels:
    """Return what barriers as long as the belts would cost in a year."""
    return length_km * noise_barrier_cost


ROAD_FORM = Valuation(
    id="decibels",
    title=Text("隔音墙降噪费用（按分贝）", "Replacement cost by decibel"),
    formula=r"V = \sum_r L_r \, \Delta dB_r \, c",
    source=Citation("RECALL", "NDRC 2022, text not read; NO_ROAD"),
    inputs={
        "length_km": LENGTH,
        "noise_reduction": Column(symbol=r"\Delta dB_r", units="dBA"),
        "decibel_cost": Factor(symbol="c", units="CNY/(km*dBA*year)"),
    },
    kernel=decibels_saved,
    output=YUAN,
    method="replacement cost",
    family="noise",
    note=Text(
        "每公里每分贝一年的费用没有可靠出处，须由用户提供。",
        "No source was found for a year's cost per kilometre and decibel: it has to be given.",
    ),
)

BARRIER_FORM = Valuation(
    id="noise_barrier",
    title=Text("隔音墙费用（按长度）", "Replacement cost by length"),
    formula=r"U = K_z A_z",
    source=Citation("LYTFORM", "form list of LY/T 1721 and GB/T 38582: noise; NO_BARRIER"),
    inputs={
        "length_km": Column(symbol="A_z", units="km"),
        "noise_barrier_cost": Factor(symbol="K_z", units="CNY/(km*year)"),
    },
    kernel=barriers_saved,
    output=YUAN,
    method="replacement cost",
    family="noise",
    note=Text(
        "A_z 为折合隔音墙的林带长度；每公里一年的费用没有可靠出处，须由用户提供。",
        "A_z is the belts' length as noise barriers. No source was found for a year's cost per "
        "kilometre: it has to be given.",
    ),
)
