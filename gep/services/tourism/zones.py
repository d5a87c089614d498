"""What visits are worth by the zones that visitors come from (TC_ZONAL)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation

VISITORS = Column(symbol="N_z", units="visit/year")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e17)
SOURCE = Citation("RECALL", "CAEP 2020, text not read; TC_ZONAL")


def spent(visitors: Pixels, travel_cost: Pixels) -> Pixels:
    """Return what a zone's visitors spend in a year."""
    return visitors * travel_cost


def time_given(visitors: Pixels, hours: Pixels, hourly_wage: Pixels, wage_share: Pixels) -> Pixels:
    """Return what the time of a zone's visitors is worth."""
    return visitors * hours * hourly_wage * wage_share


def surplus(visitors: Pixels, consumer_surplus: Pixels) -> Pixels:
    """Return what a zone's visitors would have given on top."""
    return visitors * consumer_surplus


SPENDING = Valuation(
    id="zone_spending",
    title=Text("分区旅行费用：花费", "Zonal travel cost: spending"),
    formula=r"V = \sum_z N_z C_z",
    source=SOURCE,
    inputs={"visitors": VISITORS, "travel_cost": Column(symbol="C_z", units="CNY/visit")},
    kernel=spent,
    output=YUAN,
    method="travel cost",
    family="spending",
)

TIME = Valuation(
    id="zone_time",
    title=Text("分区旅行费用：时间", "Zonal travel cost: time"),
    formula=r"V = \sum_z N_z \, T_z \, w \, W_z",
    source=SOURCE,
    inputs={
        "visitors": VISITORS,
        "hours": Column(symbol="T_z", units="hour/visit"),
        "hourly_wage": Column(symbol="W_z", units="CNY/hour"),
        "wage_share": Factor(symbol="w", units="1"),
    },
    kernel=time_given,
    output=YUAN,
    method="travel cost",
    family="time",
)

# of the declared methods the nearest: it is read off what people pay, but no price
SURPLUS = Valuation(
    id="zone_surplus",
    title=Text("分区旅行费用：消费者剩余", "Zonal travel cost: consumer surplus"),
    formula=r"V = \sum_z N_z \, s_z",
    source=SOURCE,
    inputs={
        "visitors": VISITORS,
        "consumer_surplus": Column(symbol="s_z", units="CNY/visit"),
    },
    kernel=surplus,
    output=YUAN,
    method="travel cost",
    family="surplus",
    note=Text("交换价值口径（SEEA）不含消费者剩余。", "Not an exchange value: SEEA leaves it out."),
)

VALUATIONS = (SPENDING, TIME, SURPLUS)
