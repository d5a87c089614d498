"""Revised wind erosion equation in its closed form, without a field length (SF_CLOSED)."""

from data_catalog.spec import Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.sand_fixation.layers import LAYERS, WEATHER


def sand_fixed(
    weather_factor: Pixels,
    soil_erodible_fraction: Pixels,
    soil_crust_factor: Pixels,
    roughness_factor: Pixels,
    wind_cover_factor: Pixels,
    rweq_closed_factor: Pixels,
    rweq_closed_exponent: Pixels,
) -> Pixels:
    """Return the soil that vegetation keeps from the wind in a year; never negative."""
    force = weather_factor * soil_erodible_fraction * soil_crust_factor * roughness_factor
    potential = rweq_closed_factor * force**rweq_closed_exponent
    return potential * (1 - wind_cover_factor**rweq_closed_exponent)


VARIANT = Variant(
    id="rweq_closed",
    title=Text("修正风蚀方程（简式 0.1699）", "RWEQ in closed form (0.1699)"),
    formula=r"Q = \sum A \, 0.1699 \, (WF \cdot EF \cdot SCF \cdot K')^{1.3711} (1 - C^{1.3711})",
    source=Citation("SANDCODE", "code id 36335164354; SF_CLOSED"),
    inputs={
        **LAYERS,
        "rweq_closed_factor": Factor(symbol="0.1699", units="1", choose="sandcode"),
        "rweq_closed_exponent": Factor(symbol="1.3711", units="1", choose="sandcode"),
    },
    kernel=sand_fixed,
    output=Output(name="sand_fixed", units="kg/(m2*year)", total="t/year", low=0, high=100000),
    empirical="a power of the soil that the wind can carry",
    note=Text(
        f"{WEATHER.zh}简式见于公开代码，哪部规范印有它尚未核实；它等于完整方程取 z = 0.118 s，"
        "单位因此同为 kg/m2。",
        f"{WEATHER.en} The closed form was read in public code; which norm prints it is not "
        "known. It is the full equation at z = 0.118 s, so it is in kg/m2 too.",
    ),
)
