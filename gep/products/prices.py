"""What products are worth at their price, whole or less what people put in."""

from data_catalog.spec import Citation, Column, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation

YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def market_value(quantity: Pixels, price: Pixels) -> Pixels:
    """Return the value of the year's output at its price."""
    return quantity * price


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


def market_price(total: str) -> Valuation:
    """Return the valuation at the price of each row."""
    return Valuation(
        id="market_price",
        title=Text("市场价值法", "Market price"),
        formula=r"V = \sum_k Q_k P_k",
        source=Citation("BAIYANG2017", "material products, quantity times price; MAT_MARKET"),
        inputs=_quantity_and_price(total),
        kernel=market_value,
        output=YUAN,
        method="market price",
        family="output",
    )


def residual(total: str) -> Valuation:
    """Return the valuation by what is left after all that people put in."""
    return Valuation(
        id="residual",
        title=Text("残值法", "Residual value"),
        formula=r"V = \sum_k (Q_k P_k - IC_k - W_k - CC_k)",
        source=Citation("RECALL", "NDRC 2022, text not read; MAT_RESIDUAL"),
        inputs={
            **_quantity_and_price(total),
            "intermediate_input": Column(symbol="IC_k", units="CNY/year"),
            "labour_pay": Column(symbol="W_k", units="CNY/year"),
            "capital_use": Column(symbol="CC_k", units="CNY/year"),
        },
        kernel=residual_value,
        output=YUAN,
        method="residual value",
        family="output",
    )


def _quantity_and_price(total: str) -> dict[str, Column]:
    return {
        "quantity": Column(symbol="Q_k", units=total),
        "price": Column(symbol="P_k", units=f"CNY/({total.removesuffix('/year')})"),
    }
