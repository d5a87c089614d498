"""Pollutants taken out of air or water: what both services share."""

from data_catalog.spec import ECOSYSTEM, Citation, Column, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Valuation, Variant

TONNES = Output(name="removed", units="t/year", total="t/year", low=0, high=1e9)
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def taken_up(capacity: Pixels) -> Pixels:
    """Return what an ecosystem can take up in a year."""
    return capacity


def emitted(quantity: Pixels) -> Pixels:
    """Return what is emitted in a year, taken to be cleaned up."""
    return quantity


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
        inputs={"quantity": Column(symbol="Q_e", units="t/year")},
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
