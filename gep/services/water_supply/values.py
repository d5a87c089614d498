"""What supplied water is worth: its price."""

from data_catalog.spec import Citation, Column, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Valuation
from gep.services.water_supply.items import ITEMS

PHYSICAL = Layer(symbol="Q", units="m3/year")
YUAN = Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16)


def sold_at(physical: Pixels, price: Pixels) -> Pixels:
    """Return the value of the water at its price."""
    return physical * price


MARKET_PRICE = Valuation(
    id="market_price",
    title=Text("市场价值法（逐行水价）", "Market price of each row"),
    formula=r"V = \sum_u Q_u P_u",
    source=Citation("GARZE2017", "fresh water, value"),
    inputs={"physical": PHYSICAL, "price": Column(symbol="P_u", units="CNY/m3")},
    kernel=sold_at,
    output=YUAN,
    method="market price",
    family="supply",
)


def tariff_of(item: Item) -> Valuation:
    """Return the valuation of one use at a tariff for all of it."""
    zh, en = item.title.zh, item.title.en
    return Valuation(
        id=f"{item.id}_tariff",
        title=Text(f"{zh}水价", f"Tariff, {en}"),
        formula=r"V = Q_u P_u",
        source=Citation("GARZE2017", "fresh water, value by sector"),
        inputs={
            "physical": PHYSICAL,
            "price": Factor(symbol="P_u", units="CNY/m3", table=f"{item.id}_water_price"),
        },
        kernel=sold_at,
        output=YUAN,
        method="market price",
        family="supply",
        item=item.id,
    )


TARIFFS = tuple(tariff_of(item) for item in ITEMS)
