"""Pollutants taken out of air or water: what both services share."""

import numpy as np

from data_catalog.spec import ECOSYSTEM, Citation, Column, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Valuation, Variant

QUANTITY = Column(symbol="Q_e", units="t/year")
CAPACITY = Column(symbol="Q_c", units="t/year")
TONNES = Output(name="removed", units="t/year", total="t/year", low=0, high=1e9)
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def taken_up(capacity: Pixels) -> Pixels:
    """Return what an ecosystem can take up in a year."""
    return capacity


def emitted(quantity: Pixels) -> Pixels:
    """Return what is emitted in a year, taken to be cleaned up."""
    return quantity


def measured_out(quantity: Pixels) -> Pixels:
    """Return what was measured to be taken out in a year."""
    return quantity


def by_the_rule(quantity: Pixels, purification_capacity: Pixels, meets_standard: Pixels) -> Pixels:
    """Return what is emitted where the environment meets its standard, else what it can clean."""
    return meets_standard * quantity + (1 - meets_standard) * purification_capacity


def smaller_of_both(quantity: Pixels, purification_capacity: Pixels) -> Pixels:
    """Return what is emitted, as far as the ecosystems can clean it."""
    return np.minimum(quantity, purification_capacity)


def treatment_avoided(physical: Pixels, treatment_cost: Pixels) -> Pixels:
    """Return what it would cost to treat the pollutant."""
    return physical * treatment_cost


def capacity(item: Item, parameter: str, source: Citation) -> Variant:
    """Return the variant by capacity per area and class, of the parameter table named."""
    return Variant(
        id=f"{item.id}_capacity",
        title=Text(f"{item.title.zh}净化能力", f"Capacity for {item.title.en}"),
        formula=r"Q = \sum_j a_j A_j",
        source=source,
        inputs={"capacity": Factor(symbol="a", units="t/(ha*year)", by=ECOSYSTEM, table=parameter)},
        kernel=taken_up,
        output=Output(name="removed", units="t/(ha*year)", total="t/year", low=0, high=1000),
        item=item.id,
    )


def emission(item: Item, source: Citation) -> Variant:
    """Return the variant by what the region emits, from the statistics."""
    return Variant(
        id=f"{item.id}_emission",
        title=Text(f"{item.title.zh}排放量", f"Emission of {item.title.en}"),
        formula=r"Q = Q_e",
        source=source,
        inputs={"quantity": QUANTITY},
        kernel=emitted,
        output=TONNES,
        table="statistics",
        item=item.id,
        note=Text(
            "以排放量为净化量，假定环境质量达标、排放物全部被净化。",
            "What is emitted counts as cleaned up: it takes for granted that the environment meets "
            "its quality standard.",
        ),
    )


def measured(item: Item, source: Citation) -> Variant:
    """Return the variant by what was measured to be taken out, from the statistics."""
    return Variant(
        id=f"{item.id}_measured",
        title=Text(f"{item.title.zh}实测净化量", f"Measured removal of {item.title.en}"),
        formula=r"Q = Q_{in} - Q_{out}",
        source=source,
        inputs={"quantity": QUANTITY},
        kernel=measured_out,
        output=TONNES,
        table="statistics",
        item=item.id,
        note=Text(
            "统计表的 quantity 填进、出水（气）污染物量之差。",
            "The column quantity of the statistics holds what flows in less what flows out.",
        ),
    )


def rule(item: Item, source: Citation, standard: Text) -> Variant:
    """Return the variant that takes emissions where a standard is met, else the capacity."""
    return Variant(
        id=f"{item.id}_rule",
        title=Text(
            f"{item.title.zh}：达标取排放量，否则取净化能力",
            f"Emission of {item.title.en} where the standard is met, else the capacity",
        ),
        formula=r"Q = m \, Q_e + (1 - m) \, Q_c",
        source=source,
        inputs={
            "quantity": QUANTITY,
            "purification_capacity": CAPACITY,
            "meets_standard": Column(symbol="m", units="1"),
        },
        kernel=by_the_rule,
        output=TONNES,
        table="statistics",
        item=item.id,
        note=Text(
            f"达到{standard.zh}的地区 m 填 1，否则填 0。净化能力一列由用户给出"
            "（面积乘单位面积净化量）。",
            f"m is 1 in a region that meets {standard.en}, else 0. The column of the capacity has "
            "to be given: area times what a unit of area cleans.",
        ),
    )


def minimum(item: Item, source: Citation) -> Variant:
    """Return the variant by the smaller of emission and capacity, from the statistics."""
    return Variant(
        id=f"{item.id}_minimum",
        title=Text(
            f"{item.title.zh}：排放量与净化能力取小",
            f"{item.title.en}: emission up to the capacity",
        ),
        formula=r"Q = \min(Q_e, Q_c)",
        source=source,
        inputs={"quantity": QUANTITY, "purification_capacity": CAPACITY},
        kernel=smaller_of_both,
        output=TONNES,
        table="statistics",
        item=item.id,
        note=Text(
            "净化能力一列由用户给出（面积乘单位面积净化量）。",
            "The column of the capacity has to be given: area times what a unit of area cleans.",
        ),
    )


def treatment(item: Item, parameter: str, source: Citation) -> Valuation:
    """Return the valuation at the cost of treatment, of the parameter table named."""
    return Valuation(
        id=f"{item.id}_treatment",
        title=Text(f"{item.title.zh}治理成本法", f"Cost of treating {item.title.en}"),
        formula=r"V = Q \, c",
        source=source,
        inputs={
            "physical": Layer(symbol="Q", units="t/year"),
            "treatment_cost": Factor(symbol="c", units="CNY/t", table=parameter),
        },
        kernel=treatment_avoided,
        output=YUAN,
        method="treatment cost",
        family=item.id,
        item=item.id,
    )
