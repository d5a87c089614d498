"""Pollutants by what the statistics say flows in, or was measured to be taken out."""

from data_catalog.spec import Citation, Pixels
from data_catalog.text import Text
from gep.pollutants.of_statistics import of_statistics
from gep.service import Item, Variant


def emitted(quantity: Pixels) -> Pixels:
    """Return what is emitted in a year, taken to be cleaned up."""
    return quantity


def measured_out(quantity: Pixels) -> Pixels:
    """Return what was measured to be taken out in a year."""
    return quantity


def emission(item: Item, source: Citation) -> Variant:
    """Return the variant by what the region emits, from the statistics."""
    return of_statistics(
        item,
        "emission",
        Text(f"{item.title.zh}排放量", f"Emission of {item.title.en}"),
        r"Q = Q_e",
        source,
        {},
        emitted,
        Text(
            "以排放量为净化量，假定环境质量达标、排放物全部被净化。",
            "What is emitted counts as cleaned up: it takes for granted that the environment meets "
            "its quality standard.",
        ),
    )


def measured(item: Item, source: Citation) -> Variant:
    """Return the variant by what was measured to be taken out, from the statistics."""
    return of_statistics(
        item,
        "measured",
        Text(f"{item.title.zh}实测净化量", f"Measured removal of {item.title.en}"),
        r"Q = Q_{in} - Q_{out}",
        source,
        {},
        measured_out,
        Text(
            "统计表的 quantity 填进、出水（气）污染物量之差。",
            "The column quantity of the statistics holds what flows in less what flows out.",
        ),
    )
