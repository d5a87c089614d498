"""Products of a yearbook: the amount, and its value three ways, for all services that provide."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation, Variant

QUANTITY = Column(symbol="Q_k", units="t/year")
PRICE = Column(symbol="P_k", units="CNY/t")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def produced(quantity: Pixels) -> Pixels:
    """Return what is produced in a year."""
    return quantity


def market_value(quantity: Pixels, price: Pixels) -> Pixels:
    """Return the value of the year's output at its price."""
    return quantity * price


def value_added(net_output: Pixels) -> Pixels:
    """Return the net output of a branch; negative where it makes a loss."""
    return net_output


def residual_value(
    quantity: Pixels,
    price: Pixels,
    intermediate_input: Pixels,
    labour_pay: Pixels,
    capital_use: Pixels,
) -> Pixels:
    """Return what is left of the output for the ecosystem; negative where people put in more."""
    human_input = intermediate_input + labour_pay + capital_use
    return quantity * price - human_input


VARIANT = Variant(
    id="yearbook",
    title=Text("统计产量", "Output by the yearbook"),
    formula=r"Q = \sum_k Q_k",
    source=Citation("GARZE2017", "material products, from the statistical yearbook"),
    inputs={"quantity": QUANTITY},
    kernel=produced,
    output=Output(name="output", units="t/year", total="t/year", low=0, high=1e12),
    table="statistics",
    note=Text(
        "每种产品一行；单位不是吨的产品（木材 m3、毛竹株等）计入价值量，不计入功能量合计。",
        "One row a product; one that is not counted in tonnes (timber in m3, bamboo in culms) is "
        "in the value and not in the sum of amounts.",
    ),
)

MARKET_PRICE = Valuation(
    id="market_price",
    title=Text("市场价值法", "Market price"),
    formula=r"V = \sum_k Q_k P_k",
    source=Citation("BAIYANG2017", "material products, quantity times price; MAT_MARKET"),
    inputs={"quantity": QUANTITY, "price": PRICE},
    kernel=market_value,
    output=YUAN,
    method="market price",
    family="output",
)

NET_OUTPUT = Valuation(
    id="net_output",
    title=Text("增加值法", "Net output (value added)"),
    formula=r"V = \sum_k N_k",
    source=Citation("GARZE2017", "material products, net output of the branch; MAT_NET"),
    inputs={"net_output": Column(symbol="N_k", units="CNY/year")},
    kernel=value_added,
    output=YUAN,
    method="market price",
    family="output",
)

RESIDUAL = Valuation(
    id="residual",
    title=Text("残值法", "Residual value"),
    formula=r"V = \sum_k (Q_k P_k - IC_k - W_k - CC_k)",
    source=Citation("RECALL", "NDRC 2022, text not read; MAT_RESIDUAL"),
    inputs={
        "quantity": QUANTITY,
        "price": PRICE,
        "intermediate_input": Column(symbol="IC_k", units="CNY/year"),
        "labour_pay": Column(symbol="W_k", units="CNY/year"),
        "capital_use": Column(symbol="CC_k", units="CNY/year"),
    },
    kernel=residual_value,
    output=YUAN,
    method="residual value",
    family="output",
)

VALUATIONS = (MARKET_PRICE, NET_OUTPUT, RESIDUAL)
