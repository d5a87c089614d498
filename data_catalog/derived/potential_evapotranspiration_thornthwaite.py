"""Potential evapotranspiration (潜在蒸散量) by Thornthwaite, from monthly mean temperatures."""

from types import SimpleNamespace

import numpy as np

from data_catalog.derived.derived import DAY_OF_YEAR, DAYS, LATITUDE, Derived, output_of
from data_catalog.derived.sun import sunset_hour_angle
from data_catalog.spec import Citation, Coefficients, Layer, Pixels
from data_catalog.text import Text


def potential_evapotranspiration(
    temperature: Pixels,
    latitude: Pixels,
    day_of_year: Pixels,
    days: Pixels,
    s: SimpleNamespace,
    sun: SimpleNamespace,
) -> Pixels:
    """Return the depth that would evaporate in a year were water no limit; never negative.

    Frost months give 0. Missing where the heat index is above 0 but too low for the formula.
    """
    warmth = np.maximum(temperature, 0)
    heat = np.sum((warmth / s.heat_divisor) ** s.heat_power, axis=0)
    exponent = ((s.cubic * heat + s.quadratic) * heat + s.linear) * heat + s.constant
    relative = s.warmth_factor * warmth / np.maximum(heat, np.finfo(np.float64).tiny)
    top = np.minimum(warmth, -s.hot_linear / (2 * s.hot_quadratic))
    hot = s.hot_constant + s.hot_linear * top + s.hot_quadratic * top**2
    standard_month = np.where(warmth < s.hot_from, s.depth * relative**exponent, hot)
    middle, lengths = (x[:, np.newaxis, np.newaxis] for x in (day_of_year, days))
    half_days = 2 * sunset_hour_angle(latitude, middle, sun) / np.pi
    year = np.sum(half_days * lengths / s.standard_days * standard_month, axis=0)
    return np.where((heat > 0) & (heat < s.least_heat), np.nan, year)


DERIVATION = Derived(
    id="potential_evapotranspiration_thornthwaite",
    title=Text("潜在蒸散量（Thornthwaite）", "Potential evapotranspiration (Thornthwaite)"),
    formula=(
        r"PET = \sum_{i=1}^{12} \frac{N_i}{12} \frac{d_i}{30} \, 16 \left( \frac{10 T_i}{I}"
        r" \right)^a,\quad I = \sum_i (T_i / 5)^{1.514},\quad"
        r" a = 6.75 \cdot 10^{-7} I^3 - 7.71 \cdot 10^{-5} I^2 + 0.01792 I + 0.49239;\quad"
        r" T_i \ge 26.5:\; -415.85 + 32.24 T_i - 0.43 T_i^2"
    ),
    source=Citation("THORNTHWAITE1948", "appendix 1, eq. 9-10; hot months WILLMOTT1985"),
    inputs={
        "temperature": Layer(symbol="T", units="degC"),
        "latitude": LATITUDE,
        "day_of_year": DAY_OF_YEAR,
        "days": DAYS,
        "s": Coefficients(table="thornthwaite", choose="THORNTHWAITE1948"),
        "sun": Coefficients(table="solar_geometry", choose="FAO56"),
    },
    kernel=potential_evapotranspiration,
    output=output_of("potential_evapotranspiration", "m3/year"),
    locality="series",
    empirical="regression on temperature and the year's heat index",
    note=Text(
        "仅用 12 个月平均气温与纬度，不含湿度、风和辐射；干旱区与冬季偏低。"
        "热量指数很低的高寒地区公式失效，结果缺测，请改用最高、最低气温（Hargreaves）。",
        "From twelve monthly mean temperatures and latitude alone, without humidity, wind or "
        "radiation; too low in dry places and in winter. Where the heat index is very low (cold "
        "mountains) the formula breaks down and the result is missing: give minimum and maximum "
        "temperatures instead (Hargreaves).",
    ),
)
