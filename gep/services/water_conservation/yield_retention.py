"""Water kept back out of the yield, by flow velocity, terrain and soil (WC_YIELD, retention)."""

import numpy as np

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.water_conservation import water_yield


def water_retained(
    precipitation: Pixels,
    potential_evapotranspiration: Pixels,
    root_depth: Pixels,
    plant_available_water: Pixels,
    crop_coefficient: Pixels,
    rooting_depth: Pixels,
    vegetated: Pixels,
    seasonality: Pixels,
    budyko_shape_least: Pixels,
    budyko_shape_most: Pixels,
    flow_velocity: Pixels,
    topographic_index: Pixels,
    saturated_conductivity: Pixels,
    retaining_velocity: Pixels,
    retaining_topography: Pixels,
    retaining_conductivity: Pixels,
) -> Pixels:
    """Return the depth of the year's yield that is kept back; negative only by rounding."""
    yielded = water_yield.water_yielded(
        precipitation, potential_evapotranspiration, root_depth, plant_available_water,
        crop_coefficient, rooting_depth, vegetated, seasonality, budyko_shape_least,
        budyko_shape_most,
    )  # fmt: skip
    slow = np.minimum(1, retaining_velocity / flow_velocity)
    gathering = np.minimum(1, topographic_index / retaining_topography)
    seeping = np.minimum(1, saturated_conductivity / retaining_conductivity)
    return slow * gathering * seeping * yielded


VARIANT = Variant(
    id="yield_retention",
    title=Text("产水量法加涵养系数", "Water kept back out of the yield"),
    formula=r"Q = \sum A \, \min\left(1, \tfrac{249}{v}\right) \min\left(1, \tfrac{0.9 \, TI}{3}"
    r"\right) \min\left(1, \tfrac{K_s}{300}\right) Y",
    source=Citation("DING2017", "2.2.2, water conservation from the InVEST yield"),
    inputs={
        **water_yield.VARIANT.inputs,
        "flow_velocity": Factor(symbol="v", units="1", by=ECOSYSTEM),
        "topographic_index": Layer(symbol="TI", units="1"),
        "saturated_conductivity": Layer(symbol="K_s", units="cm/day"),
        "retaining_velocity": Factor(symbol="249", units="1", choose="ding2017"),
        "retaining_topography": Factor(symbol="3/0.9", units="1", choose="ding2017"),
        "retaining_conductivity": Factor(symbol="300", units="cm/day", choose="ding2017"),
    },
    kernel=water_retained,
    output=Output(name="water_retained", units="mm/year", total="m3/year", low=-1, high=12000),
    note=Text(
        "流速系数 v 没有读到取值，须由用户按类别给出；地形指数与土壤饱和导水率须以图层给出。"
        "产水量按 Fu 式（与 InVEST 3 一致），原文用的是更早的 Zhang 式。",
        "No values of the velocity coefficient v were read: give them by class; the topographic "
        "index and the conductivity of the soil have to be given as layers. The yield is by Fu, as "
        "in InVEST 3; the paper has the earlier form of Zhang.",
    ),
)
