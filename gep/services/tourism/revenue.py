"""What tourism is worth by the share of its revenue that nature earns (TC_SIMPLE)."""

from data_catalog.spec import Citation, Column, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Valuation


def earned_by_nature(gross_output: Pixels, share: Pixels) -> Pixels:
    """Return the share of the revenue that is owed to the ecosystems."""
    return gross_output * share


SHARE = Valuation(
    id="revenue_share",
    title=Text("旅游收入分摊法", "Share of the revenue"),
    formula=r"V = \sum_k R_k \, s",
    source=Citation("RECALL", "practice of local accounts, not checked; TC_SIMPLE"),
    inputs={
        "gross_output": Column(symbol="R_k", units="CNY/year"),
        "share": Factor(symbol="s", units="1", table="tourism_ecosystem_share"),
    },
    kernel=earned_by_nature,
    output=Output(name="value", units="CNY/year", total="CNY/year", low=0, high=1e14),
    method="market price",
    family="spending",
    note=Text(
        "旅游收入写在 gross_output 列；归于生态系统的份额没有可靠出处，写在 share 列或参数表中。",
        "The revenue is in the column gross_output. The share of nature has no source that was "
        "checked: give it in the column share or as a parameter row.",
    ),
)
