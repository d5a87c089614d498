"""Potential evapotranspiration (潜在蒸散量) by Hargreaves and Samani, from monthly temperatures."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import DAY_OF_YEAR, DAYS, LATITUDE, Derived, output_of
from data_catalog.derived.sun import extraterrestrial_radiation
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def potential_evapotranspiration(
    temperature_min: Pixels,
    temperature_max: Pixels,
    latitude: Pixels,
    day_of_year: Pixels,
    days: Pixels,
    s: SimpleNamespace,
    sun: SimpleNamespace,
) -> Pixels:
    """Return the depth a short grass would evaporate in a year; never negative.

    Missing where a month's maximum is below its minimum: the two layers do not belong together.
    """
    mean = (temperature_min + temperature_max) / 2
    swing = temperature_max - temperature_min
    swing = np.where(swing < 0, np.nan, swing)
    middle, lengths = (x[:, np.newaxis, np.newaxis] for x in (day_of_year, days))
    radiation = s.evaporation * extraterrestrial_radiation(latitude, middle, sun)
    daily = s.factor * np.maximum(mean + s.temperature_offset, 0) * np.sqrt(swing) * radiation
    year: Pixels = np.sum(lengths * daily, axis=0)
    return year


DERIVATION = Derived(
    id="potential_evapotranspiration_hargreaves",
    title=Text("潜在蒸散量（Hargreaves）", "Potential evapotranspiration (Hargreaves)"),
    formula=(
        r"PET = \sum_{i=1}^{12} d_i \, 0.0023 \, (\bar T_i + 17.8)"
        r" \sqrt{T_{max,i} - T_{min,i}} \; 0.408 \, R_a(\varphi, J_i)"
    ),
    source=Citation("FAO56", "eq. 52, with R_a by eq. 21"),
    inputs={
        "temperature_min": Layer(symbol="T_{min}", units="degC"),
        "temperature_max": Layer(symbol="T_{max}", units="degC"),
        "latitude": LATITUDE,
        "day_of_year": DAY_OF_YEAR,
        "days": DAYS,
        "s": Coefficients(table="hargreaves", choose="FAO56"),
        "sun": Coefficients(table="solar_geometry", choose="FAO56"),
    },
    kernel=potential_evapotranspiration,
    output=output_of("potential_evapotranspiration", "m3/year"),
    locality="series",
    empirical="regression on temperature and its daily swing",
    note=Text(
        "由 12 个月的平均最低、最高气温与纬度计算，日均温取二者之平均，辐射取月中日。"
        "湿润或多风地区偏差可达两成；高于 55° 的冬季辐射公式不准。",
        "Made from twelve monthly mean minima and maxima and the latitude; the mean is their "
        "average, radiation is that of mid-month. Off by up to a fifth in humid or windy places; "
        "in winter beyond 55 degrees of latitude the radiation formula has limited validity.",
    ),
)
