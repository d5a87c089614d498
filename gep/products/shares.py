"""What products are worth by what a branch adds, or by the rent in its output."""

from data_catalog.spec import Citation, Column, Factor, Pixels
from data_catalog.text import Text
from gep.products.prices import YUAN
from gep.service import Valuation


def value_added(net_output: Pixels) -> Pixels:
    """Return the net output of a branch; negative where it makes a loss."""
    return net_output


def land_rent(gross_output: Pixels, share: Pixels) -> Pixels:
    """Return the share of the output that is rent of the land."""
    return gross_output * share


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
