"""Pollutants by what a unit of area of each ecosystem can take up."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Output, Pixels
from data_catalog.text import Text
from gep.service import Item, Variant


def taken_up(capacity: Pixels) -> Pixels:
    """Return what an ecosystem can take up in a year."""
    return capacity


def capacity(item: Item, parameter: str, source: Citation) -> Variant:
    """Return the variant by capacity per area and class, of the parameter table named."""
    return Variant(
        id=f"{item.id}_capacity",
        title=Text(f"{item.title.zh}净化能力", f"Capacity for {item.title.en}"),
        formula=r"Q = \sum_j a_j A_j",
        source=source,
        inputs={"capacity": Factor(symbol="a", units="t/(ha*year)", by=ECOSYSTEM, table=parameter)},
        kernel=taken_up,
        output=Output(name="removed", units="t/(ha*year)", total="t/year", low=0, high=1000),
        item=item.id,
    )
