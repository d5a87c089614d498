"""Numbers as people read them: thousands apart, no powers of ten, one unit for a whole column."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from data_catalog.text import Text

__all__ = [
    "NOTHING",
    "ONES",
    "PERCENT",
    "Scale",
    "figure",
    "in_words",
    "same",
    "scale_for",
    "share",
    "signed",
    "unit",
]

NOTHING = "–"
"""Stands where there is no number; a zero is a number."""
WAN, YI = 10_000, 100_000_000
ENGLISH = ((1_000_000_000, "billion "), (1_000_000, "million "), (1, ""))
ROOM = 10
"""How many of a larger unit the largest number must reach before the unit is used."""
PERCENT = 100
UNITS = {
    "m3/year": Text("m³/年", "m³/year"),
    "t/year": Text("t/年", "t/year"),
    "t_CO2e/year": Text("t CO₂e/年", "t CO₂e/year"),
    "t_O2/year": Text("t O₂/年", "t O₂/year"),
    "kWh/year": Text("kWh/年", "kWh/year"),
    "t_C": Text("t C", "t C"),
    "t_CO2e": Text("t CO₂e", "t CO₂e"),
    "t_C/ha": Text("t C/ha", "t C/ha"),
    "m3": Text("m³", "m³"),
    "mm": Text("mm", "mm"),
    "km2": Text("km²", "km²"),
    "ha": Text("公顷", "ha"),
    "mu": Text("亩", "mu"),
    "CNY": Text("元", "CNY"),
    "CNY/ha": Text("元/公顷", "CNY/ha"),
    "%": Text("%", "%"),
    "m2": Text("m²", "m²"),
}


@dataclass(frozen=True, slots=True)
class Scale:
    """A multiple that a column is written in: 亿 (100 million), 万 (10,000) or one."""

    factor: float
    title: Text

    def of(self, name: str) -> Text:
        """Return the name of a unit with the multiple in front."""
        base = unit(name)
        zh = self.title.zh.strip() if not base.zh[0].isascii() else self.title.zh
        return Text(f"{zh}{base.zh}", f"{self.title.en}{base.en}")

    def figure(self, value: float, decimals: int = 2) -> str:
        """Return a number in this multiple."""
        return figure(value / self.factor, decimals)


ONES = Scale(1, Text("", ""))
SCALES = (
    Scale(YI, Text("亿 ", "100 million ")),
    Scale(WAN, Text("万 ", "10,000 ")),
    ONES,
)


def scale_for(values: Iterable[float]) -> Scale:
    """Return the multiple in which all these numbers read well: one for a whole column."""
    most = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return next((s for s in SCALES if most >= ROOM * s.factor), SCALES[-1])


def unit(name: str) -> Text:
    """Return a unit as people write it."""
    return UNITS.get(name) or Text(name, name)


def figure(value: float, decimals: int = 2) -> str:
    """Return a number with its thousands apart, or a dash where there is none."""
    if not math.isfinite(value):
        return NOTHING
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if not any(c in "123456789" for c in text) else text


def signed(value: float, decimals: int = 1) -> str:
    """Return a difference with its sign."""
    text = figure(value, decimals)
    return f"+{text}" if math.isfinite(value) and value > 0 and text[0] != "-" else text


def share(fraction: float, decimals: int = 1) -> str:
    """Return a fraction as a percentage, without the sign of percent."""
    return figure(fraction * PERCENT, decimals)


def in_words(value: float, name: str, decimals: int = 2) -> Text:
    """Return a number with its unit, in the multiples of each language: 亿 and 万, billions."""
    scale = scale_for([value])
    factor, word = next((e for e in ENGLISH if abs(value) >= e[0]), ENGLISH[-1])
    return Text(
        f"{scale.figure(value, decimals)} {scale.of(name).zh}",
        f"{figure(value / factor, decimals)} {word}{unit(name).en}",
    )


def same(text: str) -> Text:
    """Return what is written alike in both languages."""
    return Text(text, text)
