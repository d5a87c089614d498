"""Actual evapotranspiration (实际蒸散量) by Fu's form of the Budyko curve."""

import numpy as np

from data_catalog.derived.derived import Derived, output_of
from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Pixels
from data_catalog.text import Text


def evapotranspiration(
    precipitation: Pixels, potential_evapotranspiration: Pixels, budyko_parameter: Pixels
) -> Pixels:
    """Return the depth evaporated in a year; at least 0, at most the rain and the potential.

    Fu's equation times the rain, so that a year without rain is no division by zero; the bounds
    are the equation's own and only undo rounding.
    """
    rain, potential, w = precipitation, potential_evapotranspiration, budyko_parameter
    evaporated = rain + potential - (rain**w + potential**w) ** (1 / w)
    return np.clip(evaporated, 0 * rain, np.minimum(rain, potential))


DERIVATION = Derived(
    id="evapotranspiration_fu",
    title=Text("实际蒸散量（傅抱璞公式）", "Actual evapotranspiration (Fu)"),
    formula=(
        r"\frac{ET}{P} = 1 + \frac{PET}{P} - \left[ 1 + \left( \frac{PET}{P} \right)^w"
        r" \right]^{1/w}"
    ),
    source=Citation("FU1981", "integrated form; w by vegetation after ZHANG2004"),
    inputs={
        "precipitation": Layer(symbol="P", units="mm/year"),
        "potential_evapotranspiration": Layer(symbol="PET", units="mm/year"),
        "budyko_parameter": Factor(symbol="w", units="1", by=ECOSYSTEM, choose="ZHANG2004"),
    },
    kernel=evapotranspiration,
    output=output_of("evapotranspiration", "m3/year"),
    locality="pixel",
    note=Text(
        "为流域多年平均的水热平衡关系，用于单年、单像元时误差较大；不含灌溉、径流汇入与地下水，"
        "因此低估湿地、水面和灌溉耕地的蒸散。有遥感蒸散产品时应优先使用。",
        "A long-term balance of whole catchments: used for one year and one pixel it is rough. It "
        "knows no irrigation, inflow or groundwater, so wetlands, open water and irrigated fields "
        "come out too low. Prefer a remotely sensed product where there is one.",
    ),
)
