"""What the variants of a pollutant that read the statistics have in common."""

from data_catalog.spec import Citation, Column, Kernel, Output
from data_catalog.text import Text
from gep.service import Item, Variant

QUANTITY = Column(symbol="Q_e", units="t/year")


def of_statistics(
    item: Item,
    how: str,
    title: Text,
    formula: str,
    source: Citation,
    more: dict[str, Column],
    kernel: Kernel,
    note: Text,
) -> Variant:
    """Return a variant by the rows of a pollutant in the statistics.

    Parameters
    ----------
    how : str
        Ends its id, after the pollutant's.
    more : dict
        The columns it reads beside the quantity.
    """
    return Variant(
        id=f"{item.id}_{how}",
        title=title,
        formula=formula,
        source=source,
        inputs={"quantity": QUANTITY, **more},
        kernel=kernel,
        output=Output(name="removed", units="t/year", total="t/year", low=0, high=1e9),
        table="statistics",
        item=item.id,
        note=note,
    )
