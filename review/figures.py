"""Numbers as people read them: thousands apart, no powers of ten, one unit for a whole column."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from data_catalog.text import Language, Text

__all__ = [
    "NOTHING",
    "ONES",
    "PERCENT",
    "YI",
    "Scale",
    "figure",
    "in_words",
    "money_scale_for",
    "same",
    "scale_for",
    "share",
    "signed",
    "unit",
    "without_multiple",
]

NOTHING = "–"
"""Stands where there is no number; a zero is a number."""
LANGUAGES: tuple[Language, Language] = ("zh", "en")
WAN, YI = 10_000, 100_000_000
ENGLISH = ((1_000_000_000, "billion "), (1_000_000, "million "), (1, ""))
ROOM = 10
"""How many of a larger unit the largest number must reach before the unit is used."""
PERCENT = 100
WORDS = {
    "year": Text("年", "year"),
    "month": Text("月", "month"),
    "day": Text("天", "day"),
    "hour": Text("h", "h"),
    "minute": Text("分钟", "min"),
    "CNY": Text("元", "CNY"),
    "ha": Text("公顷", "ha"),
    "mu": Text("亩", "mu"),
    "万m": Text("万 m", "10,000 m"),
    "percent": Text("%", "%"),
    "deg": Text("°", "°"),
    "degC": Text("°C", "°C"),
    "delta_degC": Text("°C", "°C"),
    "dBA": Text("dB", "dB"),
    "visit": Text("人次", "visit"),
    "stem": Text("株", "stem"),
    "株": Text("株", "stem"),
    "根": Text("根", "culm"),
    "head": Text("头", "head"),
    "头": Text("头", "head"),
    "只": Text("只", "head"),
    "night": Text("间夜", "night"),
    "间夜": Text("间夜", "night"),
    "人次": Text("人次", "visit"),
    "吨": Text("吨", "t"),
    "ion": Text("个", "ion"),
    "dm": Text("干物质", "dry matter"),
    "CO2e": Text("CO₂e", "CO₂e"),
    "O2": Text("O₂", "O₂"),
}
"""Parts of a unit that people write otherwise than the unit registry."""
PART = re.compile(r"(?P<word>delta_degC|[^\W\d_]+)(?:_(?P<of>\w+))?(?P<power>\d?)")
ALONE = re.compile(r"\((\w+)\)")
"""A unit in brackets that it does not need."""
POWERS = str.maketrans("23", "²³")


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
IN_WAN = Scale(WAN, Text("万 ", "10,000 "))
SCALES = (Scale(YI, Text("亿 ", "100 million ")), IN_WAN, ONES)


def without_multiple(value: float, name: str) -> tuple[float, str]:
    """Return an amount in the same unit without a multiple: 43.11 万株 as 431,100 株."""
    for scale in SCALES:
        sign = scale.title.zh.strip()
        if sign and name.startswith(sign):
            return value * scale.factor, name.removeprefix(sign)
    return value, name


def scale_for(values: Iterable[float]) -> Scale:
    """Return the multiple in which all these numbers read well: one for a whole column."""
    most = max((abs(v) for v in values if math.isfinite(v)), default=0.0)
    return next((s for s in SCALES if most >= ROOM * s.factor), SCALES[-1])


def money_scale_for(total: float, *, above_county: bool) -> Scale:
    """Return the multiple of a table of values: 万元 up to a county's, 亿元 above."""
    scale = scale_for([total])
    return scale if above_county or scale.factor <= WAN else IN_WAN


def unit(name: str) -> Text:
    """Return a unit as people write it: `t_CO2e/(ha*year)` as `t CO₂e/(ha·year)`."""
    plain = ALONE.sub(r"\1", name).replace("*", "·")
    zh, en = (PART.sub(partial(_part, language), plain) for language in LANGUAGES)
    return Text(zh, en)


def _part(language: Language, found: re.Match[str]) -> str:
    word, of = (
        WORDS.get(part, same(part))[language] for part in (found["word"], found["of"] or "")
    )
    return f"{word}{' ' if of else ''}{of}{found['power'].translate(POWERS)}"


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
