"""Area by classes of the Shannon index, each with its value per area (SP_SHANNON)."""

from data_catalog.spec import Citation, Factor, Input, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Valuation, Variant
from gep.services.areas import AREA, SHARE

NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
"""The classes of the norm, the most diverse first; each but the last begins at its bound."""
ITEMS = tuple(
    Item(f"shannon_{name.lower()}", Text(f"Shannon 指数 {name} 级", f"Shannon index, class {name}"))
    for name in NUMERALS
)
SOURCE = Citation("RECALL", "LY/T 1721-2008, text not read; SP_SHANNON")
INDEX = Layer(symbol="H'", units="1")


def above(shannon_index: Pixels, least: Pixels) -> Pixels:
    """Return 1 where the index is at or above a bound, else 0."""
    return (shannon_index >= least) + 0 * shannon_index  # missing stays missing


def between(shannon_index: Pixels, least: Pixels, below: Pixels) -> Pixels:
    """Return 1 where the index is at or above one bound and below the next, else 0."""
    return above(shannon_index, least) - above(shannon_index, below)


def under(shannon_index: Pixels, below: Pixels) -> Pixels:
    """Return 1 where the index is below a bound, else 0."""
    return 1 - above(shannon_index, below)


def class_value(physical: Pixels, value_per_area: Pixels) -> Pixels:
    """Return the value of the area at that of its class."""
    return physical * value_per_area


def _variant(place: int, item: Item) -> Variant:
    first, last = place == 0, place == len(ITEMS) - 1
    inputs: dict[str, Input] = {"shannon_index": INDEX}
    for name, symbol, of, given in (("least", "a", item, not last),
                                    ("below", "b", ITEMS[place - 1], not first)):  # fmt: skip
        if given:
            inputs[name] = Factor(symbol=symbol, units="1", choose="lyt1721", table=f"{of.id}_from")
    return Variant(
        id=f"{item.id}_area",
        title=Text(f"{item.title.zh}面积", f"Area of {item.title.en}"),
        formula=r"A_k = \sum A \, [a \le H' < b]",
        source=SOURCE,
        inputs=inputs,
        kernel=above if first else under if last else between,
        output=SHARE,
        item=item.id,
    )


def _valuation(item: Item) -> Valuation:
    return Valuation(
        id=f"{item.id}_value",
        title=Text(f"{item.title.zh}单位面积价值", f"Value per area of {item.title.en}"),
        formula=r"V = A_k S_k",
        source=SOURCE,
        inputs={
            "physical": AREA,
            "value_per_area": Factor(symbol="S", units="CNY/(ha*year)", table=f"{item.id}_value"),
        },
        kernel=class_value,
        output=Output(name="value", units="CNY/year", total="CNY/year", low=-1e16, high=1e16),
        method="opportunity cost",
        family="species",
        item=item.id,
    )


VARIANTS = tuple(_variant(place, item) for place, item in enumerate(ITEMS))
VALUATIONS = tuple(_valuation(item) for item in ITEMS)
