"""Water that the region supplies, to itself and to others (WC_SUPPLY)."""

from data_catalog.spec import Citation, Column, Kernel, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Variant

NOTE = Text(
    "用水量、调出量与调入量各写一行，没有的写 0：缺一行，合计就不完整。",
    "Use, water sent out and water brought in are a row each, 0 where there is none: without one "
    "of them the sum is not whole.",
)

WATER_USE = Item("water_use", Text("区域用水", "water used in the region"))
SENT_OUT = Item("transfer_out", Text("调出水量", "water sent to other regions"))
BROUGHT_IN = Item("transfer_in", Text("调入水量", "water brought in from other regions"))
ITEMS = (WATER_USE, SENT_OUT, BROUGHT_IN)


def supplied(quantity: Pixels) -> Pixels:
    """Return the region's own water that is used, or sent to others, in a year."""
    return quantity


def not_supplied(quantity: Pixels) -> Pixels:
    """Return water that others supply, as a negative amount."""
    return -quantity


def _of(item: Item, title: Text, formula: str, kernel: Kernel, low: float, high: float) -> Variant:
    return Variant(
        id=f"supply_{item.id}",
        title=title,
        formula=formula,
        source=Citation("RECALL", "CAEP 2020, water supply form; text not read; WC_SUPPLY"),
        inputs={"quantity": Column(symbol="q", units="m3/year")},
        kernel=kernel,
        output=Output(name="water_supplied", units="m3/year", total="m3/year", low=low, high=high),
        table="statistics",
        item=item.id,
        note=NOTE,
    )


USED = _of(WATER_USE, Text("供给法：用水量", "Supply: water used"), "Q = UQ", supplied, 0, 1e13)
SENT = _of(
    SENT_OUT, Text("供给法：调出量", "Supply: water sent out"), "Q = LQ_{out}", supplied, 0, 1e13
)
BROUGHT = _of(
    BROUGHT_IN, Text("供给法：调入量", "Supply: water brought in"), "Q = -LQ_{in}", not_supplied,
    -1e13, 0,
)  # fmt: skip
VARIANTS = (USED, SENT, BROUGHT)
