"""What a visit is worth by a survey of visitors: spending, time and surplus (TC_IND)."""

from data_catalog.spec import Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Method, Valuation


def worth_of_visits(physical: Pixels, per_visit: Pixels) -> Pixels:
    """Return what all visits are worth at so much a visit."""
    return physical * per_visit


def by_survey(of: str, title: Text, symbol: str, method: Method, note: Text) -> Valuation:
    """Return the valuation of one thing that a survey asked visitors about."""
    return Valuation(
        id=f"visit_{of}",
        title=title,
        formula=rf"V = N \, {symbol}",
        source=Citation("BAIYANG2017", "recreation, individual travel cost; TC_IND"),
        inputs={
            "physical": Layer(symbol="N", units="visit/year"),
            "per_visit": Factor(symbol=symbol, units="CNY/visit", table=f"visit_{of}"),
        },
        kernel=worth_of_visits,
        output=Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e16),
        method=method,
        family=of,
        note=note,
    )


SPENDING = by_survey(
    "spending",
    Text("个人旅行费用：花费", "Individual travel cost: spending"),
    "C",
    "travel cost",
    Text("问卷平均，每人次。", "Mean of a survey, per visit."),
)

TIME = by_survey(
    "time",
    Text("个人旅行费用：时间", "Individual travel cost: time"),
    "T",
    "travel cost",
    Text("已乘工资份额的时间价值。", "The share of the wage is in the value of time already."),
)

SURPLUS = by_survey(
    "surplus",
    Text("个人旅行费用：消费者剩余", "Individual travel cost: consumer surplus"),
    "s",
    "travel cost",
    Text("交换价值口径（SEEA）不含消费者剩余。", "Not an exchange value: SEEA leaves it out."),
)

VALUATIONS = (SPENDING, TIME, SURPLUS)
