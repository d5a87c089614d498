"""What a view is worth: the premium on homes, a year's part of it, and on hotel nights (HP)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def premium_of_a_year(quantity: Pixels, price: Pixels, annual_share: Pixels) -> Pixels:
    """Return the part of the premium that falls on one year."""
    return quantity * price * annual_share


PREMIUM = Valuation(
    id="premium",
    title=Text("特征价格法（年化溢价）", "Hedonic premium, a year's part"),
    formula=r"V = \sum_k B_k \, \Delta P_k \, r_k",
    source=Citation("RECALL", "CAEP 2020 and NDRC 2022, texts not read; HP"),
    inputs={
        "quantity": Column(symbol="B_k", units="m2/year"),
        "price": Column(symbol=r"\Delta P_k", units="CNY/m2"),
        "annual_share": Factor(symbol="r_k", units="1", table="premium_annual_share"),
    },
    kernel=premium_of_a_year,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e16),
    method="hedonic pricing",
    family="premium",
    note=Text(
        "price 列写溢价（元/m2 或元/间夜）；annual_share 列写一年的份额：房价溢价用租金收益率或"
        "剩余年限的倒数，房费和租金溢价写 1。均无可靠出处，须由用户提供。",
        "The column price holds the premium, per m2 or per night; annual_share the part of it that "
        "falls on one year: rental yield or 1 over the years left for a premium on purchase, 1 for "
        "rents and hotel nights. None has a source that was checked: they have to be given.",
    ),
)
