"""Revised wind erosion equation over a field of a given length (SF_RWEQ)."""

import numpy as np

from data_catalog.spec import Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant
from gep.services.sand_fixation.layers import LAYERS, WEATHER


def soil_moved(
    force: Pixels, field_length: Pixels, transport: Pixels, length: Pixels, exponent: Pixels
) -> Pixels:
    """Return the soil that wind moves in a year at a distance into the field; never negative."""
    most = transport * force
    per_length = force**-exponent / length  # 1 / s, which is 0 without wind
    share = (field_length * per_length) ** 2
    return 2 * field_length * per_length**2 * most * np.exp(-share)


def sand_fixed(
    weather_factor: Pixels,
    soil_erodible_fraction: Pixels,
    soil_crust_factor: Pixels,
    roughness_factor: Pixels,
    wind_cover_factor: Pixels,
    field_length: Pixels,
    rweq_transport: Pixels,
    rweq_length: Pixels,
    rweq_length_exponent: Pixels,
) -> Pixels:
    """Return the soil that vegetation keeps from the wind; negative beyond the equation's peak."""
    force = weather_factor * soil_erodible_fraction * soil_crust_factor * roughness_factor
    field = (field_length, rweq_transport, rweq_length, rweq_length_exponent)
    return soil_moved(force, *field) - soil_moved(force * wind_cover_factor, *field)


VARIANT = Variant(
    id="rweq",
    title=Text("修正风蚀方程 RWEQ", "Revised wind erosion equation (RWEQ)"),
    formula=r"Q = \sum A \, (S_L(x) - S_L(x C)),\; S_L = \frac{2 z}{s^2} Q_{max} e^{-(z/s)^2},\; "
    r"Q_{max} = 109.8 \, x,\; s = 150.71 \, x^{-0.3711},\; x = WF \cdot EF \cdot SCF \cdot K'",
    source=Citation("HJ1173", "A.14-A.16; SF_RWEQ"),
    inputs={
        **LAYERS,
        "field_length": Factor(symbol="z", units="m"),
        "rweq_transport": Factor(symbol="109.8", units="1", choose="HJ1173"),
        "rweq_length": Factor(symbol="150.71", units="m", choose="HJ1173"),
        "rweq_length_exponent": Factor(symbol="-0.3711", units="1", choose="HJ1173"),
    },
    kernel=sand_fixed,
    output=Output(
        name="sand_fixed", units="kg/(m2*year)", total="t/year", low=-100000, high=100000
    ),
    empirical="the critical field length is a power of the soil that the wind can carry",
    note=Text(
        f"{WEATHER.zh}HJ 1173 没有给出距离 z，它对结果影响很大，须由用户给出。方程得 kg/m2"
        "（1 kg/m2 = 1000 t/km2）。z 超过 1.53 s 后潜在风蚀反而随风力减小，差值可能为负。",
        f"{WEATHER.en} HJ 1173 does not print the distance z, which matters a lot: it has to be "
        "given. The equation gives kg/m2 (1 kg/m2 = 1000 t/km2). Where z is above 1.53 s, more "
        "wind moves less soil, and the difference may be negative.",
    ),
)
