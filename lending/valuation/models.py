"""All declared equations of the valuation, by what they are about."""

from data_catalog.spec import Model
from data_catalog.text import Text
from lending.prices.paths import GROWING_PRICE
from lending.valuation.approaches import COMPARABLE, REPLACEMENT
from lending.valuation.haircuts import LIQUIDITY, PRICE_AT_RISK
from lending.valuation.income import RECEIPT
from lending.valuation.money import ANNUITY, PRESENT_VALUE
from lending.valuation.option import OPTION
from lending.valuation.practice import METHODS
from lending.valuation.tonnes import LOWER_BOUND, NET_TONNES

__all__ = ["FAMILIES", "MODELS"]

FAMILIES: tuple[tuple[Text, tuple[Model, ...]], ...] = (
    (
        Text("收益法", "Income approach"),
        (LOWER_BOUND, NET_TONNES, GROWING_PRICE, RECEIPT, PRESENT_VALUE, ANNUITY),
    ),
    (Text("折扣", "Haircuts"), (PRICE_AT_RISK, LIQUIDITY)),
    (Text("市场法与成本法", "Market and cost approach"), (COMPARABLE, REPLACEMENT)),
    (Text("实践做法", "Rules of practice"), tuple(METHODS.values())),
    (Text("实物期权", "Real option"), (OPTION,)),
)
MODELS = tuple(model for _, models in FAMILIES for model in models)
