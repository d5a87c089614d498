"""Area that a service is counted by: a share of each class's land."""

from data_catalog.spec import ECOSYSTEM, Citation, Factor, Layer, Output, Pixels
from data_catalog.text import Text
from gep.service import Variant

AREA = Layer(symbol="A", units="ha")
SHARE = Output(name="share", units="1", total="ha", low=0, high=1)


def counted(share: Pixels) -> Pixels:
    """Return the share of the ground that counts, 0 to 1."""
    return share


def by_class(id_: str, title: Text, source: Citation, note: Text) -> Variant:
    """Return the variant by a share of each class, of the parameter table named as the variant."""
    return Variant(
        id=id_,
        title=title,
        formula=r"Q = \sum_j r_j A_j",
        source=source,
        inputs={"share": Factor(symbol="r", units="1", by=ECOSYSTEM, table=id_)},
        kernel=counted,
        output=SHARE,
        note=note,
    )
