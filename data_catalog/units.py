"""The one unit registry.

Dry matter, carbon, CO2-equivalent and oxygen are separate dimensions on purpose: adding tonnes of
one to tonnes of another is an error, and 44/12 has to be written as a factor with units. So is
money.
"""

from functools import cache
from tokenize import TokenError

import pint

registry: pint.UnitRegistry[float] = pint.UnitRegistry(cache_folder=None)
for definition in (
    "square_metre = metre ** 2 = m2",
    "cubic_metre = metre ** 3 = m3",
    # spelled out: a prefix on m2 would be taken for thousand square metres, not for (km)2
    "square_kilometre = (1000 * metre) ** 2 = km2",
    "square_hectometre = (100 * metre) ** 2 = hm2 = 公顷",
    "square_decimetre = (0.1 * metre) ** 2 = dm2",
    "square_centimetre = (0.01 * metre) ** 2 = cm2",
    "square_millimetre = (0.001 * metre) ** 2 = mm2",
    "cubic_kilometre = (1000 * metre) ** 3 = km3",
    "cubic_decimetre = (0.1 * metre) ** 3 = dm3",
    "cubic_centimetre = (0.01 * metre) ** 3 = cm3",
    "cubic_millimetre = (0.001 * metre) ** 3 = mm3",
    "yuan = [currency] = CNY = 元",
    "tonne_dry_matter = [dry_matter] = t_dm",
    "tonne_carbon = [carbon] = t_C",
    "tonne_CO2_equivalent = [carbon_dioxide] = t_CO2e",
    "tonne_oxygen = [oxygen] = t_O2",
    "gram_carbon = 1e-6 * tonne_carbon = g_C",
    "kilogram_carbon = 1e-3 * tonne_carbon = kg_C",
    "gram_dry_matter = 1e-6 * tonne_dry_matter = g_dm",
    "kilogram_dry_matter = 1e-3 * tonne_dry_matter = kg_dm",
    "kilogram_oxygen = 1e-3 * tonne_oxygen = kg_O2",
    "mu_area = hectare / 15 = mu_land = 亩",
    "@alias percent = pct",
    # what yearbooks count in
    "ten_thousand- = 1e4 = 万-",
    "hundred_million- = 1e8 = 亿-",
    "@alias metric_ton = 吨",
    "kilogram_zh = 1 * kilogram = 千克 = 公斤",
    "@alias cubic_metre = 立方米",
    "kilowatt_hour_zh = 1 * kilowatt_hour = 千瓦时 = kWh",
    "animal = [animals] = head = 头 = 只",
    "stem = [stems] = culm = 株 = 根",
    "visit = [visits] = 人次",
    "air_ion = [air_ions] = ion",
    "room_night = [room_nights] = night = 间夜",
    "decibel_a = [sound_level] = dBA = 分贝",
):
    registry.define(definition)


@cache
def conversion(got: str, want: str) -> tuple[float, float]:
    """Return (factor, offset): a number in `got` times factor plus offset is in `want`.

    Raises
    ------
    pint.DimensionalityError
        If the two measure different things.
    pint.UndefinedUnitError
        If one of them is no unit we know.
    """
    zero, one = (float(registry.Quantity(x, got).to(want).magnitude) for x in (0.0, 1.0))
    return one - zero, zero


def is_unit(text: str) -> bool:
    """Return whether a text is a unit we know; a share is `1`."""
    try:
        registry.Unit(text)
    except (pint.PintError, ValueError, AssertionError, TokenError):  # pint's parser lets all out
        return False
    return bool(text)


def same_kind(got: str, want: str) -> bool:
    """Return whether numbers in `got` can be converted to `want`."""
    try:
        conversion(got, want)
    except (pint.DimensionalityError, pint.UndefinedUnitError, pint.OffsetUnitCalculusError):
        return False
    return True
