"""Products of a yearbook: the amount, and its value four ways, for all services that provide."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Service, Valuation, Variant

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


def land_rent(gross_output: Pixels, share: Pixels) -> Pixels:
    """Return the share of the output that is rent of the land."""
    return gross_output * share


def yearbook(total: str) -> Variant:
    """Return the variant by the yearbook, of products that are summed in these units."""
    return Variant(
        id="yearbook",
        title=Text("统计产量", "Output by the yearbook"),
        formula=r"Q = \sum_k Q_k",
        source=Citation("GARZE2017", "material products, from the statistical yearbook"),
        inputs={"quantity": Column(symbol="Q_k", units=total)},
        kernel=produced,
        output=Output(name="output", units=total, total=total, low=0, high=1e15),
        table="statistics",
        note=Text(
            "每种产品一行，野生与种养的产品分行填写；单位与合计不同类的产品（如毛竹以株计）"
            "计入价值量，不计入功能量合计。",
            "One row a product; what grows wild and what is farmed have rows of their own. One in "
            "a unit of another kind (bamboo in culms) is in the value and not in the sum of "
            "amounts.",
        ),
    )


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

RENT = Valuation(
    id="rent",
    title=Text("地租份额法", "Rent share of the gross output"),
    formula=r"V = \sum_k G_k \lambda",
    source=Citation("NATCAP", "crops and livestock, gross value times rent share; MAT_RENT"),
    inputs={
        "gross_output": Column(symbol="G_k", units="CNY/year"),
        "share": Factor(symbol=r"\lambda", units="1", table="land_rent_share"),
    },
    kernel=land_rent,
    output=YUAN,
    method="residual value",
    family="output",
    note=Text(
        "地租份额因国家和年代而异，没有可靠出处：写在 share 列或参数表中。",
        "The rent share depends on country and decade, and none was checked: give it in the "
        "column share or as a parameter row.",
    ),
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


def service(name: str, title: Text, physical: Text, total: str) -> Service:
    """Return a service that provides products.

    Parameters
    ----------
    name : str
        Its id.
    physical : Text
        What its amount is.
    total : str
        The units in which products are summed where they can be.
    """
    return Service(
        id=name,
        title=title,
        group="provisioning",
        physical=physical,
        total=total,
        variants=(yearbook(total),),
        valuations=(market_price(total), NET_OUTPUT, residual(total), RENT),
    )


MARKET_PRICE, RESIDUAL = market_price("t/year"), residual("t/year")
"""Of products that are counted in tonnes."""
