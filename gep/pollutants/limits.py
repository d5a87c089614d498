"""Pollutants by emission and capacity: the rule of the norms, and the smaller of both."""

import numpy as np

from data_catalog.spec import Citation, Column, Pixels
from data_catalog.text import Text
from gep.pollutants.of_statistics import of_statistics
from gep.service import Item, Variant

CAPACITY = Column(symbol="Q_c", units="t/year")


def by_the_rule(quantity: Pixels, purification_capacity: Pixels, meets_standard: Pixels) -> Pixels:
    """Return what is emitted where the environment meets its standard, else what it can clean."""
    return meets_standard * quantity + (1 - meets_standard) * purification_capacity


def smaller_of_both(quantity: Pixels, purification_capacity: Pixels) -> Pixels:
    """Return what is emitted, as far as the ecosystems can clean it."""
    return np.minimum(quantity, purification_capacity)


def rule(item: Item, source: Citation, standard: Text) -> Variant:
    """Return the variant that takes emissions where a standard is met, else the capacity."""
    return of_statistics(
        item,
        "rule",
        Text(
            f"{item.title.zh}：达标取排放量，否则取净化能力",
            f"Emission of {item.title.en} where the standard is met, else the capacity",
        ),
        r"Q = m \, Q_e + (1 - m) \, Q_c",
        source,
        {"purification_capacity": CAPACITY, "meets_standard": Column(symbol="m", units="1")},
        by_the_rule,
        Text(
            f"达到{standard.zh}的地区 m 填 1，否则填 0。净化能力一列由用户给出"
            "（面积乘单位面积净化量）。",
            f"m is 1 in a region that meets {standard.en}, else 0. The column of the capacity has "
            "to be given: area times what a unit of area cleans.",
        ),
    )


def minimum(item: Item, source: Citation) -> Variant:
    """Return the variant by the smaller of emission and capacity, from the statistics."""
    return of_statistics(
        item,
        "minimum",
        Text(
            f"{item.title.zh}：排放量与净化能力取小",
            f"{item.title.en}: emission up to the capacity",
        ),
        r"Q = \min(Q_e, Q_c)",
        source,
        {"purification_capacity": CAPACITY},
        smaller_of_both,
        Text(
            "净化能力一列由用户给出（面积乘单位面积净化量）。",
            "The column of the capacity has to be given: area times what a unit of area cleans.",
        ),
    )
